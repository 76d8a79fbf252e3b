"""One row of the results as a pack prints it: rounded once, with words for what is not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.status import NOT_ACCEPTED, OLDER, STALE, Status, Unit
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.numbers import decimals_of, printed, with_unit

# What makes a figure one that is not up to date, as its note begins or has it.
_STALE = STALE.partition(":")[0] + ":"
# What the note of a figure says whose denominator lacks a hidden deduction (2026-11).
ESTIMATED = "taken at the middle"
# How a pack begins the words of a group, where the results begin them otherwise: fifths and tenths as sentences say,
# a detailed ethnic group by a short word for its broad one.
_GROUPS = {
    "Quintile ": "Fifth ",
    "Decile ": "Tenth ",
    "Asian or Asian British: ": "Asian: ",
    "Black or Black British: ": "Black: ",
    "Other Ethnic Groups: ": "Other: ",
}
# Words for a figure that is not there; short enough for a cell.
ABSENT = {
    Status.SUPPRESSED.value: "suppressed",
    Status.TOO_FEW.value: "too few",
    Status.MISSING.value: "missing",
    Status.NOT_PUBLISHED.value: "not published",
    Status.NOT_APPLICABLE.value: "not applicable",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the results, as it is printed.

    Attributes:
        id: the row's key, its parts joined by "/".
        value, lower, upper: of the row, in ``unit``; None where there is none.
        decimals: with which all its numbers are printed.
        whole: whether the value is the publisher's own, printed without decimals that nobody else knows.
    """

    id: str
    indicator: str
    year: str
    period_start: date
    period_end: date
    period_type: str
    area: str
    dimension: str
    category: str
    order: int
    measure: str
    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    unit: str
    decimals: int
    whole: bool
    status: str
    note: str
    comparator: float | None
    compared_with: str
    comparison: str
    unknown_share: float | None
    coverage: float | None
    imd_vintage: str
    ethnicity_scheme: str
    releases: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the value without its unit, or why there is none."""
        return ABSENT[self.status] if self.value is None else printed(self.value, self.value_decimals)

    @property
    def value_decimals(self) -> int:
        """Return the decimals of the value; its limits and its comparator keep those of the indicator."""
        return 0 if self.whole else self.decimals

    @property
    def group(self) -> str:
        """Return the words for the group that every chart, table and sentence uses: "Fifth 2", "Asian: Indian"."""
        for published, here in _GROUPS.items():
            if self.category.startswith(published):
                return here + self.category.removeprefix(published)
        return self.category

    @property
    def said(self) -> str:
        """Return the value with its unit."""
        return self.text if self.value is None else with_unit(self.text, self.unit)

    @property
    def counted_of(self) -> str:
        """Return the denominator, said to be an estimate where it is one; "" where none that holds the number is known.

        A deduction that is hidden is taken at the middle of what it may be, so a small group may count more than that.
        """
        if self.denominator is None:
            return ""
        if ESTIMATED not in self.note:
            return printed(self.denominator, 0)
        fits = self.numerator is None or self.numerator <= self.denominator
        return f"about {printed(self.denominator, 0)}" if fits else ""

    @property
    def is_stale(self) -> bool:
        """Tell whether a newer file is there which the figure does not rest on."""
        return _STALE in self.note

    @property
    def is_revised(self) -> bool:
        """Tell whether the figure rests on a file that its publisher revised, which nobody has accepted."""
        return NOT_ACCEPTED in self.note

    @property
    def is_older(self) -> bool:
        """Tell whether an earlier version of the program computed the figure."""
        return OLDER in self.note

    @property
    def publications(self) -> set[str]:
        """Return the publications that the figure rests on."""
        return {release.partition(":")[0] for release in self.releases}

    @property
    def limits(self) -> str:
        """Return "8.1 to 18.0", or "" where there are no limits."""
        if self.lower is None or self.upper is None:
            return ""
        return f"{printed(self.lower, self.decimals)} to {printed(self.upper, self.decimals)}"

    @property
    def comparator_text(self) -> str:
        """Return the comparator's value without its unit, or ""."""
        return "" if self.comparator is None else printed(self.comparator, self.decimals)


def figure_of(row: Mapping[str, Any], card: Card) -> Figure:
    """Return a row of the results as a figure, with the decimals of its indicator."""
    key = ("indicator_id", "financial_year", "geography_vintage", "icb_code", "dimension", "category", "measure")
    pp = row["unit"] == Unit.PERCENTAGE_POINTS.value
    same = row["unit"] == card.unit or pp
    return Figure(
        id="/".join(str(row[name]) for name in key),
        indicator=row["indicator_id"],
        year=row["financial_year"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        period_type=row["period_type"],
        area=row["icb_code"],
        dimension=row["dimension"],
        category=row["category"],
        order=row["category_order"],
        measure=row["measure"],
        value=row["value"],
        lower=row["lower_95"],
        upper=row["upper_95"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        unit=row["unit"],
        decimals=card.decimals if same else decimals_of(row["unit"]),
        whole=_is_whole(row),
        status=row["status"],
        note=row["note"],
        comparator=row["comparator_value"],
        compared_with=row.get("comparator") or ENGLAND_NAME,
        comparison=row["comparison"],
        unknown_share=row["unknown_share"],
        coverage=row["coverage"],
        imd_vintage=row["imd_vintage"] or "",
        ethnicity_scheme=row["ethnicity_scheme"] or "",
        releases=tuple(r for r in row["source_releases"].split(";") if r),
    )


def _is_whole(row: Mapping[str, Any]) -> bool:
    """Tell whether a value is the publisher's whole number, and not what its counts give."""
    printed_whole = row["published_rounding"] == 0.5 and row["value"] is not None
    return printed_whole and row["value"] == row["published_value"] != row["computed_value"]
