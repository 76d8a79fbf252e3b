"""One thing broken in one publication, the steps that then fail, and what they say."""

from dataclasses import dataclass

from hi_pipeline.sources.qof.corrections import REGISTER_ABOVE_LIST
from hi_pipeline_tests.flow.broken import (
    Change,
    damaged_member,
    edited,
    emptied,
    error_page,
    renamed,
    truncated,
    with_cell,
    with_row_twice,
    without_any_row,
    without_rows,
)

TT, MHA, RTT = ("talking_therapies", "2023-24"), ("mental_health_act", "2023-24"), ("rtt", "2026-01")
QOF, AE = ("qof", "2022-23"), ("fingertips", "93930")
SMI, LISTS = ("smi_health_checks", "2018-19_to_2023-24"), ("gp_registrations", "2022-07-lsoa")
PEOPLE = ("ons_population", "mid-2022-mid-2024")
YEARS = ("2021-22", "2022-23", "2023-24", "2024-25", "2025-26")
SMI_YEARS = YEARS[:3]
PREVALENCE, PLACES = "PREVALENCE_.*", "MAPPING_NHS_GEOGRAPHIES_.*"
BOARD = {"OrgType": "ICB", "OrgCode": "QMF"}
BOARD_CODE, BOARD_NAME = "E54000029", "NHS North East London Integrated Care Board"
WAITING = {"RTT Part Type": "Part_2", "Treatment Function Code": "C_999"}
FETCH_AGAIN, NEW_LAYOUT = "etch it again", "declare a new layout in the source's source.py"
WORDS, NUMBERS = "Map each label by its words", "Expected numbers of 0 or more"
ONCE, WHOLE, REGISTER = "Expected each once", "Fetch the file again", "corrections"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing broken: the steps that fail, and what they say."""

    release: tuple[str, str]
    change: Change
    stops: set[tuple[str, str, str]]
    says: tuple[str, ...]


def _case(release: tuple[str, str], step: str, change: Change, *says: str, parts: tuple[str, ...] = ()) -> Case:
    source, edition = release
    years = {"rtt": ("2025-26",), "fingertips": ("2021-22",), "smi_health_checks": SMI_YEARS}
    stops = {(step, source, part) for part in parts or years.get(source, (edition,))}
    return Case(release=release, change=change, stops=stops, says=says)


TT_FILE, TT_MEMBER = "psych-ther-ann-rep-csvs-2023-24.zip", "psych-ther-ann-rep-csv-2023-24-main.csv"
MHA_FILE, SHEET = "ment-heal-act-stat-eng-2023-24-data.csv", "Sheet 1 - Physical-Health-Check"
CASES = {
    "a truncated zip": _case(TT, "fetch", truncated, TT_FILE, "the zip file is truncated", FETCH_AGAIN),
    "a truncated workbook": _case(SMI, "fetch", truncated, "SMI-time-series.xlsx", "xlsx file is trunc", FETCH_AGAIN),
    "a damaged member": _case(TT, "clean", damaged_member, TT_FILE, TT_MEMBER, "damaged", "Fetch the archive again"),
    "an error page as csv": _case(
        MHA, "fetch", error_page, MHA_FILE, "expected a CSV", "HTML or XML page titled '503 Service Unavailable'"
    ),
    "an error page as zip": _case(TT, "fetch", error_page, TT_FILE, "expected a zip", "titled '503 Service"),
    "an error page as xlsx": _case(SMI, "fetch", error_page, "SMI-time-series.xlsx", "expected a xlsx", "titled '503"),
    "an empty csv": _case(MHA, "fetch", emptied, MHA_FILE, "empty (0 bytes)", "try again"),
    "an empty zip": _case(QOF, "fetch", emptied, "QOF 2022-23 Raw data .csv files.zip", "empty (0 bytes)", "try again"),
    "an empty member": _case(TT, "clean", edited(lambda table: []), TT_MEMBER, "the file is empty", FETCH_AGAIN),
    "a header alone": _case(
        MHA, "clean", edited(without_any_row), MHA_FILE, "a header and no row", "expected figures", FETCH_AGAIN
    ),
    "a renamed column": _case(
        TT,
        "clean",
        renamed("Count_Recovery", "Count_Recovered"),
        *(TT_MEMBER, "Missing: ['Count_Recovery']. New: ['Count_Recovered']", NEW_LAYOUT),
    ),
    "a renamed column of a mapping": _case(
        QOF,
        "clean",
        renamed("ICB_ODS_CODE", "BOARD_ODS_CODE", member=PLACES),
        *("MAPPING_NHS_GEOGRAPHIES_2223.csv", "Missing: ['ICB_ODS_CODE']. New: ['BOARD_ODS_CODE']", NEW_LAYOUT),
    ),
    "a renamed column of a sheet": _case(
        SMI, "clean", renamed("Answer", "Value", header=1), SHEET, "Missing: ['Answer']. New: ['Value']", NEW_LAYOUT
    ),
    "an unknown decile label amid damaged ones": _case(
        MHA,
        "clean",
        with_cell("DemographicBreakdown", "05 Middling", where={"DemographicBreakdown": "05 Less deprived"}),
        *(MHA_FILE, "All prov carry", "'05 Middling'", "expected eleven rows", "take the publisher's own file"),
    ),
    "a duplicated area": _case(
        TT, "clean", with_row_twice(BOARD), TT_MEMBER, "stand there twice", "'icb', 'QMF', 'total', 'All'", ONCE
    ),
    "a duplicated register": _case(
        QOF, "clean", with_row_twice({}, member=PREVALENCE), "PREVALENCE_2223.csv", "2 registers stand", "A97001", ONCE
    ),
    "a duplicated practice": _case(
        QOF, "clean", with_row_twice({}, member=PLACES), "MAPPING_NHS_GEOGRAPHIES_2223.csv", "['A97001'] stand", ONCE
    ),
    "a duplicated provider": _case(
        RTT, "clean", with_row_twice(WAITING), "RTT-January-2026-full-extract.csv", "more than once", "'R50'", ONCE
    ),
    "a duplicated group": _case(
        MHA,
        "clean",
        with_row_twice({"OrganisationBreakdown": "ICB", "OrgID": "QMF", "Demographic": "Age"}),
        *(MHA_FILE, "rows stand there twice: [('ICB', 'QMF', 'Age'", ONCE),
    ),
    "a duplicated list": _case(
        LISTS,
        "clean",
        with_row_twice({}, member=".*all.csv"),
        "table practice_lsoa",
        "uniqueness",
        "Look at these rows",
    ),
    "a missing board": _case(
        TT, "clean", without_rows(BOARD), "talking_therapies 2023-24", "1 of the 42 boards", f"QMF {BOARD_NAME}", WHOLE
    ),
    "a missing total of a board": _case(
        TT,
        "clean",
        without_rows({**BOARD, "VariableType": "Total"}),
        *("talking_therapies 2023-24", "1 of the 42 boards", f"QMF {BOARD_NAME}", WHOLE),
    ),
    "a missing board amid damaged labels": _case(
        MHA,
        "clean",
        without_rows({"OrganisationBreakdown": "ICB", "OrgID": "QMF"}),
        *(MHA_FILE, "1 of the 42 boards", f"QMF {BOARD_NAME}", WHOLE),
    ),
    "a missing commissioner parent": _case(
        RTT,
        "clean",
        without_rows({"Commissioner Parent Org Code": "QMF"}),
        *("rtt 2025-26", "1 of the 42 boards", f"QMF {BOARD_NAME}", WHOLE),
    ),
    "a mapping without a board": _case(
        QOF,
        "clean",
        without_rows({"ICB_ODS_CODE": "QMF"}, member=PLACES),
        *("geography mapping", "rows have no match", "expected one for each", "whether both files are whole"),
    ),
    "a missing location of a board of several": _case(
        SMI,
        "clean",
        without_rows({"CCG Code": "00L"}, header=1),
        *("smi_health_checks", "1 of the 106 sub-ICB locations", "00L of NHS North East and North Cumbria", WHOLE),
    ),
    "a count above its denominator": _case(
        TT,
        "clean",
        with_cell("Count_Recovery", "9999995", where={**BOARD, "VariableType": "Total"}),
        *(
            TT_MEMBER,
            "above their denominator 'finished_course_treatment'",
            "('QMF', 'total', 'All', 9999995.0",
            REGISTER,
        ),
    ),
    "a register above its list": _case(
        QOF,
        "clean",
        with_cell("REGISTER", "99999.0", where={"GROUP_CODE": "LD"}, member=PREVALENCE),
        *("PREVALENCE_2223.csv", "above their denominator, the list", "('A97001', 'LD', '99999.0'", REGISTER),
    ),
    "a mended entry of the register": _case(
        QOF,
        "clean",
        with_cell("REGISTER", "1.0", where={"GROUP_CODE": "LD", "PRACTICE_CODE": "Y05750"}, member=PREVALENCE),
        *(REGISTER_ABOVE_LIST.id, "expects 1 rows in qof 2022-23, found 0", "remove the entry"),
    ),
    "a negative count": _case(
        TT,
        "clean",
        with_cell("Count_FinishedCourseTreatment", "-5", where=BOARD),
        *(TT_MEMBER, "'Count_FinishedCourseTreatment' are negative", "[('-5', ", "'ICB', 'QMF'", NUMBERS),
    ),
    "a negative list": _case(
        LISTS,
        "clean",
        with_cell("NUMBER_OF_PATIENTS", "-3", where={}, member=".*all.csv"),
        *("gp-reg-pat-prac-lsoa-all.csv", "'NUMBER_OF_PATIENTS' are negative", "'-3'", NUMBERS),
    ),
    "text in a number column": _case(
        TT,
        "clean",
        with_cell("Count_Recovery", "about 40", where=BOARD),
        *(TT_MEMBER, "neither numbers nor declared tokens ['*', 'NULL']", "[('about 40', ", NUMBERS),
    ),
    "text in a column of rates": _case(
        MHA,
        "clean",
        with_cell("CrudeRate", "high", where={"OrganisationBreakdown": "ICB", "OrgID": "QMF"}),
        *(MHA_FILE, "neither numbers nor declared tokens", "'high'", NUMBERS),
    ),
    "an undeclared token": _case(
        AE,
        "clean",
        with_cell("Count", "z", where={"Area Type": "GPs"}),
        *("indicator_ids=93930.csv", "neither numbers nor declared tokens ['(blank)']", "[('z', ", "'93930'", NUMBERS),
    ),
}
