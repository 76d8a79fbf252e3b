"""NHS Talking Therapies, annual reports: recovery by group and area. Declaration and pinned releases."""

import re
from collections.abc import Mapping

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import (
    Cadence,
    Container,
    Layout,
    Member,
    Release,
    ReleaseCalendar,
    Source,
)
from hi_pipeline.sources.talking_therapies.parse import parse
from hi_pipeline.sources.talking_therapies.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/"
    "nhs-talking-therapies-for-anxiety-and-depression-annual-reports"
)

# The columns of identity and outcome, spelt as from 2020-21 on; 2019-20 writes them without the underscore.
OUTCOME_COLUMNS = (
    "OrgType",
    "OrgCode",
    "OrgName",
    "VariableType",
    "VariableA",
    "VariableB",
    "Count_ReferralsReceived",
    "Count_FinishedCourseTreatment",
    "Count_AtCaseness",
    "Count_NotAtCaseness",
    "Count_Improvement",
    "Percentage_Improvement",
    "Count_Deterioration",
    "Percentage_Deterioration",
    "Count_NoReliableChange",
    "Percentage_NoReliableChange",
    "Count_ReliableRecovery",
    "Percentage_ReliableRecovery",
    "Count_Recovery",
    "Percentage_Recovery",
)
OUTCOME_COLUMNS_2019_20 = tuple(name.replace("_", "") for name in OUTCOME_COLUMNS)

# Further columns of the publisher's files, which copies lack (2026-11: names as the nhstt package lists them
# for each year, in alphabetical order; their places in the files are not known).
_ALWAYS = (
    "Count_AppropriatePairedADSM",
    "Count_ApptsFinishedCourseTreatment",
    "Count_BAFIndicatorCompletion",
    "Count_EndedBeforeTreatment",
    "Count_EndedReferrals",
    "Count_FinishedCourseTreatmentContactDuration",
    "Count_FinishedTreatmentFirst6Months",
    "Count_FinishedTreatmentFirst6MonthsFollowUp",
    "Count_SecondTreatment",
    "Mean_ApptsFinishedCourseTreatment",
    "Mean_ContactDuration",
    "Mean_TotalContactDurationPerReferral",
    "Mean_TreatmentAppointmentsDeterioration",
    "Mean_TreatmentAppointmentsImprovement",
    "Mean_TreatmentAppointmentsNoChange",
    "Mean_TreatmentAppointmentsRecovery",
    "Mean_TreatmentAppointmentsReliableRecovery",
    "Mean_WaitFinishedCourseTreatment",
    "Median_ContactDuration",
    "Median_TotalContactDurationPerReferral",
    "Percentage_AppropriatePairedADSM",
    "Percentage_BAFIndicatorCompletion",
    "Percentage_FollowUpAppointment",
    "Sum_ContactDuration",
)
_UNTIL_2021_22 = ("Count_FirstTreatment", "Mean_WaitEnteredTreatment", "Percentage_FinishedCourseTreatment")
OTHER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "2019-20": (
        "CountApptsFinishedCourseTreatment",
        "CountBAFIndicatorCompletion",
        "CountEndedBeforeTreatment",
        "CountEndedReferrals",
        "CountFinishedCourseTreatmentContactDuration",
        "CountFinishedTreatmentFirst6Months",
        "CountFinishedTreatmentFirst6MonthsFollowUp",
        "CountFirstTreatment",
        "CountPairedADSM",
        "MeanContactDuration",
        "MeanTotalContactDurationPerReferral",
        "MeanTreatmentAppointments",
        "MeanTreatmentAppointmentsDeterioration",
        "MeanTreatmentAppointmentsImprovement",
        "MeanTreatmentAppointmentsNoChange",
        "MeanTreatmentAppointmentsRecovery",
        "MeanTreatmentAppointmentsReliableRecovery",
        "MeanWaitEnteredTreatment",
        "MeanWaitFinishedCourseTreatment",
        "MedianContactDuration",
        "MedianTotalContactDurationPerReferral",
        "PercentageBAFIndicatorCompletion",
        "PercentageFinishedCourseTreatment",
        "PercentageFollowUpAppointment",
        "PercentagePairedADSM",
        "SumContactDuration",
    ),
    "2020-21": (*_ALWAYS, *_UNTIL_2021_22),
    "2021-22": (*_ALWAYS, *_UNTIL_2021_22),
    "2022-23": (
        *_ALWAYS,
        "Count_AccessingServices",
        "Count_EndedAfterOneTreatment",
        "Mean_WaitAccessingServices",
        "Percentage_FinishedCourseTreatment",
    ),
    "2023-24": (
        *_ALWAYS,
        "Count_AccessingServices",
        "Count_EndedAfterOneTreatment",
        "Mean_WaitEnteredTreatment",
        "Percentage_FinishedCourseTreatment",
    ),
    "2024-25": (
        *_ALWAYS,
        "Count_AccessingServices",
        "Count_EndedAfterOneTreatment",
        "Count_FinishedCourseTreatment_with_EmpSup",
        "Mean_WaitAccessingServices",
        "Percentage_Variable_withFCT",
        "Percentage_Variable_withFCTandES",
    ),
}

# The one table that is read of each archive, by its exact name.
MAIN_FILES: Mapping[str, str] = {
    "2019-20": "psych-ther-ann-rep-csv-2019-20-main-csv.csv",
    "2020-21": "psych-ther-ann-rep-csv-2020-21-main-csv-v2.csv",
    "2021-22": "psych-ther-ann-rep-csv-2021-22-main-csv.csv",
    "2022-23": "psych-ther-ann-rep-csv-2022-23-main-v2.csv",
    "2023-24": "psych-ther-ann-rep-csv-2023-24-main.csv",
    "2024-25": "psych-ther-ann-rep-csv-2024-25-main2.csv",
}
# 2026-11: every year's name ended in another way, so later years are known by what comes before.
_LATER_MAIN_FILE = r"psych-ther-ann-rep-csv-20\d\d-\d\d-main(-csv)?(-?v?\d)?\.csv"
_OTHER_FILES = (
    r"(?i)psych-ther-ann-rep-csv-\d{4}-\d\d-(effect-size|emp-status|employment-status|iet-ltc|peq|psych-meds?"
    r"|psych-medication|therapist-role|therapy-type)(-v?2)?\.csv"
)


def _layout(year: str) -> Layout:
    return Layout(
        name=f"annual_{year}",
        container=Container.ZIP,
        members=(
            Member(
                table="main",
                pattern=_LATER_MAIN_FILE if year == max(MAIN_FILES) else re.escape(MAIN_FILES[year]),
                columns=OUTCOME_COLUMNS_2019_20 if year == "2019-20" else OUTCOME_COLUMNS,
                also=OTHER_COLUMNS[year],
            ),
        ),
        ignored=(_OTHER_FILES,),
    )


def _release(year: str, path: str, *, unconfirmed: str) -> Release:
    return Release(
        edition=year,
        layout=f"annual_{year}",
        landing_page=LANDING_PAGE,
        address=f"https://files.digital.nhs.uk/{path}",
        financial_years=(year,),
        unconfirmed=unconfirmed,
    )


_COPY = "read from a copy that holds the outcome columns only and no provider rows; publication date not known"

SOURCE = Source(
    name="talking_therapies",
    title="NHS Talking Therapies, for anxiety and depression, annual reports",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, NHS Talking Therapies for anxiety and depression annual reports, "
        "licensed under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=1, last_known_edition="2024-25"),
    layouts={f"annual_{year}": _layout(year) for year in MAIN_FILES},
    releases=(
        _release("2019-20", "1A/F2ABB3/psych-ther-ann-2019-20-csvs.zip", unconfirmed=_COPY),
        _release("2020-21", "62/DBF395/psych-ther-ann-rep-csvs-2020-21.zip", unconfirmed=_COPY),
        _release("2021-22", "DC/9E8751/psych-ther-ann-rep-csvs-2021-22.zip", unconfirmed=_COPY),
        _release("2022-23", "CA/8F53D1/psych-ther-ann-rep-csvs-2022-23.zip", unconfirmed=_COPY),
        _release("2023-24", "4E/6D88C2/psych-ther-ann-rep-csvs-2023-24.zip", unconfirmed=_COPY),
        _release(
            "2024-25",
            "4E/2104A0/psych-ther-ann-rep-csv-2024-25-2.zip",
            unconfirmed="file not in hand: column names from the nhstt package, labels assumed as in 2023-24",
        ),
    ),
    series=(
        Series(
            name="annual",
            layout="annual_2024-25",
            page=LANDING_PAGE,
            host="files.digital.nhs.uk",
            file=r"psych-ther-ann-rep-csvs?-(?P<years>\d{4}-\d\d)(?P<revised>-v?[2-9])?\.zip",
            example="psych-ther-ann-rep-csvs-2025-26.zip",
            first="2025-26",
            every=0,
            unconfirmed="columns and labels as in 2024-25, until the file is read; a further column stops it",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    whole_levels={"ccg": ("2021-22",), "icb": ("2022-23", "2023-24", "2024-25")},
    disclosure=(
        "England's figures are exact. All others are rounded to the nearest 5 and counts below 5 are hidden as '*'; "
        "a percentage is hidden where its count is. Percentages are made from the unrounded counts and printed "
        "without decimals (England: with one)."
    ),
)
