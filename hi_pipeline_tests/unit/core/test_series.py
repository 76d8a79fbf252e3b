"""A series reads the period of an edition from a file's name, and knows the pages of the periods to come."""

from dataclasses import replace
from datetime import date

import pytest

from hi_pipeline.core.series import Match, Series, place_of
from hi_pipeline.sources.cvdprevent.source import SOURCE as CVDPREVENT
from hi_pipeline.sources.gp_registrations.source import SOURCE as LISTS
from hi_pipeline.sources.mbrrace.source import SOURCE as MBRRACE
from hi_pipeline.sources.mhsds.source import SOURCE as MHSDS
from hi_pipeline.sources.qof.source import SOURCE as QOF
from hi_pipeline.sources.rtt.source import SOURCE as RTT

(EXTRACT,), (RAW,), (LSOA, MAP) = RTT.series, QOF.series, LISTS.series
UPLOADS = "https://www.england.nhs.uk/statistics/wp-content/uploads/sites/2"
FILES = "https://files.digital.nhs.uk"


@pytest.mark.parametrize(
    ("series", "address", "period", "revised"),
    [
        (EXTRACT, f"{UPLOADS}/2026/09/Full-CSV-data-file-Jul26-ZIP-3M-a1B2c3.zip", "2026-07", False),
        (EXTRACT, f"{UPLOADS}/2025/04/Full-CSV-data-file-Feb25-ZIP-4M-76538.zip", "2025-02", False),
        (EXTRACT, f"{UPLOADS}/2026/10/Full-CSV-data-file-Jul26-ZIP-3M-revised-a1B2c3.zip", "2026-07", True),
        (RAW, f"{FILES}/AA/0B1C2D/QOF2526.zip", "2025-26", False),
        (RAW, f"{FILES}/AA/0B1C2D/QOF_2526_v2.zip", "2025-26", False),
        (RAW, f"{FILES}/AA/0B1C2D/QOF%202025-26%20Raw%20data%20.csv%20files.zip", "2025-26", False),
        (LSOA, f"{FILES}/AA/0B1C2D/gp-reg-pat-prac-lsoa-male-female-Jul-26.zip", "2026-07", False),
        (LSOA, f"{FILES}/AA/0B1C2D/gp-reg-pat-prac-lsoa-male-female-july-2026.zip", "2026-07", False),
    ],
)
def test_a_name_says_its_period(series: Series, address: str, period: str, revised: bool) -> None:
    assert series.match(place_of(address)) == Match(period=period, revised=revised)


@pytest.mark.parametrize(
    ("series", "address"),
    [
        (EXTRACT, f"{UPLOADS}/2026/09/Full-CSV-data-file-Jly26-ZIP-3M-a1B2c3.zip"),
        (EXTRACT, f"{UPLOADS}/2026/09/Full-CSV-data-file-Jul26-ZIP-3M-a1B2c3.zip.exe"),
        (EXTRACT, f"{UPLOADS}/2021/05/Full-CSV-data-file-Mar21-ZIP-3M-12345.zip"),  # another layout
        (EXTRACT, f"{UPLOADS}/2026/09/Full-CSV-data-file-Jul26-ZIP-3M.zip".replace("england.nhs", "evil.example")),
        (RAW, f"{FILES}/AA/0B1C2D/QOF2527.zip"),  # no financial year
        (RAW, f"{FILES}/AA/0B1C2D/QOF2425.zip"),  # declared with a layout of its own
        (MAP, f"{FILES}/AA/0B1C2D/gp-reg-pat-prac-map.csv"),  # says no month
    ],
)
def test_any_other_name_is_no_edition(series: Series, address: str) -> None:
    assert series.match(place_of(address)) is None


def test_the_folder_of_a_file_is_not_compared() -> None:
    name = "Full-CSV-data-file-Jul26-ZIP-3M-a1B2c3.zip"
    for folder in ("", "rebuilt/", "statistics/wp-content/uploads/sites/2/2026/09/"):
        assert EXTRACT.match(f"www.england.nhs.uk/{folder}{name}") == Match(period="2026-07", revised=False)
    assert EXTRACT.match(f"www.england.nhs.uk/{name}/index.html") is None


def test_a_calendar_year_stands_in_the_financial_year_that_begins_in_it() -> None:
    (trusts,) = MBRRACE.series
    found = trusts.match("timms.le.ac.uk/x/perinatal-mortality-rates-2024-trusthealth-board.csv")
    assert found == Match(period="2024", revised=False)
    assert trusts.financial_year("2024") == "2024-25"
    assert trusts.is_period("2024") and not trusts.is_period("2024-25")
    assert trusts.last(date(2026, 11, 26)) == "2026"
    yearly = replace(trusts, page="https://www.example.org/{year}")
    assert yearly.pages("2024", today=date(2026, 11, 26)) == {
        f"https://www.example.org/{year}": f"{year}" for year in (2024, 2025, 2026)
    }


def test_a_file_that_is_read_for_months_before_that_of_its_name_stands_in_their_year() -> None:
    (to_april,) = MHSDS.series
    assert to_april.financial_year("2025-04") == "2024-25"
    assert replace(to_april, ahead=0).financial_year("2025-04") == "2025-26"


def test_a_name_without_a_period_takes_that_of_its_page() -> None:
    place = place_of(f"{FILES}/AA/0B1C2D/gp-reg-pat-prac-map.csv")
    assert MAP.match(place, page_period="2026-07") == Match(period="2026-07", revised=False)


def test_the_pages_to_come_begin_with_that_of_the_newest_edition() -> None:
    today = date(2026, 11, 26)
    assert list(EXTRACT.pages("2026-06", today=today)) == [f"{RTT.landing_page}rtt-data-2026-27/"]
    assert list(EXTRACT.pages("2026-02", today=today)) == [
        f"{RTT.landing_page}rtt-data-{year}/" for year in ("2025-26", "2026-27")
    ]
    assert list(RAW.pages("2024-25", today=today)) == [f"{QOF.landing_page}/{year}" for year in ("2025-26", "2026-27")]
    assert LSOA.pages("2026-04", today=today) == {
        f"{LISTS.landing_page}/april-2026": "2026-04",
        f"{LISTS.landing_page}/july-2026": "2026-07",
        f"{LISTS.landing_page}/october-2026": "2026-10",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"file": r"x(?P<month>\w+)\.zip"}, "expected"),
        ({"file": r"x(?P<years>\d{4})\.zip"}, "expected"),
        ({"file": r"x(?P<year>\d{4})\.zip"}, "expected"),
        ({"example": "Jan2026.zip"}, "does not fit its pattern"),
        ({"page": "http://www.example.org"}, "no https address"),
    ],
)
def test_half_a_period_is_refused(changes: dict[str, str], said: str) -> None:
    facts = {
        "name": "s",
        "layout": "l",
        "page": "https://www.example.org/{year}",
        "host": "www.example.org",
        "file": r"(?P<month>\w{3})(?P<year>\d\d)\.zip",
        "example": "Jan26.zip",
        "first": "2026-01",
    } | changes
    with pytest.raises(ValueError, match=said):
        Series(**facts, every=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("series", "address", "near"),
    [
        (EXTRACT, f"{UPLOADS}/2026/09/Full-CSV-data-file-Jly26-ZIP-3M-a1B2c3.zip", True),
        (EXTRACT, f"{UPLOADS}/2026/09/RTT_full_csv_data_file_July_2026.zip", True),
        (EXTRACT, f"{UPLOADS}/2026/09/Full-CSV-data-file-Jul26-ZIP-3M-a1B2c3.zip", False),  # it is one
        (EXTRACT, f"{UPLOADS}/2021/05/Full-CSV-data-file-Mar21-ZIP-3M-12345.zip", False),  # before the layout
        (EXTRACT, f"{UPLOADS}/2026/09/Incomplete-Commissioner-Jul26-XLSX-4M-a1B2c3.xlsx", False),
        (EXTRACT, "https://files.digital.nhs.uk/Full-CSV-data-file-Jly26.zip", False),  # another host
        (RAW, f"{FILES}/AA/0B1C2D/QOF2527.zip", True),
        (LSOA, f"{FILES}/AA/0B1C2D/gp-reg-pat-prac-map.csv", False),
        (CVDPREVENT.series[0], f"https://{CVDPREVENT.series[0].host}/other.zip", False),  # its name has no words
    ],
)
def test_a_file_that_looks_like_an_edition_and_is_none(series: Series, address: str, near: bool) -> None:
    assert series.nearly(place_of(address)) is near
