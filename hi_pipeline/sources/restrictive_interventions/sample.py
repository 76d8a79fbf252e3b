"""Restrictive interventions: three Marches, England by its groups and twelve providers."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.financial_year import period
from hi_pipeline.core.groups import Dimension
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sources.restrictive_interventions.labels import (
    BREAKDOWNS,
    CATEGORIES,
    STATUS_LABELS,
    UNKNOWN_ETHNICITY,
)
from hi_pipeline.sources.restrictive_interventions.source import COLUMNS, SOURCE

_PROVIDERS, _BED_DAYS, _PER_BED_DAY, _USES_EACH = 12, 9_000, 0.02, 4.2
_SMALLEST = 5
_HIDDEN = {"2023-03": "9999999"}
_NONE = "NONE"


def write(folder: Path) -> None:
    """Write the file of every declared March; the first hides as older files do."""
    for number, release in enumerate(SOURCE.releases):
        state = list(STATUS_LABELS)[number % len(STATUS_LABELS)]
        rows = _rows(release.financial_years[0], state, _HIDDEN.get(release.edition, "*"), short=number == 0)
        write_file(folder, release.mirror_file, csv_bytes(COLUMNS, rows, line_end="\r\n"))


def _rows(year: str, state: str, star: str, *, short: bool) -> Iterator[tuple[Cell, ...]]:
    last = period(year)[1]
    form = "%d/%m/%Y" if short else "%Y-%m-%d"
    before = (f"{last.replace(day=1):{form}}", f"{last:{form}}", state)
    generator = chance(f"restrictive interventions {year}")
    uses = [drawn(generator, _BED_DAYS, _PER_BED_DAY) for _ in range(_PROVIDERS)]
    uses[-1] = 3
    days = _BED_DAYS * _PROVIDERS
    yield from _figures((*before, "England", "England", "England"), (), sum(uses), days, star)
    for number, count in enumerate(uses):
        place = (*before, "Provider", f"RX{number:X}", f"SYNTHETIC MENTAL HEALTH NHS TRUST {number + 1}")
        yield from _figures(place, (), count, _BED_DAYS, star)
    # Both breakdowns by ethnic group print the same uses of unknown groups.
    unknown = dict.fromkeys(UNKNOWN_ETHNICITY[:2], sum(uses) // 40)
    for breakdown, labels in CATEGORIES.items():
        groups = _groups(breakdown, list(labels), short=short)
        apart = unknown if BREAKDOWNS[breakdown][1] is Dimension.ETHNICITY else {}
        weights = [generator.uniform(0.5, 2.0) for _ in groups]
        counts = dict(zip(groups, share_out(sum(uses) - sum(apart.values()), weights), strict=True)) | apart
        for code, (group, count) in enumerate(counts.items()):
            area = (*before, breakdown, "England", "England")
            yield from _figures(area, (f"{code:02d}", group), count, days // len(groups), star)
    yield *before, "Provider Type", "NHS Providers", "NHS Providers", *[_NONE] * 10, "MHS77", rounded(sum(uses))
    yield *before, "England", "England", "England", *[_NONE] * 10, "MHS98", "31.25"


def _groups(breakdown: str, labels: list[str], *, short: bool) -> list[str]:
    """Return the groups of a breakdown; the broad ethnic groups are spelt in two ways."""
    if breakdown != "England; Upper Ethnicity":
        return labels
    two = {"Asian": "Asian or Asian British", "Black": "Black or Black British", "Other": "Other Ethnic Groups"}
    dropped = set(two.values()) if short else set(two)
    return [label for label in labels if label not in dropped]


def _figures(
    area: tuple[Cell, ...], group: tuple[str, ...], uses: int, days: int, star: str
) -> Iterator[tuple[Cell, ...]]:
    levels = [*group, *[_NONE] * (10 - len(group))]
    people = round(uses / _USES_EACH)
    hidden = people < _SMALLEST or uses < _SMALLEST
    yield *area, *levels, "MHS76", star if people < _SMALLEST else rounded(people)
    yield *area, *levels, "MHS77", star if uses < _SMALLEST else rounded(uses)
    yield *area, *levels, "MHS96", star if hidden else round(1_000 * uses / days)
