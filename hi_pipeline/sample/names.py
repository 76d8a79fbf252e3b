"""Areas as the publications of different years name them."""

from functools import cache

from hi_pipeline.core.geography import NHS_REGIONS, Vintage, board, boards_of
from hi_pipeline.sample.areas import location_name, locations
from hi_pipeline.sample.ccgs import CCG_ONS, CCGS, STPS

# The regions' ONS codes to March 2022, where they differ from those of July 2022.
_OLD_REGION_ONS = {"Y60": "E40000008", "Y63": "E40000009"}
STP_OF_CCG = {ods: stp for ods, _, stp in CCGS}
CCG_NAMES = {ods: f"NHS {name} CCG" for ods, name, _ in CCGS}
STP_NAMES = {ods: name for ods, _, name, _ in STPS}
STP_ONS = {ods: ons for ods, ons, _, _ in STPS}
_REGION_OF_STP = {b.ods: b.region_ods for b in boards_of(Vintage.JULY_2022)}


@cache
def practice_areas(sub_icb: str, vintage: Vintage | None) -> dict[str, str]:
    """Return the codes and names above a practice of a sub-ICB location of July 2022.

    Args:
        sub_icb: ODS code.
        vintage: the footprint; None for the groups and partnerships before July 2022.

    Returns:
        ODS code, ONS code and name of its location, of the board and of the region, by "sub_icb_ods", ...
    """
    footprint = vintage or Vintage.JULY_2022
    location = next(s for s in locations(footprint) if s.ods == sub_icb)
    owner = board(location.board[footprint])
    region = next(r for r in NHS_REGIONS if r.ods == owner.region_ods)
    areas = {
        "sub_icb_ods": location.ods,
        "sub_icb_ons": location.ons,
        "sub_icb_name": location_name(location, footprint),
        "icb_ods": owner.ods,
        "icb_ons": owner.ons,
        "icb_name": owner.name,
        "region_ods": region.ods,
        "region_ons": region.ons[footprint],
        "region_name": region.name,
    }
    if vintage is None:
        stp = STP_OF_CCG[sub_icb]
        # A partnership lies in one region, also where a group of it went to another later (Bassetlaw in 2022).
        region = next(r for r in NHS_REGIONS if r.ods == _REGION_OF_STP[stp])
        areas |= {
            "sub_icb_ons": CCG_ONS.get(sub_icb, location.ons),
            "sub_icb_name": CCG_NAMES[sub_icb],
            "icb_ods": stp,
            "icb_ons": STP_ONS[stp],
            "icb_name": STP_NAMES[stp],
            "region_ods": region.ods,
            "region_ons": _OLD_REGION_ONS.get(region.ods, region.ons[footprint]),
            "region_name": region.name,
        }
    return areas
