"""A pack, read back, against the pack that the published results make now: every difference is named.

The texts outside the board's own words must be those of the facts, in their order, to the letter. What differs is told
apart: a numeral that belongs to no fact, a word turned round, a line too many or too few.
"""

import difflib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.publishing.report.document import OWN_BEGINS, OWN_ENDS, Chart, Document, lines_of
from hi_pipeline.publishing.report.numbers import numerals
from hi_pipeline.publishing.report.verifying.pages import flat
from hi_pipeline.publishing.report.verifying.sheets import Grids
from hi_pipeline.publishing.report.verifying.tagged_pdf import ReadPdf
from hi_pipeline.publishing.report.workbook import OWN_SHEET, Cell, Sheet

_MOST = 5  # differences named of one file
_AROUND = 40
_SLACK = Decimal("1e-12")  # what a spreadsheet keeps of a number


def without_own(lines: Sequence[str]) -> list[str]:
    """Return lines without those between the two marks of the board's own words.

    Raises:
        LayoutError: a mark without its other.
    """
    kept, inside = [], False
    for line in lines:
        if line == (OWN_BEGINS if inside else OWN_ENDS):
            raise LayoutError(f"{line!r} stands where its other mark is due")
        if not inside or line == OWN_ENDS:
            kept.append(line)
        inside = line == OWN_BEGINS or (inside and line != OWN_ENDS)
    if inside:
        raise LayoutError("a box of the board's own words has no end")
    return kept


def expected_lines(document: Document, blocks: Sequence[Any]) -> list[str]:
    """Return the lines that a page of these blocks must hold."""
    return [flat(line) for line in (document.title, document.subtitle, *lines_of(blocks)) if flat(line)]


def compare_lines(name: str, found: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Return what differs between the lines of a file and those of the facts."""
    found, expected = [line for line in found if line], list(expected)
    if found == expected:
        return []
    faults = []
    matcher = difflib.SequenceMatcher(None, expected, found, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for n in range(max(b - a, d - c)):
            due = expected[a + n] if a + n < b else None
            there = found[c + n] if c + n < d else None
            faults.append(f"{name}: {_difference(there, due)}")
    return _first(faults)


def _difference(there: str | None, due: str | None) -> str:
    if there is None:
        return f"{due!r} is missing"
    if due is None:
        return f"{there!r} belongs to no fact"
    loose = [n for n in numerals(there) if n not in numerals(due)]
    words = sorted(set(there.split()) - set(due.split()))
    what = f"the numeral {loose[0]} belongs to no fact" if loose else f"other words ({', '.join(words[:3])})"
    return f"{what}: it says {there!r}, the results say {due!r}"


def compare_pdf(name: str, read: ReadPdf, document: Document) -> list[str]:
    """Return what differs between a PDF's tags and the facts, and what it lacks for a screen reader.

    White space is no part of the comparison: a PDF breaks lines anywhere.
    """
    expected: list[str] = [document.title, document.subtitle]
    for block in document.blocks:
        expected += [*lines_of([block]), *(block.labels if isinstance(block, Chart) else ())]
    faults = [f"{name}: {fault}" for fault in read.faults]
    due = _squeezed(" ".join(expected))
    there = _without_own_text(_squeezed(" ".join(read.texts)))
    if there != due:
        faults += [f"{name}: {fault}" for fault in _apart(there, due)]
    if document.notice:
        unmarked = [
            n for n, text in enumerate(read.pages, start=1) if _squeezed(document.notice) not in _squeezed(text)
        ]
        faults += [f"{name}: page {n} does not say SYNTHETIC" for n in unmarked]
    return _first(faults)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _without_own_text(text: str) -> str:
    begins, ends = _squeezed(OWN_BEGINS), _squeezed(OWN_ENDS)
    first, *parts = text.split(begins)
    return first + "".join(begins + ends + part.partition(ends)[2] for part in parts)


def _apart(there: str, due: str) -> list[str]:
    """Return the first place where two long texts part."""
    place = next((n for n, (a, b) in enumerate(zip(there, due, strict=False)) if a != b), min(len(there), len(due)))
    around = slice(max(0, place - _AROUND), place + _AROUND)
    loose = [n for n in numerals(there[around]) if n not in numerals(due[around])]
    what = f"the numeral {loose[0]} belongs to no fact" if loose else "other words"
    return [f"{what}: it says {there[around]!r}, the results say {due[around]!r}"]


def compare_sheets(name: str, found: Grids, expected: Sequence[Sheet]) -> list[str]:
    """Return what differs between a workbook and the facts; of the board's own sheet only its titles are compared."""
    due = {sheet.name: sheet for sheet in expected}
    faults = [f"{name}: the sheet {n} is missing" for n in due if n not in found]
    faults += [f"{name}: the sheet {n} belongs to no pack" for n in found if n not in due]
    for sheet_name, sheet in due.items():
        if sheet_name in found:
            check = _own_cells if sheet_name == OWN_SHEET else _cells
            faults += [f"{name}, sheet {sheet_name}: {fault}" for fault in check(found[sheet_name], sheet.grid)]
    return _first(faults)


def _own_cells(found: Sequence[Sequence[Cell]], due: Sequence[Sequence[Cell]]) -> list[str]:
    """Check the head of the board's own sheet and the titles of its boxes; the words beside them are the board's."""
    head = 3
    titles = {row[0] for row in due[head:]}
    there = {row[0] for row in found[head:] if row}
    odd = [f"{_shown(title)} is the title of no box" for title in sorted(map(str, there - titles))]
    lost = [f"the box {_shown(title)} is missing" for title in sorted(map(str, titles - there))]
    return [*_cells(found[:head], due[:head]), *odd, *lost]


def _cells(found: Sequence[Sequence[Cell]], due: Sequence[Sequence[Cell]]) -> list[str]:
    faults = []
    for r in range(max(len(found), len(due))):
        there = found[r] if r < len(found) else ()
        wanted = due[r] if r < len(due) else ()
        for c in range(max(len(there), len(wanted))):
            cell = there[c] if c < len(there) else None
            want = wanted[c] if c < len(wanted) else None
            if not _same(cell, want):
                faults.append(f"row {r + 1}, column {c + 1} says {_shown(cell)}, the results say {_shown(want)}")
    return faults


def _same(there: Cell, due: Cell) -> bool:
    if isinstance(there, Decimal) and isinstance(due, Decimal):
        return abs(there - due) <= _SLACK * max(abs(due), Decimal(1))
    return (there or None) == (due or None) if not isinstance(there, Decimal | None) else there is (due or None)


def _shown(cell: Cell) -> str:
    return "nothing" if cell is None or cell == "" else f"{str(cell)!r}"


def compare_facts(name: str, found: Mapping[str, Any], due: Mapping[str, Any]) -> list[str]:
    """Return which figures and sentences of facts.json are not those of the results: a stale pack, a changed row."""
    faults = []
    was = {figure["id"]: figure for figure in found.get("figures", [])}
    now = {figure["id"]: figure for figure in due["figures"]}
    for key in sorted({*was, *now}):
        if key not in now:
            faults.append(f"{name}: the row {key} is no longer in the results")
        elif key not in was:
            faults.append(f"{name}: stale, the results have a new row {key}")
        elif was[key] != now[key]:
            parts = [part for part in now[key] if was[key].get(part) != now[key][part]]
            faults.append(
                f"{name}: the row {key} changed: {parts[0]} was {was[key].get(parts[0])}, the results say "
                f"{now[key][parts[0]]}"
            )
    rest = [part for part in {*found, *due} if part != "figures" and found.get(part) != due.get(part)]
    faults += [f"{name}: {part} is not what the results make of it; make the pack anew" for part in sorted(rest)]
    return _first(faults)


def _first(faults: list[str]) -> list[str]:
    if len(faults) <= _MOST:
        return faults
    return [*faults[:_MOST], f"{faults[0].split(':')[0]}: and {len(faults) - _MOST} more"]
