"""Perinatal deaths by trust and health board (MBRRACE-UK). Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.mbrrace.parse import parse
from hi_pipeline.sources.mbrrace.schema import SCHEMAS

LANDING_PAGE = "https://timms.le.ac.uk/mbrrace-uk-perinatal-mortality/data-viewer/"
COLUMNS = (
    "ReportYear",
    "OrganisationCode",
    "OrganisationName",
    "CountryName",
    "RegionName",
    "SustainabilityAndTransformationPartnershipName",
    "IntegratedCareBoardName",
    "NeonatalNetworkName",
    "Longitude",
    "Latitude",
    "TotalBirths",
    "TotalStillbirths",
    "CrudeStillbirthRate",
    "CrudeStillbirthCategoryID",
    "CrudeStillbirthCategoryName",
    "StabilisedStillbirthRate",
    "StabilisedStillbirthCategoryID",
    "StabilisedStillbirthCategoryName",
    "StabilisedStillbirthCI",
    "TotalLiveBirths",
    "TotalNeonatalDeaths",
    "CrudeNeonatalDeathRate",
    "CrudeNeonatalDeathCategoryID",
    "CrudeNeonatalDeathCategoryName",
    "StabilisedNeonatalDeathRate",
    "StabilisedNeonatalDeathCategoryID",
    "StabilisedNeonatalDeathCategoryName",
    "StabilisedNeonatalDeathCI",
    "TotalPerinatalDeaths",
    "CrudePerinatalDeathRate",
    "CrudePerinatalDeathCategoryID",
    "CrudePerinatalDeathCategoryName",
    "StabilisedPerinatalDeathRate",
    "StabilisedPerinatalDeathCategoryID",
    "StabilisedPerinatalDeathCategoryName",
    "StabilisedPerinatalDeathCI",
    "ComparatorGroupID",
    "ComparatorGroupName",
    "GroupAverageStillbirthRate",
    "GroupAverageNeonatalDeathRate",
    "GroupAveragePerinatalDeathRate",
)

TRUSTS = Layout(name="trusts", container=Container.CSV, members=(Member(table="trusts", columns=COLUMNS),))

SOURCE = Source(
    name="mbrrace",
    title="Perinatal mortality by trust and health board",
    publisher="MBRRACE-UK, The Infant Mortality and Morbidity Studies, University of Leicester",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from MBRRACE-UK perinatal mortality surveillance, University of Leicester. That its "
        "figures may be used again under the Open Government Licence v3.0 is unconfirmed."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=3, last_known_edition="2023"),
    layouts={TRUSTS.name: TRUSTS},
    releases=(
        Release(
            edition="2023",
            layout=TRUSTS.name,
            landing_page=LANDING_PAGE,
            financial_years=("2023-24",),
            mirror_path="timms.le.ac.uk/rebuilt/perinatal-mortality-rates-2023-trusthealth-board.csv",
            unconfirmed=(
                "the address and the day of publication of the export; the licence; that the printed intervals are "
                "of 95%; the rule by which counts are hidden (the smallest that is printed is 3)"
            ),
        ),
    ),
    series=(
        Series(
            name="trusts",
            layout=TRUSTS.name,
            page=LANDING_PAGE,
            host="timms.le.ac.uk",
            file=r"perinatal-mortality-rates-(?P<year>\d{4})-trusthealth-board\.csv",
            example="perinatal-mortality-rates-2024-trusthealth-board.csv",
            first="2024",
            every=0,
            unconfirmed=(
                "the file is exported from the data viewer by hand, which names it; layout as in 2023, until it is read"
            ),
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "Small counts are hidden as -1 ('Suppressed due to small numbers'), stillbirths and neonatal deaths always "
        "together. Births less live births would be the hidden stillbirths, so live births are not taken."
    ),
)
