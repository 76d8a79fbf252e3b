"""Words that entries of several files share, literals only."""

RECORDED_PREVALENCE = (
    "Recorded, not true prevalence: a low figure may mean undiagnosed illness.",
    "Not standardised for age: deprived practices are younger.",
    "Deprivation is that of the practice (ecological), not of the patient.",
)
