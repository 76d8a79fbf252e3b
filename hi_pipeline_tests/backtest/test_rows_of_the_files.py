"""How many rows the real files hold, and what becomes of them: kept, or left out and counted."""

import polars as pl
import pytest

from hi_pipeline.core.account import take_account
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.archives import read_tables
from hi_pipeline_tests.backtest.real_files import RealFiles


def _rows(real: RealFiles, source: str, edition: str, table: str) -> pl.DataFrame:
    declared = SOURCES[source]
    release = declared.release(edition)
    (raw,) = read_tables(real.mirror / release.mirror_file, declared.layouts[release.layout])[table]
    return raw.frame


def _left_out(real: RealFiles, source: str, edition: str) -> dict[str, int]:
    declared = SOURCES[source]
    release = declared.release(edition)
    tables = read_tables(real.mirror / release.mirror_file, declared.layouts[release.layout])
    return take_account(declared.parse(tables, release)).left_out


def test_the_series_of_health_checks(real: RealFiles) -> None:
    (release,) = SOURCES["smi_health_checks"].releases
    (table,) = SOURCES["smi_health_checks"].layouts[release.layout].members
    rows = _rows(real, "smi_health_checks", release.edition, table.table)
    assert rows.height == 23_728
    kept = real.parsed("smi_health_checks", release.edition)["observations"].filter(pl.col("area_level") != "england")
    assert sum(_left_out(real, "smi_health_checks", release.edition).values()) + kept.height == rows.height


def test_the_extract_of_referral_to_treatment(real: RealFiles) -> None:
    (release,) = (r for r in SOURCES["rtt"].releases if r.edition.startswith("2026-01"))
    (table,) = SOURCES["rtt"].layouts[release.layout].members
    rows = _rows(real, "rtt", release.edition, table.table)
    assert (rows.height, rows.width) == (183_417, 121)
    waiting = rows.filter(pl.col("RTT Part Type") == "Part_2", pl.col("Treatment Function Code") == "C_999")
    shown = real.results("wl_total", "2025-26").filter(
        geography_vintage="2026-04", area_type="icb", dimension="total", measure="value"
    )
    for board, locations in (
        ("E54000065", ("06H", "06K", "06N", "M1J4Y")),
        ("E54000066", ("06Q", "06T", "07G", "07H", "99E", "99F", "99G")),
        ("E54000068", ("06L", "07K", "26A")),
    ):
        own = waiting.filter(pl.col("Commissioner Org Code").is_in(list(locations)))
        assert own["Commissioner Org Code"].n_unique() == len(locations)
        assert shown.filter(icb_code=board)["value"].item() == own["Total All"].cast(pl.Int64).sum()


@pytest.mark.parametrize(
    ("demographic", "hidden", "rows"), [("Age", 69, 301), ("Gender", 160, 258), ("Ethnicity", 10, 258), ("IMD", 5, 473)]
)
def test_hidden_detentions_of_boards(real: RealFiles, demographic: str, hidden: int, rows: int) -> None:
    (release,) = SOURCES["mental_health_act"].releases_of("2023-24")
    (table,) = SOURCES["mental_health_act"].layouts[release.layout].members
    found = _rows(real, "mental_health_act", release.edition, table.table).filter(
        Measure="All detentions", OrganisationBreakdown="ICB", Demographic=demographic
    )
    blank = pl.col("MHSDS_Count").fill_null("").str.strip_chars() == ""
    assert (found.filter(blank).height, found.height) == (hidden, rows)


def test_the_time_series_of_mental_health_services(real: RealFiles) -> None:
    release = next(r for r in SOURCES["mhsds"].releases if (real.mirror / r.mirror_file).is_file())
    kept = real.parsed("mhsds", release.edition)["observations"].height
    assert sum(_left_out(real, "mhsds", release.edition).values()) + kept == 465_927
