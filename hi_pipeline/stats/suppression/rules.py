"""How each publisher hides and rounds counts, as data."""

from dataclasses import dataclass

import numpy as np

from hi_pipeline.stats._columns import Floats


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A publisher's rule for counts below England.

    Attributes:
        hidden_low: least true count that is hidden; ``None`` if nothing is.
        hidden_high: greatest true count that is hidden.
        rounding: shown counts are rounded to the nearest multiple of this; 1 leaves them exact.
        small_low: least true count printed as ``rounding`` where small counts are lifted to it.
        small_high: greatest such count.
        zero_is_zero: whether a printed zero means none.
        note: what is not stated by the publisher, or what else the rule says.
    """

    hidden_low: int | None = None
    hidden_high: int | None = None
    rounding: int = 1
    small_low: int | None = None
    small_high: int | None = None
    zero_is_zero: bool = True
    note: str = ""

    def shown(self, count: Floats) -> tuple[Floats, Floats]:
        """Give the least and the greatest true count behind each printed one; NaN stays NaN."""
        half = (self.rounding - 1) // 2
        low, high = np.maximum(count - half, 0), count + half
        if self.hidden_high is not None:
            # Smaller counts would have been hidden, so a printed one is above them.
            low = np.where(count > self.hidden_high, np.maximum(low, self.hidden_high + 1), low)
        if self.small_low is not None and self.small_high is not None:
            lifted = count == self.rounding
            low = np.where(lifted, self.small_low, np.where(count > 0, np.maximum(low, self.small_high + 1), low))
            high = np.where(lifted, self.small_high, high)
        if self.zero_is_zero:
            low, high = np.where(count == 0, 0, low), np.where(count == 0, 0, high)
        return low, high


_SMALL = "the greatest hidden count is not stated; 7 is the greatest of any publisher"

RULES: dict[str, Rule] = {
    "hes": Rule(hidden_low=1, hidden_high=7, rounding=5, note="no secondary suppression; zeros are shown"),
    "mhsds": Rule(hidden_low=0, hidden_high=4, rounding=5, note="proportions hidden if either count is below 5"),
    "restraints": Rule(hidden_low=0, hidden_high=4, rounding=5, note="hidden counts are printed as 9999999"),
    "mha": Rule(hidden_low=0, hidden_high=7, rounding=5, zero_is_zero=False, note=_SMALL),
    "talking_therapies": Rule(hidden_low=0, hidden_high=7, rounding=5, zero_is_zero=False, note=_SMALL),
    "msds": Rule(rounding=5, small_low=1, small_high=7),
    "nda": Rule(rounding=5, small_low=1, small_high=7),
    "wlmds": Rule(hidden_low=0, hidden_high=7, rounding=5, zero_is_zero=False, note=_SMALL),
    "ld_health_checks": Rule(hidden_low=0, hidden_high=7, note=_SMALL),
    "tooth_extractions": Rule(hidden_low=1, hidden_high=7, rounding=5),
    "fingertips_screening": Rule(hidden_low=0, hidden_high=7, note="suppressed centrally"),
    "qof": Rule(),
    "rtt": Rule(),
}
