"""Outpatient attendances of England by ethnic group, tenth of deprivation, age and sex, in the layouts of two years."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.groups import DECILES, ETHNIC_DETAIL_2001, UNKNOWN
from hi_pipeline.sample.chance import chance, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, xlsx_bytes
from hi_pipeline.sample.people import residents_by_decile, residents_by_group
from hi_pipeline.sources.hes_outpatients.age_sex import ALL_SPECIALTIES
from hi_pipeline.sources.hes_outpatients.labels import (
    AGE_SEX_LABELS,
    AGES,
    ALL_GROUPS,
    ALL_SEXES,
    DECILE_LABELS,
    ETHNICITY_LABELS,
    KIND_LABELS,
    KINDS,
    PERCENTAGE,
    SEXES,
)
from hi_pipeline.sources.hes_outpatients.parse import BY_DECILE, BY_ETHNICITY
from hi_pipeline.sources.hes_outpatients.source import (
    AGE_SEX_COLUMNS,
    DECILE_COLUMNS,
    ETHNICITY_COLUMNS,
    LONG_COLUMNS,
    SOURCE,
)

_PER_RESIDENT = {"2023-24": 1.8, "2024-25": 1.95}
_KIND_SHARES = (0.285, 0.043, 0.541, 0.1309, 0.0001)
_NOT_STATED, _NOT_KNOWN, _ELSEWHERE = 0.115, 0.085, 0.015
_LETTERS = ("A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "Z", "99")
_SEX_SHARES, _FIRST = (0.58, 0.41), 0.325
_Groups = dict[str, list[int]]  # a group's words in the publisher's spelling to counts by kind


def write(folder: Path) -> None:
    """Write the four declared files."""
    files = {
        "2023-24-groups": csv_bytes(LONG_COLUMNS, _long()),
        "2023-24-age-sex": csv_bytes(AGE_SEX_COLUMNS, _age_sex()),
        "2024-25-deciles": xlsx_bytes({"IMD Decile": _decile_sheet()}),
        "2024-25-ethnicity": xlsx_bytes({"Ethnic Category": _ethnicity_sheet()}),
    }
    for edition, data in files.items():
        write_file(folder, SOURCE.release(edition).mirror_file, data)


def _total(year: str) -> int:
    residents = sum(sum(tenths) for tenths in residents_by_decile(Vintage.APRIL_2023).values())
    return round(residents * _PER_RESIDENT[year])


def _kinds(groups: Sequence[str], counts: Sequence[int], year: str) -> _Groups:
    """Divide each group's attendances by kind; the kinds of all groups add up to those of the other breakdown."""
    wanted = share_out(_total(year), _KIND_SHARES)
    made = {group: share_out(count, _KIND_SHARES) for group, count in zip(groups, counts, strict=True)}
    largest = max(made, key=lambda group: sum(made[group]))
    for kind, want in enumerate(wanted):
        made[largest][kind] += want - sum(kinds[kind] for kinds in made.values())
    return made


def _by_ethnicity(year: str) -> _Groups:
    people = [sum(group) for group in zip(*residents_by_group(Vintage.APRIL_2023).values(), strict=True)]
    stated = 1 - _NOT_STATED - _NOT_KNOWN
    weights = [stated * count / sum(people) for count in people]
    assert len(weights) == len(ETHNIC_DETAIL_2001)
    return _kinds(list(ETHNICITY_LABELS), share_out(_total(year), [*weights, _NOT_STATED, _NOT_KNOWN]), year)


def _by_decile(year: str, *, capitals: bool) -> _Groups:
    people = [sum(tenth) for tenth in zip(*residents_by_decile(Vintage.APRIL_2023).values(), strict=True)]
    weights = [(1 - _ELSEWHERE) * count * (1.02 - 0.004 * i) for i, count in enumerate(people)]
    weights.append(_ELSEWHERE * sum(people))
    spelt = [
        label for word in DECILES for label, w in DECILE_LABELS.items() if w == word and label.isupper() == capitals
    ]
    unknown = [label for label, word in DECILE_LABELS.items() if word == UNKNOWN]
    return _kinds([*spelt, *unknown], share_out(_total(year), weights), year)


def _spelling(breakdown: str) -> dict[str, str]:
    """Return kind to label: by ethnicity the names of the first attendances lack "first"."""
    labels = list(KIND_LABELS.items())
    return {kind: label for label, kind in (reversed(labels) if breakdown == BY_ETHNICITY else labels)}


def _long() -> Iterator[tuple[Cell, ...]]:
    """Yield the CSV of 2023-24, which has a row over all ethnic groups and none over all tenths."""
    ethnic, tenths = _by_ethnicity("2023-24"), _by_decile("2023-24", capitals=True)
    total = [sum(kind) for kind in zip(*ethnic.values(), strict=True)]
    for breakdown, groups in ((BY_ETHNICITY, ethnic | {ALL_GROUPS[0]: total}), (BY_DECILE, tenths)):
        spelt = _spelling(breakdown)
        for group, kinds in sorted(groups.items()):
            for kind, count in zip(("attendances", *KINDS), (sum(kinds), *kinds), strict=True):
                yield "2324", breakdown, f"{spelt[kind]} - {group}", f"{count}.0"
            yield "2324", breakdown, f"{PERCENTAGE} - {group}", round(100 * sum(kinds) / sum(total), 1)


def _age_sex() -> Iterator[tuple[Cell, ...]]:
    generator = chance("outpatient ages")
    weights = [generator.uniform(0.5, 2) * (3 if "-" in age else 1) for age in AGES]
    for title, total in zip(AGE_SEX_LABELS, (_total("2023-24"), round(_total("2023-24") * _FIRST)), strict=True):
        for age, count in zip(AGES, share_out(total, weights), strict=True):
            women, men = (round(count * share) for share in _SEX_SHARES)
            for sex, number in zip((ALL_SEXES, *SEXES), (count, women, men), strict=True):
                yield "2324", title, f"{age} {sex}", ALL_SPECIALTIES, ALL_SPECIALTIES, number
                yield "2324", title, f"{age} {sex}", "110", "Trauma & Orthopaedics", number // 10


def _lines(groups: _Groups) -> Iterator[tuple[str, list[Cell]]]:
    total = [sum(kind) for kind in zip(*groups.values(), strict=True)]
    for group, kinds in ({ALL_GROUPS[1]: total} | groups).items():
        yield group, [sum(kinds), *kinds, round(sum(kinds) / sum(total), 3)]


def _decile_sheet() -> list[Sequence[Cell]]:
    lines = _lines(_by_decile("2024-25", capitals=False))
    return [DECILE_COLUMNS, *([group, *cells] for group, cells in lines)]


def _ethnicity_sheet() -> list[Sequence[Cell]]:
    header = [name or None for name in ETHNICITY_COLUMNS]
    lines = list(_lines(_by_ethnicity("2024-25")))
    letters = (None, *_LETTERS)
    return [header, *([letter, group, *cells] for letter, (group, cells) in zip(letters, lines, strict=True))]
