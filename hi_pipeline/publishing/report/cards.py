"""What a reader must know of an indicator, read from the published catalogue (indicators.json)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hi_pipeline.core.indicator import Polarity
from hi_pipeline.publishing.report.numbers import decimals_of


@dataclass(frozen=True, kw_only=True)
class Card:
    """An indicator as the pack speaks of it.

    Attributes:
        short: the name that sentences use; the title where the catalogue has no shorter one.
        contested: whether its direction may not be called good or bad.
        mixes_age: whether its groups of deprivation differ in age, so that their gap is not compared.
        fifths: 5 or 10, the groups of deprivation; 0 where there are none.
    """

    id: str
    title: str
    short: str
    area: str
    statement_number: int | None
    definition: str
    numerator_words: str
    denominator_words: str
    unit: str
    polarity: Polarity
    contested: bool
    mixes_age: bool
    dimensions: tuple[str, ...]
    fifths: int
    ecological: bool
    target: str
    caveats: tuple[str, ...]
    unconfirmed: str
    decimals: int
    order: int

    @property
    def ends(self) -> tuple[str, str]:
        """Return the words for the most and the least deprived group."""
        part = "tenth" if self.fifths == 10 else "fifth"
        of = " of practices" if self.ecological else ""
        return f"most deprived {part}{of}", f"least deprived {part}{of}"


def cards(catalogue: Mapping[str, Any]) -> dict[str, Card]:
    """Return the indicators of indicators.json by id, in its order, those that are listed and not computed too."""
    entries: Sequence[Mapping[str, Any]] = catalogue["indicators"]
    return {entry["id"]: _card(entry, order) for order, entry in enumerate(entries)}


def _card(entry: Mapping[str, Any], order: int) -> Card:
    polarity = Polarity(entry["polarity"])
    return Card(
        id=entry["id"],
        title=entry["title"],
        short=(entry.get("short") or entry["title"]).replace(": ", ", "),
        area=entry["area"],
        statement_number=entry["statement_number"],
        definition=entry["definition"],
        numerator_words=entry["numerator_words"],
        denominator_words=entry["denominator_words"],
        unit=entry["unit"],
        polarity=polarity,
        contested=polarity not in (Polarity.HIGHER_IS_BETTER, Polarity.LOWER_IS_BETTER) or bool(entry.get("contested")),
        mixes_age=bool(entry.get("mixes_age")),
        dimensions=tuple(entry.get("dimensions", ())),
        fifths=entry.get("deprivation_groups", 0),
        ecological=entry.get("ecological", False),
        target=entry["target"].rstrip("."),
        caveats=tuple(entry["caveats"]),
        unconfirmed=entry["unconfirmed"],
        decimals=decimals_of(entry["unit"], most=entry.get("plausible", (0, None))[1]),
        order=order,
    )
