"""Mental Health Act statistics, with the damaged decile labels of the copy of 2023-24 that is in hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hi_pipeline.core.geography import Vintage, board
from hi_pipeline.sample.areas import location_name, locations
from hi_pipeline.sample.chance import rounded
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sources.mental_health_act.corrections import DECILE_LABELS_OVERWRITTEN, WRONG_WORDS
from hi_pipeline.sources.mental_health_act.deciles import ORDER
from hi_pipeline.sources.mental_health_act.sample_detentions import BANDS, Detained, detained, england_of, unknown_area
from hi_pipeline.sources.mental_health_act.source import COLUMNS, SOURCE

_VINTAGE = Vintage.APRIL_2023
_MEASURE = "All detentions"
_ALL_SUBMISSIONS, _ICB, _SUB_ICB = "All submissions", "ICB", "Sub ICB"
_ENGLAND = ("All prov", "All providers")
_UNKNOWN = ("UNKNOWN", "UNKNOWN")
_SMALLEST_SHOWN = 5
_ACUTE = 2_017
# England and, in the order of the file, the areas whose second decile row lost its label too.
_AREAS_DAMAGED_TWICE = 26

_SEXES = ("Male", "Female", "Non-binary", "Other", "Not stated", "Missing")
_BROAD = {
    "Asian or Asian British": ("Any Other Asian background", "Bangladeshi", "Indian", "Pakistani"),
    "Black or Black British": ("African", "Any Other Black background", "Caribbean"),
    "Mixed": (
        "Any Other Mixed background",
        "White and Asian",
        "White and Black African",
        "White and Black Caribbean",
    ),
    "Other Ethnic Groups": ("Any Other Ethnic Group", "Chinese"),
    "White": ("Any Other White background", "British", "Irish"),
}
# Measures that are left out, with some of their rows.
_OTHER_ROWS = (
    ("CTO recalls to hospital", "All", "NHS Trust", "MHSDS"),
    ("Detentions following admission to hospital", "Section 2", _ALL_SUBMISSIONS, "MHSDS"),
    ("Uses of section 2", "All", "Independent Health Provider", "Both"),
    ("Short term orders", "All", "NHS Trust", "ECDS"),
)


@dataclass(frozen=True)
class _Line:
    demographic: str
    label: str
    level: str
    area: tuple[str, str]
    count: int
    population: float | None
    standardised: float | None = None

    def cells(self, label: str) -> tuple[Cell, ...]:
        head = (_MEASURE, "All", self.demographic, label, self.level, "MHSDS", *self.area)
        # Rates of areas are made from the rounded counts.
        shown = self.count if self.area == _ENGLAND else rounded(self.count)
        rate = "" if not self.population else f"{shown / self.population * 100_000:.1f}".removesuffix(".0")
        if self.area == _ENGLAND:
            half = f"{self.standardised * 0.04:.1f}" if self.standardised else ""
            return (*head, self.count, 0, self.count, rate, f"{self.standardised:.1f}" if half else "", half)
        if self.count < _SMALLEST_SHOWN:
            hidden = "*" if self.label == "Other" else ""
            return (*head, hidden, "", hidden, hidden, "", "")
        return (*head, shown, "", shown, rate, "", "")


def write(folder: Path) -> None:
    """Write the file of every declared year."""
    for release in SOURCE.releases:
        year = release.financial_years[0].replace("-", "/")
        damages = release.edition in DECILE_LABELS_OVERWRITTEN.editions
        rows = [*_detentions(damages=damages), *_providers(), *_other_measures()]
        write_file(folder, release.mirror_file, csv_bytes(COLUMNS, [(year, *row) for row in rows]))


def _areas() -> list[tuple[str, tuple[str, str], Detained]]:
    """Return England, the boards by code and the unknown area, each with its level, code, name and detentions."""
    own: dict[str, list[str]] = {}
    for location in locations(_VINTAGE):
        own.setdefault(location.board[_VINTAGE], []).append(location.ods)
    boards = sorted((board(ons).ods, board(ons).name.upper(), tuple(held)) for ons, held in own.items())
    made = [(_ICB, (ods, name), detained(held)) for ods, name, held in boards]
    made.append((_ICB, _UNKNOWN, unknown_area()))
    return [(_ALL_SUBMISSIONS, _ENGLAND, england_of([area for _, _, area in made])), *made]


def _detentions(*, damages: bool) -> Iterator[tuple[Cell, ...]]:
    areas = _areas()
    everyone = areas[0][2]
    yield (
        *(_MEASURE, "All", "All", "All", _ALL_SUBMISSIONS, "Both", *_ENGLAND),
        *(everyone.total, _ACUTE, everyone.total + _ACUTE),
        *(f"{(everyone.total + _ACUTE) / everyone.people * 100_000:.1f}", "", ""),
    )
    for level in (_ICB, _SUB_ICB):
        yield _Line("All", "All", level, _ENGLAND, everyone.total, everyone.people).cells("All")
        for area, found in _totals(areas, level):
            yield _Line("All", "All", level, area, found.total, found.people or None).cells("All")
    damaged = 0
    for line in _grouped(areas):
        label = line.label
        second = label == ORDER[1] and damaged < len(areas) + _AREAS_DAMAGED_TWICE
        if damages and line.demographic == "IMD" and (label == ORDER[0] or second):
            label = WRONG_WORDS[damaged % len(WRONG_WORDS)]
            damaged += 1
        yield line.cells(label)


def _totals(
    areas: Sequence[tuple[str, tuple[str, str], Detained]], level: str
) -> Iterator[tuple[tuple[str, str], Detained]]:
    if level == _ICB:
        yield from ((area, found) for _, area, found in areas[1:])
        return
    for location in locations(_VINTAGE):
        yield (location.ods, location_name(location, _VINTAGE).upper()), detained((location.ods,))
    yield _UNKNOWN, areas[-1][2]


def _grouped(areas: Sequence[tuple[str, tuple[str, str], Detained]]) -> Iterator[_Line]:
    """Yield the rows by group: label by label, England first, then the areas."""
    for demographic, labels in (
        ("Age", [*(band for band, _, _ in BANDS), "All", "Unknown"]),
        ("Ethnicity", sorted([*_BROAD, *(part for parts in _BROAD.values() for part in parts), *_SUMS_OF_UNKNOWN])),
        ("Gender", [*_SEXES[:5], "All genders", "Missing"]),
        ("IMD", [*ORDER[:10], "All", ORDER[10]]),
    ):
        for label in labels:
            for level, area, found in areas:
                line = _line(demographic, label, level, area, found)
                if line:
                    yield line


_SUMS_OF_UNKNOWN = ("All", "Not Known", "Not Stated", "Unknown")


def _line(demographic: str, label: str, level: str, area: tuple[str, str], found: Detained) -> _Line | None:
    """Return a row, or None where only England has it."""
    england = area == _ENGLAND
    count, population = found.figure(demographic, label)
    sum_or_part = label in ("All", "All genders", "Not Known", "Not Stated") or (
        demographic == "Ethnicity" and label not in (*_BROAD, "Unknown")
    )
    if sum_or_part and not england:
        return None
    known_group = demographic == "Ethnicity" and label not in _SUMS_OF_UNKNOWN
    standardised = count / population * 102_000 if england and known_group and population else None
    return _Line(demographic, label, level, area, count, population, standardised)


def _providers() -> Iterator[tuple[Cell, ...]]:
    head = (_MEASURE, "All", "All", "All")
    yield (*head, "NHS Trust", "MHSDS", *_ENGLAND, 31_000, 0, 31_000, "", "", "")
    yield (*head, "NHS Trust", "MHSDS", "R9A", "SYNTHETIC NHS FOUNDATION TRUST", 170, "", 170, "", "", "")
    yield (*head, "NHS Trust", "ECDS", "R9B", "SYNTHETIC HOSPITALS NHS TRUST", "", "", "", "", "", "")
    yield (*head, "Independent Health Provider", "MHSDS", "N9Z", "SYNTHETIC CARE LIMITED", "*", "", "*", "", "", "")


def _other_measures() -> Iterator[tuple[Cell, ...]]:
    for measure, subcategory, level, source in _OTHER_ROWS:
        yield (measure, subcategory, "All", "All", level, source, *_ENGLAND, 120, 0, 120, "", "", "")
