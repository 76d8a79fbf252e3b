"""What is planted in the synthetic England, so that a test can find it again in the pipeline's output.

Each share or rate runs in a straight line from the most to the least deprived place in England. England's slope index
of inequality is therefore the difference of the two ends; a board's own differs with the places its people live in.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Gradient:
    """A share or rate at the most deprived and at the least deprived place in England."""

    most_deprived: float
    least_deprived: float

    def at(self, place: float) -> float:
        """Return the value at a place: 0 most deprived, 1 least."""
        return self.most_deprived + (self.least_deprived - self.most_deprived) * place

    @property
    def slope(self) -> float:
        """Return the value at the most deprived place less that at the least deprived."""
        return self.most_deprived - self.least_deprived


# Shares of finished courses at caseness.
RECOVERY = Gradient(0.41, 0.59)
RELIABLE_RECOVERY = Gradient(0.38, 0.55)
# Per person and year.
DETENTIONS = Gradient(0.0150, 0.0050)
AE_ATTENDANCES_0_4 = Gradient(1.05, 0.58)
# Children with an extraction for decay, at ages 0 to 10; lower at 11 to 19.
DECAY_EXTRACTIONS = Gradient(0.050, 0.015)

# Shares of the list of each QOF group's own age range.
PREVALENCE = {
    "AF": Gradient(0.019, 0.025),
    "AST": Gradient(0.075, 0.058),
    "CAN": Gradient(0.029, 0.037),
    "CHD": Gradient(0.038, 0.026),
    "CKD": Gradient(0.047, 0.036),
    "COPD": Gradient(0.034, 0.011),
    "DEM": Gradient(0.0070, 0.0085),
    "DEP": Gradient(0.163, 0.102),
    "DM": Gradient(0.092, 0.056),
    "EP": Gradient(0.0105, 0.0065),
    "HF": Gradient(0.0115, 0.0080),
    "HYP": Gradient(0.152, 0.136),
    "LD": Gradient(0.0081, 0.0036),
    "MH": Gradient(0.0145, 0.0068),
    "NDH": Gradient(0.072, 0.055),
    "OB": Gradient(0.141, 0.079),
    "OST": Gradient(0.010, 0.012),
    "PAD": Gradient(0.0082, 0.0045),
    "PC": Gradient(0.0052, 0.0043),
    "RA": Gradient(0.0082, 0.0071),
    "STIA": Gradient(0.0205, 0.0165),
}

# How often, relative to White British people: recovery after treatment, and detention.
RECOVERY_BY_GROUP = {"White": 1.0, "Mixed": 0.92, "Asian or Asian British": 0.88, "Black or Black British": 0.94}
DETENTION_BY_GROUP = {"White": 1.0, "Mixed": 1.5, "Asian or Asian British": 1.1, "Black or Black British": 3.1}
RECOVERY_OF_OTHERS, DETENTION_OF_OTHERS = 0.85, 1.8
