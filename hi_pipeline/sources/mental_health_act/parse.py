"""Mental Health Act statistics: text table to observations."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension
from hi_pipeline.core.observations import add_bounds, add_financial_year, melt_figures, to_observations
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_labels, read_numbers
from hi_pipeline.sources.mental_health_act.deciles import restore_decile_labels

# 2026-11: blank in the copy in hand, "*" in the publisher's own file.
COUNT_TOKENS: Mapping[str | None, Token] = {None: Token.SUPPRESSED, "*": Token.SUPPRESSED}
# A rate is blank where its count is hidden, and where there is no population for the group.
RATE_TOKENS: Mapping[str | None, Token] = {None: Token.NOT_APPLICABLE, "*": Token.SUPPRESSED}

MEASURES: Mapping[str, str] = {
    "detentions": "MHSDS_Count",
    "detention_rate": "CrudeRate",  # per 100,000
    "detention_rate_standardised": "StdRate",  # per 100,000, England's ethnic groups only
    "detention_rate_standardised_ci": "Confidence_interval",  # half the width of its 95% interval
    "detentions_all_submissions": "Total_Count",  # England's total only: with acute providers
    "detention_rate_all_submissions": "CrudeRate",
}
MEASURE = "All detentions"
LEFT_OUT_MEASURES = (
    "CTO recalls to hospital",
    "Detentions following admission to hospital",
    "Detentions following revocation of CTO",
    "Detentions following use of Place of Safety Order",
    "Detentions on admission to hospital",
    "Discharges following detention",
    "Discharges from CTO",
    "People detained in hospital on 31st March",
    "People subject to Community Treatment Orders (CTOs) on 31st March",
    "People subject to repeat detentions",
    "People subject to the Act on 31st March",
    "Revocations of CTO",
    "Short term orders",
    "Transfers on section",
    "Uses of CTOs",
    "Uses of section 2",
    "Uses of section 3",
)
LEVELS: Mapping[str, str] = {"All submissions": "england", "ICB": "icb", "Sub ICB": "sub_icb"}
LEFT_OUT_LEVELS = ("NHS Trust", "Independent Health Provider")
ENGLAND_ID = "All prov"
UNKNOWN_AREA = "UNKNOWN"

AGE_LABELS: Mapping[str, str] = {
    "15 and under": "15 and under",
    "16 to 17": "16 to 17",
    "18 to 34": "18 to 34",
    "35 to 49": "35 to 49",
    "50 to 64": "50 to 64",
    "65 and over": "65 and over",
    "Unknown": UNKNOWN,
}
SEX_LABELS: Mapping[str, str] = {
    "Female": "Female",
    "Male": "Male",
    "Non-binary": "Non-binary",
    "Other": "Other",
    "Not stated": UNKNOWN,
    "Missing": UNKNOWN,
}
ETHNICITY_LABELS: Mapping[str, str] = {
    "White": "White",
    "British": "White: British",
    "Irish": "White: Irish",
    "Any Other White background": "White: Any other White background",
    "Mixed": "Mixed",
    "White and Black Caribbean": "Mixed: White and Black Caribbean",
    "White and Black African": "Mixed: White and Black African",
    "White and Asian": "Mixed: White and Asian",
    "Any Other Mixed background": "Mixed: Any other Mixed background",
    "Asian or Asian British": "Asian or Asian British",
    "Indian": "Asian or Asian British: Indian",
    "Pakistani": "Asian or Asian British: Pakistani",
    "Bangladeshi": "Asian or Asian British: Bangladeshi",
    "Any Other Asian background": "Asian or Asian British: Any other Asian background",
    "Black or Black British": "Black or Black British",
    "Caribbean": "Black or Black British: Caribbean",
    "African": "Black or Black British: African",
    "Any Other Black background": "Black or Black British: Any other Black background",
    "Other Ethnic Groups": "Other Ethnic Groups",
    "Chinese": "Other Ethnic Groups: Chinese",
    "Any Other Ethnic Group": "Other Ethnic Groups: Any other ethnic group",
    "Unknown": UNKNOWN,
}
# Numbered from the least deprived: the words decide, and they stand in the key so that no number is read alone.
DECILE_LABELS: Mapping[str, str] = {
    "01 Least deprived": DECILES[9],
    "02 Less deprived": DECILES[8],
    "03 Less deprived": DECILES[7],
    "04 Less deprived": DECILES[6],
    "05 Less deprived": DECILES[5],
    "06 More deprived": DECILES[4],
    "07 More deprived": DECILES[3],
    "08 More deprived": DECILES[2],
    "09 More deprived": DECILES[1],
    "10 Most deprived": DECILES[0],
    "Not stated/Not known/Invalid": UNKNOWN,
}
GROUPS: Mapping[str, tuple[Dimension, Mapping[str, str]]] = {
    "All": (Dimension.TOTAL, {"All": ALL}),
    "Age": (Dimension.AGE, AGE_LABELS),
    "Gender": (Dimension.SEX, SEX_LABELS),
    "Ethnicity": (Dimension.ETHNICITY, ETHNICITY_LABELS),
    "IMD": (Dimension.DEPRIVATION, DECILE_LABELS),
}
# England's rows that say a total or a sum again: All of the known groups, and the two kinds of unknown ethnicity.
REPEATED_LABELS: Mapping[str, tuple[str, ...]] = {
    "Age": ("All",),
    "Gender": ("All genders",),
    "Ethnicity": ("All", "Not Known", "Not Stated"),
    "IMD": ("All",),
}
_AREA = ("area_level", "area_code", "area_name", "dimension", "category")
_RATE_OF_UNKNOWN = "rate of people whose deprivation is unknown; the publisher does not say of which population"


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the observations of an edition, with the account of rows left out and labels restored.

    England's total is the row of the mental health data set's providers beside the ICBs (50,437 in 2023-24), which
    is what the areas and the groups are parts of; the total with acute providers has measures of its own.

    Raises:
        LayoutError: a measure, breakdown, label or token outside the vocabulary.
        CorrectionError: the known wrong labels are no longer as the register says.
        ValidationError: a figure that stands in the file twice, or totals that disagree.
    """
    where = f"mental_health_act {release.edition}, {tables['figures'][0].member}"
    account = Account()
    frame = _detentions(tables["figures"][0].frame, release, account, where)
    frame = restore_decile_labels(frame, edition=release.edition, account=account, where=where)
    frame = read_numbers(frame, "MHSDS_Count", tokens=COUNT_TOKENS, where=where, whole=True)
    frame = read_numbers(frame, "Total_Count", tokens=COUNT_TOKENS, where=where, whole=True)
    for column in ("CrudeRate", "StdRate", "Confidence_interval"):
        frame = read_numbers(frame, column, tokens=RATE_TOKENS, where=where)
    _check_totals(frame, where)
    frame = _map_groups(_leave_out_repeated(_map_areas(frame, account, where), account), where)
    return {
        "observations": to_observations(add_financial_year(_figures(frame, account), release.financial_years[0])),
        ACCOUNT: account.frame(),
    }


def _detentions(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    year = release.financial_years[0].replace("-", "/")
    map_labels(frame, "Year", labels={year: year}, into="year", where=where)
    map_labels(frame, "Measure", labels={m: m for m in (MEASURE, *LEFT_OUT_MEASURES)}, into="measure", where=where)
    levels = {level: level for level in (*LEVELS, *LEFT_OUT_LEVELS)}
    map_labels(frame, "OrganisationBreakdown", labels=levels, into="level", where=where)
    kept = frame.filter(pl.col("Measure") == MEASURE)
    account.left_out("rows of other measures than all detentions", frame.height - kept.height)
    areas = kept.filter(~pl.col("OrganisationBreakdown").is_in(list(LEFT_OUT_LEVELS)))
    account.left_out("rows of providers", kept.height - areas.height)
    return areas


def _map_areas(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Name the areas; drop the row "All prov" of sub-ICBs and take that of ICBs for England's total."""
    frame = map_labels(frame, "OrganisationBreakdown", labels=LEVELS, into="level", where=where)
    everywhere = pl.col("OrgID") == ENGLAND_ID
    again = everywhere & (pl.col("level") == "sub_icb")
    account.left_out("England's total said again beside the sub-ICBs", frame.filter(again).height)
    unknown = (pl.col("OrgID") == UNKNOWN_AREA) & (pl.col("level") == "icb")
    frame = frame.filter(~again).with_columns(
        pl.when(everywhere)
        .then(pl.lit("england"))
        .when(unknown)
        .then(pl.lit("unknown"))
        .otherwise(pl.col("level"))
        .alias("area_level"),
        pl.when(everywhere).then(pl.lit("")).otherwise(pl.col("OrgID")).alias("area_code"),
        pl.when(everywhere).then(pl.lit("England")).otherwise(pl.col("OrgName")).alias("area_name"),
    )
    odd = frame.filter((pl.col("area_level") == "icb") & ~pl.col("area_code").str.contains(r"^Q\w\w$"))
    if odd.height:
        raise LayoutError(f"{where}: {odd['area_code'].unique().to_list()[:8]} are no ODS codes of ICBs")
    return frame


def _check_totals(frame: pl.DataFrame, where: str) -> None:
    """England's groups and England's total of the same providers must be one number."""
    england = frame.filter(pl.col("OrgID") == ENGLAND_ID)
    beside = england.filter((pl.col("Demographic") == "All") & (pl.col("OrganisationBreakdown") != "All submissions"))
    deciles = england.filter((pl.col("Demographic") == "IMD") & pl.col("DemographicBreakdown").is_in([*DECILE_LABELS]))
    totals = {*beside["MHSDS_Count_value"].to_list(), deciles["MHSDS_Count_value"].sum()}
    if len(totals) != 1:
        raise ValidationError(
            f"{where}: England's total beside the ICBs and sub-ICBs and the sum of its deciles are {sorted(totals)}: "
            "expected one number. See whether the rows still count the same providers."
        )


def _leave_out_repeated(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    for demographic, labels in REPEATED_LABELS.items():
        again = (
            (pl.col("Demographic") == demographic)
            & (pl.col("area_level") == "england")
            & pl.col("DemographicBreakdown").is_in(list(labels))
        )
        account.left_out(f"England's rows of {demographic} that repeat a sum: {labels}", frame.filter(again).height)
        frame = frame.filter(~again)
    return frame


def _map_groups(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    dimensions = {label: dimension.value for label, (dimension, _) in GROUPS.items()}
    frame = map_labels(frame, "Demographic", labels=dimensions, into="dimension", where=where)
    parts = [
        map_labels(
            frame.filter(pl.col("Demographic") == demographic),
            "DemographicBreakdown",
            labels=labels,
            into="category",
            where=f"{where}, {demographic}",
        )
        for demographic, (_, labels) in GROUPS.items()
    ]
    return pl.concat(parts)


def _figures(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Return counts and rates of areas, England's standardised rates, and England's total with acute providers."""
    acute = pl.col("OrganisationBreakdown") == "All submissions"
    with_acute = frame.filter(acute & (pl.col("dimension") == Dimension.TOTAL))
    plain = frame.filter(~(acute & (pl.col("dimension") == Dimension.TOTAL)))
    standardised = plain.filter((pl.col("area_level") == "england") & (pl.col("dimension") == Dimension.ETHNICITY))
    keep = (*_AREA, "DemographicBreakdown", "note")
    names = tuple(MEASURES)
    blocks = [
        melt_figures(rows, measures={name: MEASURES[name] for name in wanted}, keep=keep)
        for rows, wanted in ((plain, names[:2]), (standardised, names[2:4]), (with_acute, names[4:]))
    ]
    return _join_unknown(_bound(_rates_of_hidden_counts(pl.concat(blocks))), account)


def _rates_of_hidden_counts(figures: pl.DataFrame) -> pl.DataFrame:
    """A blank rate beside a hidden count is hidden; beside a printed one there is no population to divide by."""
    key = ["area_level", "area_code", "dimension", "DemographicBreakdown"]
    hidden = figures.filter((pl.col("measure") == "detentions") & (pl.col("status") == "suppressed")).select(
        *key, pl.lit(True).alias("count_hidden")
    )
    figures = figures.join(hidden, on=key, how="left", validate="m:1")
    blank_rate = (pl.col("measure") == "detention_rate") & (pl.col("status") == "not_applicable")
    unknown_decile = (
        (pl.col("measure") == "detention_rate")
        & (pl.col("status") == "ok")
        & (pl.col("dimension") == Dimension.DEPRIVATION)
        & (pl.col("category") == UNKNOWN)
    )
    return figures.with_columns(
        pl.when(blank_rate & pl.col("count_hidden").fill_null(False))
        .then(pl.lit("suppressed"))
        .otherwise(pl.col("status"))
        .alias("status"),
        pl.when(unknown_decile).then(pl.lit(_RATE_OF_UNKNOWN)).otherwise(pl.col("note")).alias("note"),
    ).drop("count_hidden")


def _bound(figures: pl.DataFrame) -> pl.DataFrame:
    """Bound what rounding and hiding leave open.

    2026-11: below England every count is a multiple of 5 and none is 0, so that a blank may hide 0 to 4; with these
    bounds the groups of each of the 43 areas enclose its total in all four dimensions.
    """
    england = pl.col("area_level") == "england"
    count = pl.col("measure").is_in(["detentions", "detentions_all_submissions"])
    half_width = pl.when(count).then(pl.when(england).then(0.0).otherwise(2.0)).otherwise(0.05)
    return add_bounds(
        figures,
        half_width=half_width,
        hidden_low=pl.when(count).then(0.0),
        hidden_high=pl.when(count).then(4.0),
    )


def _join_unknown(figures: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Add the two kinds of unknown sex to one row; where one of them is hidden, the sum is hidden within bounds."""
    several = (pl.col("dimension") == Dimension.SEX) & (pl.col("category") == UNKNOWN)
    parts = figures.filter(several)
    rates = parts.filter(pl.col("measure") != "detentions")
    account.left_out("rates of sex not stated and missing, which have no population", rates.height)
    joined = (
        parts.filter(pl.col("measure") == "detentions")
        .group_by(*_AREA, "measure", "note")
        .agg(
            pl.col("value").sum(),
            pl.col("low").sum(),
            pl.col("high").sum(),
            (pl.col("status") == "ok").all().alias("all_there"),
        )
        .with_columns(
            pl.when("all_there").then(pl.col("value")).alias("value"),
            pl.when("all_there").then(pl.lit("ok")).otherwise(pl.lit("suppressed")).alias("status"),
            pl.lit(None, dtype=pl.String).alias("DemographicBreakdown"),
        )
        .select(figures.columns)
    )
    return pl.concat([figures.filter(~several), joined])
