"""Facts that a file repeats must agree: a code has one name and one parent, one list of one practice one size.

A fact said twice is the only proof that a file gives of itself, so a contradiction stops before a figure is made.
"""

from collections.abc import Sequence

import polars as pl

from hi_pipeline.core.errors import ValidationError

_MAX_SHOWN = 5


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
