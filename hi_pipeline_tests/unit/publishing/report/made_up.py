"""A made-up published folder in memory: three indicators of one board, with every kind of figure a pack prints."""

import random
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.groups import DECILES, ETHNIC_BROAD, QUINTILES
from hi_pipeline.core.people_columns import POCKETS, POPULATION, SMALL_AREAS
from hi_pipeline.publishing.report.building import document_of
from hi_pipeline.publishing.report.cards import cards
from hi_pipeline.publishing.report.facts import facts_of
from hi_pipeline.publishing.report.making import Pack
from hi_pipeline.publishing.report.published import Published

OTHER = "E54000011"
ICB, YEAR, VINTAGE = "E54000010", "2023-24", Vintage.APRIL_2023
ENGLAND = "E92000001"
_UNITS = {"recovery": "percent", "detention": "per_100k", "list": "count"}
_POLARITIES = {"recovery": "higher_is_better", "detention": "lower_is_better", "list": "neutral"}
_FIFTHS = {"recovery": 10, "detention": 5, "list": 0}
SOURCES = (
    {
        "name": "made_up",
        "title": "Made-up statistics",
        "publisher": "Nobody",
        "attribution": "Made up for tests.",
        "releases": [{"id": "made_up:1", "edition": "1", "published": "2024-05-01", "sha256": "ab" * 32}],
    },
)


def catalogue(synthetic: bool = True) -> dict[str, Any]:
    """The content of indicators.json."""
    return {"synthetic": synthetic, "indicators": [_entry(name) for name in _UNITS]}


def _entry(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "title": f"Made-up {name}",
        "area": "Mental health" if name != "list" else "Elective recovery",
        "statement_number": {"recovery": 9, "detention": 7}.get(name),
        "definition": f"Share of made-up {name}.",
        "numerator_words": "People counted",
        "denominator_words": "People asked",
        "unit": _UNITS[name],
        "polarity": _POLARITIES[name],
        "dimensions": ["total", "deprivation", "ethnicity"] if name == "recovery" else ["total", "deprivation"],
        "deprivation_groups": _FIFTHS[name],
        "ecological": name == "detention",
        "target": "50% for every group" if name == "recovery" else "",
        "caveats": ["Made up."],
        "unconfirmed": "",
        "plausible": [0.0, 100.0],
    }


def row(name: str, **changes: Any) -> dict[str, Any]:
    """One row of the results: by default the board's total."""
    empty = {pl.String: "", pl.Float64: None, pl.Int32: 0, pl.Boolean: True, pl.Date: None}
    made: dict[str, Any] = {column: empty[dtype] for column, dtype in RESULTS.items()}  # type: ignore[index]
    made |= {
        "indicator_id": name,
        "financial_year": YEAR,
        "period_start": date(2023, 4, 1),
        "period_end": date(2024, 3, 31),
        "period_type": "financial_year",
        "area_type": "icb",
        "icb_code": ICB,
        "geography_vintage": VINTAGE.value,
        "dimension": "total",
        "category": "All",
        "category_order": 1,
        "measure": "value",
        "unit": _UNITS[name],
        "status": "ok",
        "comparison": "not_compared",
        "source_releases": "made_up:1",
    }
    return made | changes


def figure(
    name: str, value: float | None, spread: float | None, england: float | None, **changes: Any
) -> dict[str, Any]:
    """A row with limits and the comparison that they give; a value of None is a suppressed figure."""
    if value is None:
        return row(name, status="suppressed", note="hidden by the publisher", comparator_value=england, **changes)
    low, high = (None, None) if spread is None else (value - spread, value + spread)
    verdict = "not_compared"
    if low is not None and high is not None and england is not None:
        side = "above" if low > england else "below" if high < england else "similar"
        words = {
            "higher_is_better": {"above": "better", "below": "worse", "similar": "similar"},
            "lower_is_better": {"above": "worse", "below": "better", "similar": "similar"},
            "neutral": {"above": "higher", "below": "lower", "similar": "similar"},
        }
        verdict = words[_POLARITIES[name]][side]
    limits = {"lower_95": low, "upper_95": high, "comparator_value": england, "comparison": verdict}
    return row(name, value=value, numerator=10.0, denominator=100.0, **limits, **changes)


def rows_of(seed: int, *, years: Iterable[str] = ("2022-23", YEAR)) -> list[dict[str, Any]]:
    """All rows of the folder, drawn from a seed: signs, limits, hidden figures and clear gaps come and go."""
    chance = random.Random(seed)
    made: list[dict[str, Any]] = []
    for year in years:
        for name, fifths in _FIFTHS.items():
            own = [row(name, value=chance.uniform(1, 99), area_type="england", icb_code=ENGLAND)]
            own.append(figure(name, _value(chance), _spread(chance), own[0]["value"]))
            own += _deprivation(name, fifths, chance)
            own += _ethnicity(chance) if name == "recovery" else []
            made += [{**r, "financial_year": year} for r in own]
    return made


def _value(chance: random.Random) -> float | None:
    return None if chance.random() < 0.1 else chance.uniform(1, 99)


def _spread(chance: random.Random) -> float | None:
    return None if chance.random() < 0.1 else chance.choice([0.04, 0.5, 3.0, 20.0])


def _deprivation(name: str, fifths: int, chance: random.Random) -> list[dict[str, Any]]:
    if not fifths:
        return []
    groups = DECILES if fifths == 10 else QUINTILES
    shape = {"dimension": "deprivation", "imd_vintage": "2019", "unknown_share": 0.0123}
    values = [_value(chance) for _ in groups]
    made = [
        figure(name, value, _spread(chance), chance.uniform(1, 99), category=group, category_order=order, **shape)
        for order, (group, value) in enumerate(zip(groups, values, strict=True), start=1)
    ]
    whole = {"category_order": 0, **shape}
    most, least = values[0], values[-1]
    if most is None or least is None:
        return [*made, row(name, measure="gap", status="suppressed", note="an end is hidden", **whole)]
    turned = least - most if _POLARITIES[name] == "higher_is_better" else most - least
    spread = chance.choice([0.04, 2.0, 30.0])
    unit = "pp" if name == "recovery" else "per_100k"
    limits = {"lower_95": turned - spread, "upper_95": turned + spread}
    made.append(row(name, measure="gap", value=turned, unit=unit, **limits, **whole))
    ratio, factor = most / least, chance.choice([1.001, 1.2, 3.0])
    limits = {"lower_95": ratio / factor, "upper_95": ratio * factor}
    return [*made, row(name, measure="ratio", value=ratio, unit="ratio", **limits, **whole)]


def _ethnicity(chance: random.Random) -> list[dict[str, Any]]:
    shape = {"dimension": "ethnicity", "ethnicity_scheme": "2001", "unknown_share": 0.0567}
    made = []
    for order, group in enumerate(ETHNIC_BROAD, start=1):
        place = {"category": group, "category_order": order, **shape}
        made.append(figure("recovery", _value(chance), _spread(chance), chance.uniform(1, 99), **place))
        if group != "White":
            difference, spread = chance.uniform(-30, 30), chance.choice([1.0, 40.0])
            limits = {"lower_95": difference - spread, "upper_95": difference + spread}
            made.append(row("recovery", measure="difference", value=difference, unit="pp", **limits, **place))
    return made


def published(rows: list[dict[str, Any]], *, synthetic: bool = True, **judged: list[dict[str, Any]]) -> Published:
    """The folder as it is read; ``judged`` has rows of the tables beside, the columns that the pack reads."""
    place = {"icb_code": ICB, "financial_year": YEAR, "geography_vintage": VINTAGE.value}
    tables = {name: pl.DataFrame([place | row for row in found]) for name, found in judged.items()}
    return Published(
        results=pl.DataFrame(rows, schema=RESULTS, orient="row"),
        cards=cards(catalogue(synthetic)),
        sources=SOURCES,
        comparisons=None,
        coverage=None,
        pace=tables.get("pace"),
        targets=tables.get("targets"),
        completeness=tables.get("completeness"),
        bounds=tables.get("bounds"),
        synthetic=synthetic,
        small_areas=small_areas(),
        pockets=pockets(),
        population=population(),
    )


def small_areas() -> pl.DataFrame:
    """Twelve small areas of the board in two authorities, the second of which lies in another board too."""
    made = []
    for n in range(16):
        tenth = 1 + n % 10
        area = dict.fromkeys(SMALL_AREAS) | {
            "lsoa_code": f"E01{n:06d}",
            "lsoa_name": f"Place {n // 8} {n:03d}A",
            "authority_code": f"E0600000{n // 8}",
            "authority_name": f"Place {n // 8}",
            "icb_code_2023_04": ICB if n < 12 else OTHER,
            "imd_vintage": "2025",
            "imd_rank": 3_000 * tenth,
            "imd_decile": tenth,
            "national_fifth": (tenth + 1) // 2,
            "local_fifth_2023_04": 1 + n % 5,
            "patients": 1_600.5,
            "residents": 1_500 + n,
            "residents_asian": 100,
            "residents_black": 50,
            "residents_mixed": 30,
            "residents_other": 20,
            "residents_white": 1_300 + n,
            "residents_white_british": 1_200,
            "households": 600.0,
            "fuel_poor": 60.0 + n,
            "fuel_poor_pct": 10.0 + n / 6,
            "source_releases": "made_up:1",
        }
        made.append(area)
    return pl.DataFrame(made, schema=SMALL_AREAS)


def pockets() -> pl.DataFrame:
    """Two pockets of the board, and one of another."""
    areas = (
        small_areas()
        .filter(pl.col("imd_decile") <= 2)
        .with_columns(geography_vintage=pl.lit(VINTAGE.value), icb_code=pl.col("icb_code_2023_04"))
    )
    ranked = areas.sort("icb_code", "imd_rank", "lsoa_code").with_columns(
        place=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("icb_code"),
        lies_in=pl.lit("authority"),
        authority_average_rank=pl.lit(20_000.0),
        icb_average_rank=pl.lit(15_000.0),
        authority_fifth=pl.lit(4, pl.Int64),
        icb_fifth=pl.lit(3, pl.Int64),
    )
    return ranked.select(list(POCKETS))


def population() -> pl.DataFrame:
    """Residents of two boards, one hundred more a band than in the band before; the first age gives the number."""
    keys = [(icb, sex, first) for icb in (ICB, OTHER) for sex in ("Female", "Male") for first in range(0, 91, 5)]
    made = [
        dict.fromkeys(POPULATION)
        | {
            "financial_year": YEAR,
            "geography_vintage": VINTAGE.value,
            "icb_code": icb,
            "mid_year": 2022,
            "sex": sex,
            "age_from": first,
            "residents": 1_000 + 10 * first,
            "source_releases": "made_up:1",
        }
        for icb, sex, first in keys
    ]
    return pl.DataFrame(made, schema=POPULATION)


def pack(
    rows: list[dict[str, Any]],
    *,
    synthetic: bool = True,
    words: dict[str, tuple[str, ...]] | None = None,
    **judged: list[dict[str, Any]],
) -> Pack:
    """The pack of the board."""
    facts = facts_of(published(rows, synthetic=synthetic, **judged), icb=ICB, year=YEAR, vintage=VINTAGE)
    return Pack(facts=facts, document=document_of(facts, words or {}, words_path=Path("words.md")))
