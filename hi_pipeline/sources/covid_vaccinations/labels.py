"""Names, ages and groups of the workbook and what they mean here."""

from collections.abc import Mapping

from hi_pipeline.core.groups import UNKNOWN

# The workbook has names of partnerships and no codes; ODS codes of April 2020, in which all 42 stand.
PARTNERSHIP_LABELS: Mapping[str, str] = {
    "Bedfordshire, Luton and Milton Keynes": "QHG",
    "Cambridgeshire and Peterborough": "QUE",
    "Hertfordshire and West Essex": "QM7",
    "Mid and South Essex": "QH8",
    "Norfolk and Waveney Health and Care Partnership": "QMM",
    "Suffolk and North East Essex": "QJG",
    "East London Health and Care Partnership": "QMF",
    "North London Partners in Health and Care": "QMJ",
    "North West London Health and Care Partnership": "QRV",
    "Our Healthier South East London": "QKK",
    "South West London Health and Care Partnership": "QWE",
    "Birmingham and Solihull": "QHL",
    "Coventry and Warwickshire": "QWU",
    "Herefordshire and Worcestershire": "QGH",
    "Joined Up Care Derbyshire": "QJ2",
    "Leicester, Leicestershire and Rutland": "QK1",
    "Lincolnshire": "QJM",
    "Northamptonshire": "QPM",
    "Nottingham and Nottinghamshire Health and Care": "QT1",
    "Shropshire and Telford and Wrekin": "QOC",
    "Staffordshire and Stoke on Trent": "QNC",
    "The Black Country and West Birmingham": "QUA",
    "Cumbria and North East": "QHM",
    "Humber, Coast and Vale": "QOQ",
    "South Yorkshire and Bassetlaw": "QF7",
    "West Yorkshire and Harrogate (Health and Care Partnership)": "QWO",
    "Cheshire and Merseyside": "QYG",
    "Greater Manchester Health and Social Care Partnership": "QOP",
    "Lancashire and South Cumbria ICS": "QE1",
    "Buckinghamshire, Oxfordshire and Berkshire West": "QU9",
    "Frimley Health and Care ICS": "QNQ",
    "Hampshire and the Isle of Wight": "QRL",
    "Kent and Medway": "QKS",
    "Surrey Heartlands Health and Care Partnership": "QXU",
    "Sussex Health and Care Partnership": "QNX",
    "Bath and North East Somerset, Swindon and Wiltshire": "QOX",
    "Bristol, North Somerset and South Gloucestershire": "QUY",
    "Cornwall and the Isles of Scilly Health and Social Care Partnership": "QT6",
    "Devon": "QJK",
    "Dorset": "QVV",
    "Gloucestershire": "QR1",
    "Somerset": "QSL",
}

AGE_LABELS: Mapping[str, str] = {
    "Under 16": "Under 16",
    "Under 45": "Under 45",
    "16-44": "16 to 44",
    "45-49": "45 to 49",
    "50-54": "50 to 54",
    "55-59": "55 to 59",
    "60-64": "60 to 64",
    "65-69": "65 to 69",
    "70-74": "70 to 74",
    "75-79": "75 to 79",
    "80+": "80 and over",
    "16+": "16 and over",
}
_OLDER = ("45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80+")
# 2026-11: the bands change from week to week, and with them the columns.
DOSE_AGES = ("Under 45", *_OLDER)
SHARE_AGES = _OLDER
POPULATION_AGES = ("Under 16", "16-44", *_OLDER, "16+")

ETHNICITY_LABELS: Mapping[str, str] = {
    "A: White - British": "White: British",
    "B: White - Irish": "White: Irish",
    "C: White - Any other White background": "White: Any other White background",
    "D: Mixed - White and Black Caribbean": "Mixed: White and Black Caribbean",
    "E: Mixed - White and Black African": "Mixed: White and Black African",
    "F: Mixed - White and Asian": "Mixed: White and Asian",
    "G: Mixed - Any other Mixed background": "Mixed: Any other Mixed background",
    "H: Asian or Asian British - Indian": "Asian or Asian British: Indian",
    "J: Asian or Asian British - Pakistani": "Asian or Asian British: Pakistani",
    "K: Asian or Asian British - Bangladeshi": "Asian or Asian British: Bangladeshi",
    "L: Asian or Asian British - Any other Asian background": "Asian or Asian British: Any other Asian background",
    "M: Black or Black British - Caribbean": "Black or Black British: Caribbean",
    "N: Black or Black British - African": "Black or Black British: African",
    "P: Black or Black British - Any other Black background": "Black or Black British: Any other Black background",
    "R: Other ethnic groups - Chinese": "Other Ethnic Groups: Chinese",
    "S: Other ethnic groups - Any other ethnic group": "Other Ethnic Groups: Any other ethnic group",
    "Not stated/Unknown": UNKNOWN,
}
