"""Admitted patient care: England by diagnosis for six years; one year by location, by group, by age and sex."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hi_pipeline.core.geography import board, vintage_of
from hi_pipeline.core.source import Release
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, xlsx_bytes
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sources.hes_admitted.groups import AGE_LABELS, BREAKDOWNS, CATEGORIES, MEASURES, SEX_LABELS
from hi_pipeline.sources.hes_admitted.layouts import CODE_HEADER, DIAGNOSIS_HEADER, HIDDEN_HIGH, ICB_HEADER, READ
from hi_pipeline.sources.hes_admitted.sheets import TOTAL
from hi_pipeline.sources.hes_admitted.source import (
    AGE_COLUMNS,
    AGES,
    GROUP_COLUMNS,
    GROUPS,
    LOCATIONS,
    SOURCE,
)

_BLOCKS = {
    "A00-A09": ("Intestinal infectious diseases", 202_000),
    "I20-I25": ("Ischaemic heart diseases", 360_000),
    "I60-I69": ("Cerebrovascular diseases", 240_000),
    "‡N99": ("Other disorders of the genitourinary system", 4_000),
}
# Admissions by code: strokes, heart attacks, and one that nobody reads.
_CODES = {
    "I20": ("Angina pectoris", 3_000),
    "I21": ("Acute myocardial infarction", 4_000),
    "I22": ("Subsequent myocardial infarction", 150),
    "I60": ("Subarachnoid haemorrhage", 300),
    "I61": ("Intracerebral haemorrhage", 550),
    "I62": ("Other nontraumatic intracranial haemorrhage", 450),
    "I63": ("Cerebral infarction", 3_900),
    "I64": ("Stroke, not specified as haemorrhage or infarction", 250),
}
_PER_RESIDENT, _METHODS = 0.33, (0.36, 0.40, 0.14, 0.10)
_EPISODES, _SEXES = 1.22, (0.455, 0.5445, 0.0005)
_OTHERS = (
    ("14R", "EAST OF ENGLAND - H&J COMMISSIONING HUB", 1_500),
    ("13Q", "NATIONAL COMMISSIONING HUB 1", 18_000),
    ("15L", "NATIONAL COMMISSIONING HUB 2", 40),
    ("7A1", "BETSI CADWALADR UNIVERSITY LHB", 30_000),
)


def write(folder: Path) -> None:
    """Write the declared files."""
    for release in SOURCE.releases:
        write_file(folder, release.mirror_file, _file(release))


def _file(release: Release) -> bytes:
    (year,) = release.financial_years
    if release.layout == LOCATIONS.name:
        return _locations(release)
    if release.layout == GROUPS.name:
        return csv_bytes(GROUP_COLUMNS, _by_group(year))
    if release.layout == AGES.name:
        return csv_bytes(AGE_COLUMNS, _by_age(year))
    return _diagnoses(year)


def _figures(admissions: int, name: str) -> list[int]:
    """Return episodes, admissions, episodes by sex, and admissions by method."""
    generator = chance(f"admissions {name}")
    episodes = round(admissions * _EPISODES * generator.uniform(0.97, 1.03))
    return [episodes, admissions, *share_out(episodes, _SEXES), *share_out(admissions, _METHODS)]


def _filled(figures: Sequence[Cell], header: Sequence[str | None], lead: int) -> list[Cell]:
    """Fill what nobody reads: means, medians, ages and the like."""
    return [*figures, *([1] * (len(header) - lead - len(figures)))]


def _diagnoses(year: str) -> bytes:
    rows: list[Sequence[Cell]] = [(f"SYNTHETIC primary diagnosis summary, {year}",), ()]
    rows.append(DIAGNOSIS_HEADER)
    for code, (name, admissions) in _BLOCKS.items():
        figures = _figures(round(admissions * chance(f"{code} {year}").uniform(0.9, 1.1)), f"{code} {year}")
        rows.append((code, name, *_filled(figures, DIAGNOSIS_HEADER, 2)))
    codes: list[Sequence[Cell]] = [(f"SYNTHETIC primary diagnosis, 3 character, {year}",), ()]
    codes.append(CODE_HEADER)
    total = [0] * len(READ)
    blank: list[Cell] = [None] * 5
    for code, (name, admissions) in _CODES.items():
        figures = _figures(round(admissions * chance(f"{code} {year}").uniform(0.9, 1.1)), f"{code} {year}")
        total = [a + b for a, b in zip(total, figures, strict=True)]
        codes.append((code, name, *blank, *figures))
    codes.insert(3, (TOTAL, None, *blank, *total))
    not_read: list[Sequence[Cell]] = [("Not read",)]
    return xlsx_bytes(
        {
            "Primary Diagnosis Summary": rows,
            "Primary Diagnosis 3 Character": codes,
            "Primary Diagnosis 4 Character": not_read,
        }
    )


def _locations(release: Release) -> bytes:
    year = release.financial_years[0]
    counted = list(_areas(year))
    total = [sum(column) for column in zip(*(figures for _, _, figures in counted), strict=True)]
    blank: list[Cell] = [None] * 5
    rows: list[Sequence[Cell]] = [(), (), (f"SYNTHETIC Integrated Care Board (ICB) of Responsibility - {year}",)]
    rows += [()] * 11
    rows += [ICB_HEADER, (), (TOTAL, None, *blank, *_filled(total, ICB_HEADER, 7))]
    for code, name, figures in counted:
        printed = ["*" if 0 < n <= HIDDEN_HIGH else rounded(n) for n in figures]
        rows.append((code, name, *blank, *_filled(printed, ICB_HEADER, 7)))
    return xlsx_bytes({"ICB of responsibility": rows})


def _areas(year: str) -> Iterator[tuple[str, str, list[int]]]:
    vintage = vintage_of(year)
    for code, name, admissions in _OTHERS:
        yield code, name, _figures(admissions, f"{code} {year}")
    people = residents_by_decile(vintage)
    for place in locations(vintage):
        owner = board(place.board[vintage]).name.removesuffix(" Integrated Care Board").upper()
        generator = chance(f"admitted {place.ods} {year}")
        weights = [1.25 - 0.045 * tenth for tenth in range(10)]
        need = sum(n * weight for n, weight in zip(people[place.ods], weights, strict=True))
        admissions = drawn(generator, round(need), _PER_RESIDENT)
        yield place.ods, f"{owner} ICB - {place.ods}", _figures(admissions, f"{place.ods} {year}")


def _england(year: str) -> list[int]:
    """Return the figures of all areas together, as the workbook of locations has them in its total."""
    return [sum(column) for column in zip(*(figures for _, _, figures in _areas(year)), strict=True)]


def _by_group(year: str) -> Iterator[tuple[Cell, ...]]:
    """Yield England's figures by ethnic group and tenth, and what nobody reads."""
    episodes, _, *rest = _england(year)
    methods = rest[3:]
    number = 0
    for name in BREAKDOWNS:
        labels = list(CATEGORIES[name])
        generator = chance(f"groups {name} {year}")
        size = {"British (White)": 30.0, "Unknown/Non-UK Country": 0.1}
        weights = [generator.uniform(0.8, 1.2) * size.get(label, 1.0) for label in labels]
        of_methods = list(zip(*(share_out(count, weights) for count in methods), strict=True))
        for label, counts, shared in zip(labels, of_methods, share_out(episodes, weights), strict=True):
            own = dict(zip(MEASURES, (max(shared, sum(counts)), sum(counts), *counts), strict=True))
            for word, count in (*own.items(), ("ELECDUR_CALC_MEAN", 80)):
                number += 1
                yield number, label, name, word.replace("EMERGENCY_SUM", "EMERGENCY_Sum"), count
    yield number + 1, "300", "MAINSPEF", "FCE_SUM", 1_000


def _by_age(year: str) -> Iterator[tuple[Cell, ...]]:
    """Yield England's episodes by age and sex, and a region that nobody reads."""
    episodes, _, *sexes = _england(year)
    period = f"{year[2:4]}{year[5:]}"
    england: tuple[Cell, ...] = ("ENGLAND", period, "E92000001", "ENGLAND")
    ages = share_out(episodes, [1.0 + 0.1 * at for at in range(len(AGE_LABELS))])
    of_sexes = (sexes[0], sexes[1], episodes - sexes[0] - sexes[1])
    rows = [("Summary", word, count) for word, count in zip(SEX_LABELS, of_sexes, strict=True)]
    rows += [("FCE patient age", word, count) for word, count in zip(AGE_LABELS, ages, strict=True)]
    for number, (kind, word, count) in enumerate((*rows, ("Summary", "FCE_SUM", episodes)), start=1):
        yield number, *england, kind, word, count, number, 1
    yield len(rows) + 2, "REGION", period, "Y56", "LONDON COMMISSIONING REGION", "Summary", "FCE_SUM", "*", 1, 2
