"""The header of an extract: the contract's columns, and none that tells of a person."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from hi_pipeline.extracts.contract import COLUMNS, EXTRACTS, NEEDED, Below
from hi_pipeline.extracts.problem import Problem

# Words in names of columns of records: each stands in the files of SUS, ECDS or HES, or in what is made of them.
_PERSONAL = re.compile(
    r"nhs.?(no|num)|pseudo|patient|person.?(id|key|no|number)|post.?code|\bdob\b|birth|sur.?name|fore.?name|"
    r"(first|last|full|given|family).?name|^name$|address|hes.?id|encrypt|spell.?(id|no|key)|epi.?key|record.?id|"
    r"attend(ance)?.?(id|key|no)|local.?id|gp.?name|uprn|e.?mail|phone|\blsoa|admi(ssion)?.?date|disch.*date|\bkey\b|_id$",
    re.IGNORECASE,
)


def plain_name(name: str) -> str:
    """Return the name of a column in small letters, its words joined by "_": "Indicator ID" is "indicator_id"."""
    return re.sub(r"[\W_]+", "_", name.strip().lower()).strip("_")


def judge_header(columns: Sequence[str], filled: Sequence[str], indicator: str) -> Iterator[Problem]:
    """Yield what is wrong with the names of the columns.

    Args:
        columns: all of them.
        filled: those that hold a value; a column of the contract that is blank throughout may always be there.
        indicator: "" where it is not known.
    """
    misspelt = [name for name in columns if name not in COLUMNS and plain_name(name) in COLUMNS]
    if misspelt:
        yield Problem(
            what="is misspelt" if len(misspelt) == 1 else "are misspelt",
            remedy=f"Write {', '.join(map(plain_name, misspelt))}",
            column=", ".join(misspelt),
        )
    for name in columns:
        if name in COLUMNS or name in misspelt:
            continue
        if _PERSONAL.search(name):
            yield Problem(
                what="is a column about single persons",
                remedy="Nothing about single persons may enter: take the column away, and count by group",
                column=name,
            )
            continue
        near = get_close_matches(name.strip().lower(), COLUMNS, n=1, cutoff=0.6)
        remedy = f"Name it {near[0]!r}" if near else "Take it away; hi import --template writes the columns"
        yield Problem(what="is no column of an extract", remedy=remedy, column=name)
    extract = EXTRACTS.get(indicator)
    # People of a group may be left out: residents then take their place.
    divided = extract is not None and extract.below not in (Below.NOTHING, Below.POPULATION)
    needed = [*NEEDED, *(["denominator"] if divided else [])]
    there = {plain_name(name) for name in columns}
    for name in needed:
        if name not in there:
            yield Problem(what="the column is missing", remedy=f"Add it: {COLUMNS[name]}", column=name)
    if extract:
        for name in filled:
            if name in COLUMNS and name not in extract.columns:
                yield Problem(
                    what=f"is no column of {indicator}",
                    remedy=f"Take it away; hi import --template {indicator} writes the columns",
                    column=name,
                )
