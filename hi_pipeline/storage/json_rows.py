"""JSON to a text table: a list of flat objects, every number as the text that was written."""

import json
from typing import Any

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError

_MAX_SHOWN = 5
_WORDS = {True: "true", False: "false"}


def read_json(data: bytes, *, rows: str, where: str) -> pl.DataFrame:
    """Read the list of objects that stands under a key of a JSON message.

    Args:
        data: the message: one object.
        rows: key of the list.
        where: file and member, for errors.

    Returns:
        One row an object, one column a field, in the order of the first object; every cell is text or null. Numbers
        are the digits of the file, true and false the words.

    Raises:
        ArchiveError: no JSON, no UTF-8, or a field that stands twice in an object.
        LayoutError: no such key, no rows, objects with different fields, or a field that holds more than one value.
    """
    try:
        message = json.loads(
            data.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_unique
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ArchiveError(f"{where}: no whole JSON message ({str(error)[:200]}); fetch it again") from error
    if not isinstance(message, dict) or not isinstance(message.get(rows), list):
        found = sorted(message)[:_MAX_SHOWN] if isinstance(message, dict) else type(message).__name__
        raise LayoutError(f"{where}: expected an object with the list {rows!r}, found {found}")
    found_rows = message[rows]
    if not found_rows:
        raise LayoutError(
            f"{where}: the list {rows!r} is empty; expected rows. Fetch it again, or look at the publisher."
        )
    fields = _fields(found_rows, where)
    return pl.DataFrame(
        [[_text(row[name], name, where) for name in fields] for row in found_rows],
        schema=dict.fromkeys(fields, pl.String),
        orient="row",
    )


def _fields(found: list[Any], where: str) -> list[str]:
    if not all(isinstance(row, dict) for row in found):
        raise LayoutError(f"{where}: the rows are no objects; expected one object a row")
    fields = list(found[0])
    for number, row in enumerate(found, start=1):
        if set(row) != set(fields):
            apart = sorted(set(row) ^ set(fields))[:_MAX_SHOWN]
            raise LayoutError(f"{where}: row {number} has other fields than the first one: {apart}. Fetch it again")
    return fields


def _text(value: Any, name: str, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _WORDS[value]
    raise LayoutError(f"{where}: the field {name!r} holds a {type(value).__name__}; expected one text or number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"fields that stand twice in an object: {sorted({n for n in names if names.count(n) > 1})}")
    return found


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no number")
