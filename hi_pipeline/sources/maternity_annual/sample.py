"""Synthetic annual maternity statistics: a provider for each board, its region and England, all rounded to 5."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import NHS_REGIONS, Vintage, boards_of
from hi_pipeline.core.groups import ETHNIC_BROAD, ETHNIC_DETAIL_2001
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.people import residents_by_decile, residents_by_group
from hi_pipeline.sources.maternity_annual import labels
from hi_pipeline.sources.maternity_annual.source import COLUMNS, COLUMNS_2019_20, DATA_2019_20, SOURCE

_FOOTPRINT = Vintage.JULY_2022
_BIRTHS_PER_RESIDENT = 0.011
_TWINS = 1.015
# Share of babies born before 37 weeks at the most and at the least deprived tenth.
_PRETERM = (0.092, 0.064)
_UNKNOWN_SHARE = 0.03
_MISSING = tuple(labels.MISSING_LABELS)
_OLD_BANDS = (0.001, 0.002, 0.003, 0.006, 0.018, 0.130, 0.660, 0.179, 0.001)
_SPELLED = {"2020-21": _MISSING[1]}


@dataclass(frozen=True)
class _Births:
    """Babies before 37 weeks, later and of unknown gestation; deliveries by tenth and by broad ethnic group."""

    preterm: int
    term: int
    unknown: int
    tenths: tuple[int, ...]
    groups: tuple[int, ...]

    @property
    def deliveries(self) -> int:
        return sum(self.tenths)


def write(folder: Path) -> None:
    """Write the file of every declared year in its own layout."""
    for release in SOURCE.releases:
        old = release.layout == DATA_2019_20.name
        header = COLUMNS_2019_20 if old else COLUMNS
        bom = release.edition == "2020-21"
        data = csv_bytes(header, _rows(release.edition, old=old), bom=bom)
        write_file(folder, release.mirror_file, data)


def _providers(year: str) -> Iterator[tuple[str, str, str, _Births]]:
    """Yield code, name and region of each provider with its births."""
    tenths, groups = residents_by_decile(_FOOTPRINT), residents_by_group(_FOOTPRINT)
    for board in boards_of(_FOOTPRINT):
        own = [s.ods for s in locations(_FOOTPRINT) if s.board[_FOOTPRINT] == board.ons]
        people = [sum(tenths[ods][i] for ods in own) for i in range(10)]
        detail = [sum(groups[ods][i] for ods in own) for i in range(len(ETHNIC_DETAIL_2001))]
        births = _births(f"births {board.ods} {year}", people, detail, start_year(year))
        yield (
            f"R{board.ons[-2:]}",
            f"SYNTHETIC HOSPITALS {board.ons[-2:]} NHS FOUNDATION TRUST",
            board.region_ods,
            births,
        )


def _births(name: str, people: Sequence[int], detail: Sequence[int], year: int) -> _Births:
    generator = chance(name)
    tenths = [drawn(generator, count, _BIRTHS_PER_RESIDENT * (1 - 0.01 * (year - 2020))) for count in people]
    broad = [
        sum(n for group, n in zip(ETHNIC_DETAIL_2001, detail, strict=True) if group.startswith(f"{group_name}:"))
        for group_name in ETHNIC_BROAD
    ]
    babies = round(sum(tenths) * _TWINS)
    unknown = drawn(generator, babies, _UNKNOWN_SHARE)
    first, last = _PRETERM
    shares = [first + (last - first) * i / 9 for i in range(10)]
    expected = sum(n * share for n, share in zip(tenths, shares, strict=True)) / max(sum(tenths), 1)
    preterm = drawn(generator, babies - unknown, expected)
    return _Births(preterm, babies - unknown - preterm, unknown, tuple(tenths), tuple(share_out(sum(tenths), broad)))


def _add(births: Sequence[_Births]) -> _Births:
    return _Births(
        sum(b.preterm for b in births),
        sum(b.term for b in births),
        sum(b.unknown for b in births),
        tuple(map(sum, zip(*(b.tenths for b in births), strict=True))),
        tuple(map(sum, zip(*(b.groups for b in births), strict=True))),
    )


def _rows(year: str, *, old: bool) -> Iterator[tuple[Cell, ...]]:
    providers = list(_providers(year))
    everyone = _add([births for *_, births in providers])
    top = ("ALL SUBMITTERS", "ALL", "ALL SUBMITTERS") if old else ("National", "National", "ALL SUBMITTERS")
    areas: list[tuple[tuple[str, str, str], _Births]] = [(top, everyone)]
    for region in NHS_REGIONS:
        own = [births for _, _, code, births in providers if code == region.ods]
        name = region.name if old else f"{region.name.upper()} COMMISSIONING REGION"
        areas.append((("REGION" if old else "NHS England (Region)", region.ods, name), _add(own)))
    for number, (code, name, _, births) in enumerate(providers):
        areas.append((("PROVIDER" if old else "Provider", code, "" if number % 20 == 3 else name), births))
    for area, births in areas:
        for dimension, measure, count_of, count in _old_lines(births) if old else _lines(births, year):
            if count or not old:
                yield year, dimension, *area, measure, count_of, _printed(count)


def _lines(births: _Births, year: str) -> Iterator[tuple[str, str, str, int]]:
    babies = births.preterm + births.term + births.unknown
    yield "TotalBabies", "", "Babies", babies
    yield "TotalDeliveries", "", "Deliveries", births.deliveries
    missing = _SPELLED.get(year, _MISSING[0] if year == "2022-23" else _MISSING[2])
    for measure, count in zip(
        ("<37 weeks", ">=37 weeks", missing), (births.preterm, births.term, births.unknown), strict=True
    ):
        yield labels.GESTATION, measure, "Babies", count
    unknown = births.deliveries // 50
    bare = "" if year == "2020-21" else "0"
    tenths = ["01 - Most deprived", *(f"{bare}{n}" for n in range(2, 10)), "10 - Least deprived"]
    for measure, count in zip(tenths, births.tenths, strict=True):
        yield labels.DEPRIVATION, measure, "Deliveries", count
    for label, word in labels.DEPRIVATION_LABELS.items():
        if word == "Unknown":
            yield labels.DEPRIVATION, label, "Deliveries", unknown // 3
    spelled = {word: label for label, word in labels.ETHNICITY_LABELS.items()}
    for group, count in zip(ETHNIC_BROAD, births.groups, strict=True):
        yield labels.ETHNICITY, spelled[group], "Deliveries", count
    for label, word in labels.ETHNICITY_LABELS.items():
        if word == "Unknown":
            yield labels.ETHNICITY, label, "Deliveries", unknown
    yield "AgeAtBookingMotherGroup", "Under 20", "Deliveries", births.deliveries // 30


def _old_lines(births: _Births) -> Iterator[tuple[str, str, str, int]]:
    yield "TOTAL BABIES", "", "babies", births.preterm + births.term + births.unknown
    yield "TOTAL DELIVERIES", "", "deliveries", births.deliveries
    counts = [*share_out(births.preterm + births.term, _OLD_BANDS), births.unknown]
    for measure, count in zip(labels.GESTATION_2019_20_LABELS, counts, strict=True):
        yield labels.GESTATION_2019_20, measure, "babies", count
    yield "ONSETOFLABOUR", "Spontaneous", "deliveries", births.deliveries // 2


def _printed(count: int) -> int:
    return 5 if 0 < count < 8 else rounded(count)
