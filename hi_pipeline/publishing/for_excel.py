"""The results as a CSV that Excel opens as they are: codes and years stay text, numbers have sensible decimals.

Excel takes "2011-12", the age group "10-14" and "January 2026" for dates and an ODS code such as "1E5" for a number
(2026-11, any version). Such words stand as ="2011-12", which it shows as 2011-12 and takes for text. The file begins
with a byte order mark, without which it misreads accents. A small figure keeps three digits that matter: 0.00495 has
not two decimals, which would make it 0.
"""

from collections.abc import Iterator

import polars as pl

from hi_pipeline.core.status import Unit
from hi_pipeline.publishing.as_csv import in_parts

NAME = "results-for-excel.csv"
_BOM = b"\xef\xbb\xbf"
_MONTH = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    "|dec(ember)?)"
)
# What is taken for a number, a date, a time or a truth value; and what would be run as a formula.
_MISREAD = (
    rf"(?i)^[0-9][0-9\-/.:, %]*(e[0-9]+)?( ?[ap]m)?$"
    rf"|^([0-9]{{1,4}}[ \-/.,]*)?{_MONTH}([ \-/.,]*[0-9]{{1,4}}){{0,2}}$|^(true|false)$"
)
_FORMULA = r"^[=+\-@\t\r]"
_LONGEST_LITERAL = 255  # characters of a text within a formula
_DECIMALS, _DECIMALS_OF_RATIOS, _DECIMALS_OF_COUNTS, _DECIMALS_OF_SHARES = 2, 3, 1, 4
_DIGITS, _DIGITS_OF_COUNTS = 3, 1  # that matter, of numbers that have fewer with these decimals
_MOST_DECIMALS = 12
_COUNTS = ("numerator", "denominator", "numerator_low", "numerator_high", "denominator_low", "denominator_high")
_SHARES = ("unknown_share", "coverage", "people_share")
# Their size depends on the unit: significant digits, not decimals.
_SPREADS, _DIGITS_OF_SPREADS = ("between_variance",), 4
_FIGURES = ("value", "lower_95", "upper_95", "lower_998", "upper_998", "computed_value", "published_value",
            "comparator_value", "figure_low", "figure_high")  # fmt: skip


def for_excel(rows: pl.DataFrame) -> Iterator[bytes]:
    """Yield rows of the results contract as CSV for Excel, in parts; same rows, same columns, same order."""
    yield _BOM
    for number, part in enumerate(in_parts(rows)):
        shown = part.select(_column(name, dtype) for name, dtype in part.schema.items())
        yield shown.write_csv(include_header=number == 0).encode()


def _column(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return text_kept(name)
    if name in _COUNTS:
        return _rounded(name, _DECIMALS_OF_COUNTS, _DIGITS_OF_COUNTS)
    if name in _SHARES:
        return _rounded(name, _DECIMALS_OF_SHARES)
    if name in _SPREADS:
        return pl.col(name).round_sig_figs(_DIGITS_OF_SPREADS)
    if name not in _FIGURES:
        return pl.col(name)
    is_ratio = pl.col("unit") == Unit.RATIO.value
    return pl.when(is_ratio).then(_rounded(name, _DECIMALS_OF_RATIOS)).otherwise(_rounded(name, _DECIMALS))


def text_kept(name: str) -> pl.Expr:
    """Return a column of words that Excel takes for words when it opens a CSV."""
    words = pl.col(name)
    literal = pl.concat_str(pl.lit('="'), words.str.replace_all('"', '""', literal=True), pl.lit('"'))
    taken = words.str.contains(_MISREAD) | words.str.contains(_FORMULA)
    short = words.str.len_chars() <= _LONGEST_LITERAL
    return (
        pl.when(taken & short)
        .then(literal)
        .when(words.str.contains(_FORMULA))
        .then(pl.concat_str(pl.lit("'"), words))
        .otherwise(words)
        .alias(name)
    )


def _rounded(name: str, decimals: int, digits: int = _DIGITS) -> pl.Expr:
    """Return a number as text without needless noughts: 112, 54.8, 0.00495."""
    small = pl.col(name).abs() < 10.0 ** (digits - 1 - decimals)
    longer = pl.col(name).round_sig_figs(digits).cast(pl.Decimal(38, _MOST_DECIMALS)).cast(pl.String)
    plain = pl.col(name).round(decimals).cast(pl.Decimal(38, decimals)).cast(pl.String)
    text = pl.when(small).then(longer).otherwise(plain)
    return text.str.replace(r"\.0+$|(\.[0-9]*[1-9])0+$", "${1}").alias(name)
