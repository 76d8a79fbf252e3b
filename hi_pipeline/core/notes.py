"""Notes: the plain words beside a figure, in clauses parted by "; "."""

import polars as pl

SEPARATOR = "; "


def join_notes(*notes: str | pl.Expr) -> pl.Expr:
    """Join notes in the order given, leaving out those that are empty or null; "" where nothing is left.

    Args:
        notes: names of columns, or expressions, each of strings.
    """
    columns = [pl.col(note) if isinstance(note, str) else note for note in notes]
    said = [pl.when(note != "").then(note) for note in columns]
    return pl.concat_str(said, separator=SEPARATOR, ignore_nulls=True).fill_null("")


def clauses_of(note: str) -> list[str]:
    """Return the clauses of one note; none where it is empty."""
    return note.split(SEPARATOR) if note else []


def clauses(notes: str) -> pl.Expr:
    """Return the clauses of all notes of a column, one a row; a note that is empty or null has none."""
    column = pl.col(notes)
    return column.filter(column != "").str.split(SEPARATOR).list.explode()


def join_clauses(parts: pl.Expr) -> pl.Expr:
    """Join the different clauses of a group, in the order of the alphabet, to one note; "" where there is none."""
    return parts.unique().sort().str.join(SEPARATOR)
