"""The file for an indicator with its columns and groups, ready for counts."""

from hi_pipeline.core.groups import ETHNIC_DETAIL_2001
from hi_pipeline.extracts.contract import DECILE_LABELS, EXTRACTS, SEX_LABELS, Extract, standard_bands


def template(indicator: str) -> str:
    """Return the CSV of an indicator's groups, counts left blank.

    Of a standardised rate: by sex and age band, then the same by ethnic group and by decile. Of others: the total,
    then each group. Tables that a board does not have are left out of the file; ``unknown`` rows are added where
    there are people of no known group.

    Raises:
        KeyError: no extract of this indicator is read.
    """
    extract = EXTRACTS[indicator]
    lines = [",".join(extract.columns)]
    for groups in _groups(extract):
        fixed = {"indicator_id": indicator, "area_type": "icb"}
        fixed |= {"ethnicity_scheme": "2001"} if groups.get("ethnic_group") else {}
        lines.append(",".join((fixed | groups).get(name, "") for name in extract.columns))
    return "\n".join(lines) + "\n"


def _groups(extract: Extract) -> list[dict[str, str]]:
    labels = {
        "sex": tuple(SEX_LABELS),
        "age_band": standard_bands(extract.ages),
        "ethnic_group": ETHNIC_DETAIL_2001,
        "imd_decile": DECILE_LABELS,
    }
    if not extract.standardised:
        return [{}, *({name: label} for name in extract.groups for label in labels[name])]
    strata = [{"sex": sex, "age_band": band} for sex in labels["sex"] for band in labels["age_band"]]
    more = [{name: label} for name in ("ethnic_group", "imd_decile") for label in labels[name]]
    return [*strata, *(group | stratum for group in more for stratum in strata)]
