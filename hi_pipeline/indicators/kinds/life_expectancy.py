"""Life expectancy by decile: years and 95% limits as printed, and the straight line through the deciles.

A slope through years is fitted as they are: a year of life is a year at any age, where a rate or a share is fitted on
the scale of its log or logit. Deciles weigh by their share of England's small areas, a tenth each.
"""

from dataclasses import replace

from hi_pipeline.indicators.kinds.published import STATISTICS as PUBLISHED

STATISTICS = replace(
    PUBLISHED,
    formula=(
        "the publisher's own figure and limits, as printed; slope over deciles by least squares through the years, "
        "each decile weighing a tenth"
    ),
    between=True,
    straight=True,
)
