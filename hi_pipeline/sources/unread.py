"""Publications whose layout is not known, or not enough of it: declared, refused until a file is in hand (2026-11)."""

from hi_pipeline.core.unread import Unread

_NHS = "https://digital.nhs.uk/data-and-information/publications/statistical/"

UNREAD: tuple[Unread, ...] = (
    Unread(
        name="national_diabetes_audit",
        title="National Diabetes Audit: core report",
        publisher="NHS England",
        landing_page=f"{_NHS}national-diabetes-audit",
        levels="boards, networks and practices; age, sex, ethnicity and deprivation for England",
        period="audit year, care processes over 15 months; quarterly",
        known="Excel, a sheet for type 1 and one for type 2 and other; rounded to 5, 1 to 7 printed as 5",
        instead="fingertips",
    ),
    Unread(
        name="diabetes_prevention",
        title="National Diabetes Audit: non-diabetic hyperglycaemia and diabetes prevention",
        publisher="NHS England",
        landing_page=f"{_NHS}national-diabetes-audit-ndh-dpp",
        levels="practices",
        period="audit year",
        known="field names of one board's own copy alone: those of the publication are not known",
    ),
    Unread(
        name="smi_physical_health",
        title="Physical health checks for people with severe mental illness, from 2024-25",
        publisher="NHS England",
        landing_page=f"{_NHS}physical-health-checks-for-people-with-severe-mental-illness",
        levels="practices, sub-ICB locations and boards",
        period="rolling year; quarterly, from the first quarter of 2024-25",
        known="replaces the collection by sub-ICB location (smi_health_checks); leaves out people in remission",
    ),
    Unread(
        name="cancer_stage_case_mix",
        title="Case-mix adjusted percentage of cancers diagnosed at stages 1 and 2",
        publisher="NHS England",
        landing_page=f"{_NHS}case-mix-adjusted-percentage-of-cancers-diagnosed-at-stages-1-and-2-in-england",
        levels="boards; fifths of deprivation for England, not adjusted",
        period="calendar year, annual",
        known="16 groups of cancer, restated from 2013; never to be computed again",
    ),
    Unread(
        name="flu_uptake",
        title="Seasonal influenza vaccine uptake in GP patients",
        publisher="UK Health Security Agency",
        landing_page=(
            "https://www.gov.uk/government/statistics/"
            "seasonal-influenza-vaccine-uptake-in-gp-patients-winter-season-2023-to-2024"
        ),
        levels="England, boards, sub-ICB locations and local authorities",
        period="season, September to February; annual",
        known="an OpenDocument spreadsheet; people of 65 and over, at risk, pregnant, aged 2 and 3",
        instead="fingertips",
    ),
    Unread(
        name="covid_campaigns",
        title="COVID-19 vaccinations: campaigns since 2022",
        publisher="NHS England",
        landing_page="https://www.england.nhs.uk/statistics/statistical-work-areas/covid-19-vaccinations/",
        levels="not verified",
        period="campaign, two a year",
        known="whether its files give boards by ethnic group or deprivation was not verified",
    ),
    Unread(
        name="smoking_at_delivery",
        title="Statistics on women's smoking status at time of delivery",
        publisher="NHS England",
        landing_page=f"{_NHS}statistics-on-women-s-smoking-status-at-time-of-delivery-england",
        levels="sub-ICB locations and boards",
        period="quarter and financial year; its future after 2024-25 was not verified",
        known="by the postcode of the woman's practice",
        instead="fingertips",
    ),
    Unread(
        name="stop_smoking_services",
        title="Statistics on local stop smoking services",
        publisher="NHS England",
        landing_page=f"{_NHS}statistics-on-nhs-stop-smoking-services-in-england",
        levels="England, regions and local authorities; age, sex, ethnic and socio-economic group",
        period="quarters of a financial year, each by itself",
        known=(
            "a long CSV: OrgType, OrgName, Quarter, MonitoringCategoryType, MonitoringCategory, Total referred, Set "
            "quit date, Quit, Quit (%), and a column that tells All persons from the sexes, whose name was not read; "
            "areas have names and no codes; : and * stand for what is hidden. Looked for in public code by the "
            "name of the file, its columns and its labels: one page describes it for 2025-26 and lists no whole "
            "header, one script reads table 3.7 of a workbook of December 2020 (ONS code, LA name, Region name, "
            "Setting a quit date), of pregnant women alone"
        ),
    ),
    Unread(
        name="tooth_extractions_from_2022",
        title="Hospital tooth extractions of people aged 0 to 19, from 2022-23",
        publisher="Office for Health Improvement and Disparities",
        landing_page="https://www.gov.uk/government/publications/hospital-tooth-extractions-of-0-to-19-year-olds",
        levels="England, regions, boards and authorities; deciles of deprivation for England",
        period="financial year, annual",
        known="OpenDocument, ages in bands of five years; tooth_extractions reads the workbook of 2018 to 2021 alone",
    ),
    Unread(
        name="infant_mortality",
        title="Birth characteristics and infant mortality (birth cohort)",
        publisher="Office for National Statistics",
        landing_page="https://www.ons.gov.uk/peoplepopulationandcommunity/birthsdeathsandmarriages",
        levels="England and Wales; ethnic group by gestation",
        period="calendar year, annual",
        known="tables carry ethnic group by gestation; the page of the very tables was not verified",
    ),
)
