"""Fingertips: A&E attendances of small children by practice, and learning-disability prevalence."""

from collections.abc import Iterator
from math import sqrt
from pathlib import Path

from hi_pipeline.sample.chance import chance, drawn, rounded
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.planted import AE_ATTENDANCES_0_4
from hi_pipeline.sample.practices import ABOVE_ITS_LIST, CHILDREN_0_4, Practice, practices
from hi_pipeline.sample.registers import england, register
from hi_pipeline.sources.fingertips import sample_boards, sample_expectancy, sample_screening
from hi_pipeline.sources.fingertips.parse import SUPPRESSED_NOTE
from hi_pipeline.sources.fingertips.source import COLUMNS, COMPARATOR_EXAMPLES, SOURCE

_AGGREGATED = "Aggregated from all known lower geography values"
_COMPARATOR_AT = 22
_TENTHS = (
    "Most deprived decile",
    *(f"{n} more deprived decile" for n in ("Second", "Third", "Fourth", "Fifth")),
    *(f"{n} less deprived decile" for n in ("Fifth", "Fourth", "Third", "Second")),
    "Least deprived decile",
)
_AREA_DECILES = "District & UA deprivation deciles in England (IMD2019, 4/21 geography)"
_ENGLAND = ("", "", "E92000001", "England", "England")
# Attendances of children whose practice is not known: England's row has them, no practice's has.
_UNASSIGNED = 2_411
_UNASSIGNED_CHILDREN = 1_150
_NETWORKS = "PCNs (v. 27/10/23)"


def write(folder: Path) -> None:
    """Write all files; the column that compares with the parent changes its name between the first two."""
    for edition, comparator, rows in (
        ("93930", COMPARATOR_EXAMPLES[1], _attendances()),
        ("200", COMPARATOR_EXAMPLES[0], _learning_disability()),
    ):
        header = (*COLUMNS[:_COMPARATOR_AT], comparator, *COLUMNS[_COMPARATOR_AT:])
        write_file(folder, SOURCE.release(edition).mirror_file, csv_bytes(header, rows, line_end="\r\n"))
    sample_screening.write(folder)
    sample_boards.write(folder)
    sample_expectancy.write(folder)


def _row(
    head: tuple[str, str],
    area: tuple[str, ...],
    group: tuple[str, str, str, str],
    year: str,
    count: int | None,
    denominator: int,
    *,
    per: int,
    note: str = "",
    compared: tuple[str, str] = ("Not compared", "Not compared"),
    wide_limits: bool = False,
) -> tuple[Cell, ...]:
    figures: tuple[Cell, ...] = ("",) * 5
    if count is not None:
        value = per * count / denominator
        spread = per * sqrt(max(count, 1)) / denominator
        limits = [f"{max(0.0, value + z * spread):.9g}" for z in (-1.96, 1.96, -3.0902, 3.0902)]
        figures = (f"{value:.9g}", *(limits if wide_limits else (*limits[:2], "", "")))
    shown = "" if count is None else count
    sortable = f"{year[:4]}0000"
    return (*head, *area, *group, year, *figures, shown, denominator, note, "", *compared, sortable, "", "", "1y")


def attendances(practice: Practice) -> tuple[int, int]:
    """Return a practice's attendances at ages 0 to 4 in 2021-22 and its children of these ages."""
    children = max(1, round(practice.list_of("TOTAL", year=2021) * CHILDREN_0_4))
    generator = chance(f"attendances {practice.code}")
    rate = AE_ATTENDANCES_0_4.at(practice.place)
    return max(0, round(children * rate + sqrt(children * rate) * generator.gauss(0, 1))), children


def _attendances() -> Iterator[tuple[Cell, ...]]:
    head = ("93930", "A&E attendances (0 to 4 years)")
    persons = ("Persons", "0-4 yrs", "", "")
    own = {practice: attendances(practice) for practice in practices() if practice.is_open(2021)}
    count = sum(n for n, _ in own.values()) + _UNASSIGNED
    children = sum(n for _, n in own.values()) + _UNASSIGNED_CHILDREN
    male, boys = count * 11 // 20, children * 51 // 100
    for sex, (n, of) in {"Male": (male, boys), "Female": (count - male, children - boys)}.items():
        yield _row(head, _ENGLAND, (sex, "0-4 yrs", "", ""), "2021/22", n, of, per=1000)
    yield _row(head, _ENGLAND, persons, "2021/22", count, children, per=1000)
    # England again, as it stands there once for each kind of parent.
    again = ("E92000001", "England", *_ENGLAND[2:])
    yield _row(head, again, persons, "2021/22", count, children, per=1000, compared=("Not compared", "Similar"))
    for i, tenth in enumerate(_TENTHS):
        group = ("Persons", "0-4 yrs", _AREA_DECILES, f"{tenth} (IMD2019)")
        of = children // 10
        part = rounded(round(of * AE_ATTENDANCES_0_4.at((i + 0.5) / 10)))
        yield _row(head, _ENGLAND, group, "2021/22", part, of, per=1000, compared=("Worse", "Not compared"))
    yield _row(head, _ENGLAND, persons, "2022/23", count * 21 // 20, children, per=1000)
    yield from _networks(head, own)
    for practice, (n, of) in own.items():
        area = (practice.pcn_code, practice.pcn_name, practice.code, practice.name, "GPs")
        if practice.code == ABOVE_ITS_LIST:
            yield _row(head, area, persons, "2021/22", None, of, per=1000, note=SUPPRESSED_NOTE)
        else:
            similar = ("Similar", "Better")
            yield _row(head, area, persons, "2021/22", rounded(n), of, per=1000, compared=similar)


def _networks(head: tuple[str, str], own: dict[Practice, tuple[int, int]]) -> Iterator[tuple[Cell, ...]]:
    added: dict[tuple[str, str], tuple[int, int]] = {}
    for practice, (n, of) in own.items():
        so_far = added.get((practice.pcn_code, practice.pcn_name), (0, 0))
        added[practice.pcn_code, practice.pcn_name] = (so_far[0] + n, so_far[1] + of)
    for (code, name), (n, of) in sorted(added.items()):
        area = ("E92000001", "England", code, name, _NETWORKS)
        yield _row(head, area, ("Persons", "0-4 yrs", "", ""), "2021/22", rounded(n), of, per=1000)


def _learning_disability() -> Iterator[tuple[Cell, ...]]:
    head = ("200", "Learning disability: QOF prevalence (all ages)")
    plain = ("Persons", "All ages", "", "")
    shown = [p for p in practices() if p.opened < 2018 and p.closed > 2024 and p.on_register][:14]
    for start in range(2017, 2023):
        year, label = f"{start}-{(start + 1) % 100:02d}", f"{start}/{(start + 1) % 100:02d}"
        registered, size = england("LD", of="TOTAL", year=year)
        for parent in (("", ""), ("E92000001", "England")):
            area = (*parent, *_ENGLAND[2:])
            yield _row(head, area, plain, label, registered, size, per=100, wide_limits=True)
        for i, tenth in enumerate(_TENTHS):
            group = ("Persons", "All ages", _AREA_DECILES, tenth)
            part = drawn(chance(f"tenth {tenth} {year}"), size // 10, 0.008 - 0.0004 * i)
            compared = ("Higher", "Not compared")
            yield _row(head, _ENGLAND, group, label, part, size // 10, per=100, note=_AGGREGATED, compared=compared)
        for practice in shown:
            area = ("E92000001", "England", practice.code, practice.name, "GPs")
            own, of = register(practice, "LD", of="TOTAL", year=year)
            yield _row(head, area, plain, label, own, of, per=100, compared=("Lower", "Not compared"), wide_limits=True)
