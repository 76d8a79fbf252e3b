"""Every cell of an extract by itself: labels, numbers, dates, and what a spreadsheet or a person left there.

Each column is judged by its different values, so that a file of half a million rows is read in a moment.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from difflib import get_close_matches
from itertools import islice

import polars as pl

from hi_pipeline.core.financial_year import ALL_YEARS, label_of_date, period
from hi_pipeline.core.geography import BOARDS
from hi_pipeline.core.groups import ETHNIC_DETAIL_2001
from hi_pipeline.extracts.contract import (
    COLUMNS,
    DECILE_LABELS,
    ETHNIC_LABELS,
    EXTRACTS,
    FLAGS,
    KEY,
    ONCE,
    ROUNDINGS,
    SCHEMES,
    SEX_LABELS,
    UNKNOWN_LABEL,
    VINTAGES,
    band_bounds,
)
from hi_pipeline.extracts.problem import Problem, problem_of

Verdict = tuple[str, str] | None  # what is wrong and the remedy
Judge = Callable[[str], Verdict]

AREAS = frozenset({code for board in BOARDS for code in (board.ons, board.ods)})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = re.compile(rf"(?i)(?:(\d{{1,4}})[-/ ])?({'|'.join(_MONTHS)})[a-z]*(?:[-/ ](\d{{1,4}}))?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2,4})(?: .*)?")
_POSTCODE = re.compile(r"(?i)\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_TEN_DIGITS = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)")
_COMMAS = re.compile(r"\d{1,3}(,\d{3})+(\.0+)?")
_POINT = re.compile(r"\d+\.0*")
_DIGITS = re.compile(r"\d{1,12}")
_SHORTENED = re.compile(r"\d+(\.\d+)?[eE][+-]?\d+")
_FRACTION = re.compile(r"\d*\.\d+%?|\d+%")
_YEAR = re.compile(r"(19|20)\d\d")
_WORD = re.compile(r"[a-z0-9]+")
# Codes of hospital records, recalled from the NHS Data Dictionary (2026-11) and not read: only a hint rests on them.
_ETHNIC_LETTERS = "ABCDEFGHJKLMNPRS"
_CODES = {
    "sex": {"1": "male", "2": "female", "0": UNKNOWN_LABEL, "9": UNKNOWN_LABEL, "X": UNKNOWN_LABEL},
    "ethnic_group": dict(zip(_ETHNIC_LETTERS, ETHNIC_DETAIL_2001, strict=True))
    | dict.fromkeys(("Z", "99"), UNKNOWN_LABEL),
}
# What databases and spreadsheets write for a cell that is empty.
_EMPTY_WORDS = ("NULL", "N/A", "NA", "#N/A", "NAN", "NONE")
_EMPTY = {
    "numerator": "Write 0 where nobody was counted; leave the cell empty where the count is hidden, with "
    "suppression_flag 'applied'",
    "denominator": "Leave the cell empty in rows of 'unknown' groups, and write the people of the group in all others",
}
_RATE = "is no count", "Counts are wanted: is this a rate or a share? Write how many were counted"
_REMEDIES = 3
_ONE = ("indicator_id", "area_code")
LABELS_READ = "labels read"


def judge_cells(frame: pl.DataFrame) -> tuple[list[Problem], pl.DataFrame]:
    """Judge the cells of the columns that the contract knows; blanks are judged elsewhere.

    Returns:
        What is wrong, and the rows with each wrong cell empty (in columns that say one thing: as in the other rows),
        so that no later check tells of it again. Beside them LABELS_READ: whether the row's group is known.
    """
    problems: list[Problem] = []
    frame = frame.with_columns(pl.lit(True).alias(LABELS_READ))
    for column in frame.columns:
        if column not in COLUMNS:
            continue
        verdicts = _verdicts(frame[column], column)
        problems += _told(frame, column, verdicts)
        unread = [value for value in verdicts if not _means_empty(value)]
        # What every row says alike is one board and one indicator, also where its word is wrong.
        if unread and (column in KEY or (column in _ONE and frame[column].n_unique() > 1)):
            frame = frame.with_columns(pl.col(LABELS_READ) & ~pl.col(column).is_in(unread).fill_null(False))
        if verdicts:
            right = pl.when(~pl.col(column).is_in(list(verdicts))).then(pl.col(column))
            usual = right.drop_nulls().mode().sort().first() if column in ONCE else pl.lit(None, dtype=pl.String)
            wrong = pl.col(column).is_in(list(verdicts))
            frame = frame.with_columns(pl.when(wrong).then(usual).otherwise(pl.col(column)).alias(column))
    return problems, frame


def _verdicts(cells: pl.Series, column: str) -> dict[str, tuple[str, str]]:
    """Return the verdict on each wrong value, in the order of the file."""
    values = cells.drop_nulls().unique(maintain_order=True).to_list()
    found = {value: verdict for value in values if (verdict := _verdict(value, column))}
    if any(what == _RATE[0] for what, _ in found.values()):
        # 81.0 among 64.4 and 72.5 is a rate too, and no count that a spreadsheet wrote with a point.
        found = {value: _RATE if _POINT.fullmatch(value) else verdict for value, verdict in found.items()}
    return found


def _verdict(value: str, column: str) -> Verdict:
    if personal := _personal(value):
        return personal
    if bare := _bare_of_blanks(value):
        within = _JUDGES[column](bare)
        return "has blanks before or after it", within[1] if within else f"Write {bare!r}"
    verdict = _JUDGES[column](value)
    if verdict and _means_empty(value):
        return "is a program's word for an empty cell", _EMPTY.get(column, "Leave the cell empty")
    if verdict and value in _CODES.get(column, {}):
        return "is a code of hospital records, and words are read", f"Write {_CODES[column][value]!r}"
    return verdict


def _told(frame: pl.DataFrame, column: str, verdicts: dict[str, tuple[str, str]]) -> Iterator[Problem]:
    """Yield one problem for each kind of mistake in a column, however many values have it."""
    for what in dict.fromkeys(what for what, _ in verdicts.values()):
        remedies = {value: remedy for value, (same, remedy) in verdicts.items() if same == what}
        first, *_ = remedies
        if len(set(remedies.values())) == 1:
            remedy = remedies[first]
        else:
            remedy = "; ".join(f"for {value[:60]!r}: {said}" for value, said in islice(remedies.items(), _REMEDIES))
            remedy = f"{remedy[0].upper()}{remedy[1:]}" + ("; and so on" if len(remedies) > _REMEDIES else "")
        yield problem_of(
            frame.filter(pl.col(column).is_in(list(remedies))), what=what, remedy=remedy, column=column,
            value="" if remedies[first] is PERSONAL else first[:60], values=len(remedies),
        )  # fmt: skip


def _means_empty(value: str) -> bool:
    return value.strip().upper() in _EMPTY_WORDS


PERSONAL = "Nothing about single persons may enter: take it away, and count by group"


def _personal(value: str) -> Verdict:
    if any(_is_nhs_number("".join(found)) for found in _TEN_DIGITS.findall(value)):
        return "(value not repeated) is an NHS number by its check digit", PERSONAL
    if _POSTCODE.search(value):
        return "(value not repeated) holds a postcode", PERSONAL
    return None


def _is_nhs_number(digits: str) -> bool:
    check = 11 - sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9]) and check != 10 and len(set(digits)) > 1


def _bare_of_blanks(value: str) -> str:
    """Return a value without blanks before or after it; "" where it has none."""
    bare = value.replace("\u00a0", " ").strip()
    return bare if bare != value else ""


def _one_of(*labels: str) -> Judge:
    by_lower = {label.lower(): label for label in labels}

    def judge(value: str) -> Verdict:
        if value in labels:
            return None
        if _POINT.fullmatch(value) and value.partition(".")[0] in labels:
            return "is a spreadsheet's number where a code is due", f"Write {value.partition('.')[0]!r}, as text"
        # No number is near another: 2010 and 2019, or 11 and 1, are other things.
        worded = {low: label for low, label in by_lower.items() if not low.isdigit()}
        words = sorted(_WORD.findall(value.lower()))
        alike = [label for low, label in worded.items() if sorted(_WORD.findall(low)) == words]
        near = alike or [worded[low] for low in get_close_matches(value.lower(), worded, n=1, cutoff=0.4)]
        hint = f"The nearest is {near[0]!r}" if near else f"Expected one of {', '.join(labels)}"
        return "is no label of this column", hint

    return judge


def _indicator(value: str) -> Verdict:
    if value in EXTRACTS:
        return None
    near = get_close_matches(value.lower(), EXTRACTS, n=1, cutoff=0.4)
    hint = f"The nearest is {near[0]!r}" if near else "Write the indicator of the file; rows of no indicator go out"
    return "is no indicator of which an extract is read", hint


def _area(value: str) -> Verdict:
    if value in AREAS:
        return None
    near = get_close_matches(value.upper(), AREAS, n=1, cutoff=0.6)
    hint = f"The nearest is {near[0]!r}" if near else "Write the board's ONS code (E54...) or ODS code (Q..)"
    return "is the code of no board", hint


def _band(value: str) -> Verdict:
    if value == UNKNOWN_LABEL:
        return None
    if guess := _band_before_the_date(value):
        return "is a date: a spreadsheet took an age band for one", f"Write {guess!r}, in a column formatted as text"
    try:
        band_bounds(value)
    except ValueError:
        if plain := _plain_band(value):
            return "is no age band as it is written here", f"Write {plain!r}, with the hyphen of the keyboard"
        return "is no age band", "Write it as 0-4, 7 or 90+; unknown for no known age; blank for all ages"
    return None


def _plain_band(value: str) -> str:
    """Return the band that is meant by "0\u20134", "0 - 4" or "0 to 4"; "" where there is none."""
    plain = re.sub(r"\s*(?:[\u2010-\u2015\u2212-]|\bto\b)\s*", "-", value)
    try:
        band_bounds(plain)
    except ValueError:
        return ""
    return plain


def _band_before_the_date(value: str) -> str:
    """Return the band of which a spreadsheet made a date: "14-Oct", "Oct-14" and 2026-10-14 were 10-14."""
    if named := _NAMED_MONTH.fullmatch(value):
        month = _MONTHS.index(named[2].lower()) + 1
        numbers = [int(n) % 100 for n in (named[1], named[3]) if n]
    elif iso := _ISO.fullmatch(value):
        month, numbers = int(iso[2]), [int(iso[3])]
    elif slashed := _SLASHED.fullmatch(value):
        month, numbers = int(slashed[2]), [int(slashed[1])]
    else:
        return ""
    return "-".join(str(n) for n in sorted([month, *numbers[:1]]))


def _day(first: bool) -> Judge:
    words = "1 April" if first else "31 March"

    def judge(value: str) -> Verdict:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return "is no date of the form 2024-04-01", "Write year-month-day with two digits for month and day"
        year = label_of_date(day)
        if day != period(year)[0 if first else 1]:
            return f"is not {words}", f"An extract describes one financial year, 1 April to 31 March: expected {words}"
        if year not in ALL_YEARS:
            return f"lies in {year}, which is not built", f"Financial years run from {ALL_YEARS[0]} to {ALL_YEARS[-1]}"
        return None

    return judge


def _number(value: str) -> Verdict:
    if _DIGITS.fullmatch(value):
        return None
    if _SHORTENED.fullmatch(value):
        remedy = "Write it out in full, from the query: the digits that are not shown are lost"
        return "is a number that a spreadsheet shortened", remedy
    if _COMMAS.fullmatch(value):
        return "has thousands separators", f"Write {value.replace(',', '').partition('.')[0]!r}"
    if _POINT.fullmatch(value):
        return "has decimals", f"Counts are whole numbers: write {value.partition('.')[0]!r}"
    if _FRACTION.fullmatch(value):
        return _RATE
    if value.startswith("-"):
        return "is negative", "A count is 0 or more: look at the query that made it"
    return "is no whole number", "Leave a hidden count empty, with suppression_flag 'applied'; write others in digits"


def _people(value: str) -> Verdict:
    verdict = _number(value)
    if verdict and verdict[0] == "is no whole number":
        return verdict[0], "A denominator is never hidden: write the people of the group in digits"
    return verdict


def _frequency(value: str) -> Verdict:
    if _DIGITS.fullmatch(value) and 1 <= int(value) <= 366:
        return None
    return "is no number of events a person", "Write a whole number from 1 on; people without events are in no row"


def _scheme(value: str) -> Verdict:
    if value == "2021":
        remedy = "Count by the 16 groups of 2001: Chinese stands under Other there, so no group can be renamed alone"
        return "is a list of ethnic groups that is not read yet", remedy
    return _one_of(*SCHEMES)(value)


def _vintage(value: str) -> Verdict:
    verdict = _one_of(*VINTAGES)(value)
    if verdict and _YEAR.fullmatch(value):
        remedy = f"Deciles of another index cannot be taken: recount them on {' or '.join(VINTAGES)}"
        return "is an edition of the Indices of Deprivation that is not read", remedy
    return verdict


def _note(value: str) -> Verdict:
    if len(value) > 300:
        return "is longer than 300 characters", "Say in one sentence where the counts come from"
    return None


_JUDGES: dict[str, Judge] = {
    "indicator_id": _indicator,
    "period_start": _day(first=True),
    "period_end": _day(first=False),
    "area_code": _area,
    "area_type": _one_of("icb"),
    "sex": _one_of(*SEX_LABELS, UNKNOWN_LABEL),
    "age_band": _band,
    "ethnic_group": _one_of(*ETHNIC_LABELS, UNKNOWN_LABEL),
    "ethnicity_scheme": _scheme,
    "imd_decile": _one_of(*DECILE_LABELS, UNKNOWN_LABEL),
    "imd_vintage": _vintage,
    "numerator": _number,
    "denominator": _people,
    "events_per_person": _frequency,
    "rounding": _one_of(*ROUNDINGS),
    "suppression_flag": _one_of(*FLAGS),
    "source_note": _note,
}
