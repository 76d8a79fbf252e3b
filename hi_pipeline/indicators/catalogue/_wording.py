"""Words that entries of several files share, literals only."""

RECORDED_PREVALENCE = (
    "Recorded, not true prevalence: a low figure may mean undiagnosed illness.",
    "Not standardised for age: deprived practices are younger.",
    "Deprivation is that of the practice (ecological), not of the patient.",
)
ACHIEVEMENT = (
    (
        "Patients with a personalised care adjustment count in the denominator; the publisher's net figure leaves "
        "them out."
    ),
    "No demographics are published: deprivation is that of the practice (ecological), not of the patient.",
    "Layout unverified: no file of achievement has been seen.",
)
NOT_SEEN = "Layout unverified: no file or answer of the publisher has been seen, and a file that does not match stops."
RECALLED = "the wording of the statement"
BOARD_PAPER = "NHS England board paper of July 2024, annexes 1 and 2"
SII = 'decrease in the "New" slope index (by this project\'s slope: the method of the other is not published)'
GUIDANCE = "NHS planning guidance"
HOW_SUS = "From the board's own Secondary Uses Service extract: hi import (docs/local-extracts.md)"
HOW_IMMFORM = "Counts by group from the vaccination systems that boards may see: hi import (docs/local-extracts.md)"
HOW_SCREENING = "Counts by group from the screening services or practices' records: hi import (docs/local-extracts.md)"
HOW_SUS_UNREAD = (
    "Counts by group from the Secondary Uses Service, which boards and commissioning support units hold; "
    "no file of them is read yet"
)
HOW_OWN_STROKE = "From the board's own extract, by one of four lists of codes: hi import (docs/local-extracts.md)"
HOW_OWN_MI = "From the board's own extract, by codes I21 and I22: hi import (docs/local-extracts.md)"
HOW_ALLIANCE = "Counts from the cancer alliance: hi import (docs/local-extracts.md)"
HOW_NDPP = "Counts by deprivation from the programme's provider: hi import (docs/local-extracts.md)"
HOW_TRUSTS = "A return by each trust, with evidence: hi import (docs/local-extracts.md)"
HOW_MSDS = "Counts from the maternity records of the board's trusts; no file of them is read yet"
HOW_PLUS = "Counts from the services that know the group, under their own agreements; no file of them is read yet"
# England's admissions by three-character code of the primary diagnosis.
BY_CODE = (
    "Not the statement's figure: England only, not standardised for age or sex.",
    "Admissions, not people: one person may be admitted more than once, so limits are too narrow.",
    "From a sheet of the workbook of diagnoses that the copies in hand lack (layout unverified).",
)
CODES_UNSEEN = "layout unverified: the sheet's header, place of columns and codes are from public code that reads it"
