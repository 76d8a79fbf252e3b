"""Facts that a file repeats must agree: a code has one name and one parent, a rate is that of its row's own counts.

A fact said twice is the only proof that a file gives of itself, so a contradiction stops before a figure is made.
"""

from collections.abc import Sequence

import polars as pl

from hi_pipeline.core.errors import ValidationError

_MAX_SHOWN = 5
_CODE = r"^[A-Z0-9]*$"
_BINARY = 1e-9  # what binary fractions may add to a figure, as a share of it


def validate_determines(frame: pl.DataFrame, key: Sequence[str], facts: Sequence[str], *, where: str) -> None:
    """Refuse a table in which one key stands beside two different values of a fact.

    Args:
        frame: a text or typed table.
        key: columns that together name something ("PRACTICE_CODE", "PATIENT_LIST_TYPE").
        facts: columns that each have one value for it ("PRACTICE_LIST_SIZE"); a null is a value too.
        where: file and table, for the error.

    Raises:
        ValidationError: naming the first keys with the values that contradict each other; ``failures`` holds them.
    """
    for fact in facts:
        said = frame.select(*key, fact).unique(maintain_order=True)
        apart = said.filter(pl.struct(key).is_duplicated())
        if apart.height:
            shown = apart.group_by(key, maintain_order=True).agg(pl.col(fact)).head(_MAX_SHOWN).rows()
            raise ValidationError(
                f"{where}: {apart.n_unique(key)} of {list(key)} stand beside several values of {fact!r}: {shown}. "
                "Expected one value each. The file contradicts itself: fetch it again, or ask the publisher which is "
                "right and enter it in the corrections register.",
                failures=apart,
            )


def validate_between(
    frame: pl.DataFrame, printed: pl.Expr, low: pl.Expr, high: pl.Expr, *, shown: Sequence[str], apart: str, where: str
) -> None:
    """Refuse rows whose printed figure is not what the rest of the row, or of the file, makes of it.

    Args:
        frame: has what the expressions read.
        printed: the figure, with nothing to say where it is null.
        low: the least that the other figures leave open by their rounding; null or NaN where they say nothing.
        high: the most.
        shown: columns of the error, the names first and then the figures.
        apart: what is wrong with such a row, in words: "the rate is not its count over its people".
        where: file and table, for the error.

    Raises:
        ValidationError: naming the first rows; ``failures`` holds them.
    """
    least, most = low.fill_nan(None), high.fill_nan(None)
    wrong = frame.filter(((printed < least * (1 - _BINARY)) | (printed > most * (1 + _BINARY))).fill_null(False))
    if wrong.height:
        rows = wrong.select(shown)
        raise ValidationError(
            f"{where}: {wrong.height} rows in which {apart}: {tuple(shown)} "
            f"{rows.head(_MAX_SHOWN).rows()}. The file contradicts itself: fetch it again, or ask the publisher which "
            "figure is right.",
            failures=rows,
        )


def validate_enclosed(
    frame: pl.DataFrame, parts: pl.DataFrame, key: Sequence[str], *, both_ways: bool = True, of: str, where: str
) -> None:
    """Refuse a table in which parts add up to more than their whole, or to less, as far as their bounds tell.

    Args:
        frame: one row a key with ``low`` and ``high`` of the whole.
        parts: several rows a key with theirs; a key without a whole says nothing.
        key: columns that name the whole.
        both_ways: whether the parts are all there, so that their sum may not fall short either.
        of: which parts of what, for the error.
        where: file and table, for the error.

    Raises:
        ValidationError: naming the first keys with both bounds; ``failures`` holds them.
    """
    open_ended = pl.col("high").null_count() > 0
    summed = parts.group_by(key, maintain_order=True).agg(
        pl.col("low").fill_null(0).sum().alias("sum_low"),
        pl.when(~open_ended).then(pl.col("high").sum()).alias("sum_high"),
    )
    both = frame.select(*key, "low", "high").join(summed, on=list(key), how="inner", validate="1:1")
    more = pl.col("sum_low") > pl.col("high") * (1 + _BINARY)
    less = pl.col("sum_high") < pl.col("low") * (1 - _BINARY) if both_ways else pl.lit(False)
    wrong = both.filter((more | less).fill_null(False))
    if wrong.height:
        raise ValidationError(
            f"{where}: {of} do not add up in {wrong.height} areas: {(*key, 'at least', 'at most')} and the same of the "
            f"sum: {wrong.head(_MAX_SHOWN).rows()}. The file contradicts itself: fetch it again, or ask the publisher "
            "which figure is right.",
            failures=wrong,
        )


def validate_codes(frame: pl.DataFrame, columns: Sequence[str], *, where: str) -> None:
    """Refuse codes that are not written in capitals and digits alone: "AQN04 " would be another area than "AQN04".

    Args:
        frame: a text table.
        columns: columns with codes; null and "" are no codes.
        where: file and table, for the error.

    Raises:
        ValidationError: naming the codes; ``failures`` holds their rows.
    """
    for column in columns:
        odd = frame.filter(~pl.col(column).str.contains(_CODE).fill_null(True))
        if odd.height:
            codes = odd[column].unique(maintain_order=True)
            raise ValidationError(
                f"{where}: codes {codes.to_list()[:_MAX_SHOWN]} of {column!r} have blanks, small letters or signs, "
                f"in {odd.height} rows. Expected capitals and digits alone, as a code in two spellings is two areas. "
                "Fetch the file again; if it is like that, ask the publisher to mend it.",
                failures=odd.select(columns),
            )


def validate_names(frame: pl.DataFrame, names: Sequence[tuple[str, str]], *, where: str) -> None:
    """Refuse a table in which a code has two names. A code decides and a name is a label, so spelling is no matter.

    Args:
        frame: a text table.
        names: pairs of columns, the code and its name.
        where: file and table, for the error.

    Raises:
        ValidationError: as ``validate_determines``.
    """
    for code, name in names:
        plain = frame.select(code, as_label(pl.col(name)).alias(name))
        validate_determines(plain, [code], [name], where=where)


def as_label(name: pl.Expr) -> pl.Expr:
    """Return a name as it is compared: without case, doubled or outer blanks, and with "and" for "&"."""
    plain = name.fill_null("").str.to_lowercase().str.replace_all("&", " and ", literal=True)
    return plain.str.replace_all(r"\s+", " ").str.strip_chars()


def one_spelling(frame: pl.DataFrame, key: Sequence[str], name: str, *, where: str) -> pl.DataFrame:
    """Give each key one spelling of its name, the first in order, so that no step parts its rows by a blank.

    Args:
        frame: has the key and the name.
        key: columns that name the area.
        name: the column of its name.
        where: for the error.

    Raises:
        ValidationError: a key has names that differ by more than spelling.
    """
    validate_determines(frame.select(*key, as_label(pl.col(name)).alias(name)), key, [name], where=where)
    return frame.with_columns(pl.col(name).str.strip_chars().min().over(key).alias(name))
