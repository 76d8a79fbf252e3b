"""From what is typed to a selection: financial years, boards by any of their names, indicators."""

from collections.abc import Sequence
from difflib import get_close_matches

from hi_pipeline.core.area_search import explain_absence, find_boards, plain_name
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import ALL_YEARS, start_year
from hi_pipeline.core.geography import is_valid
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.engine.plan import Selection


def select(
    *,
    years: Sequence[str],
    icbs: Sequence[str],
    indicators: Sequence[str],
    catalogue: Sequence[Indicator],
    stale: bool = False,
) -> Selection:
    """Return the selection; nothing typed means all.

    Raises:
        SelectionError: a word that names no year, board or indicator, or boards that exist in none of the years.
    """
    chosen = tuple(find_year(text) for text in years) or None
    found = tuple(dict.fromkeys(b for text in icbs for b in find_boards(text)))
    boards = tuple(b.ons for b in found) or None
    if chosen and boards and not any(is_valid(icb, year) for icb in boards for year in chosen):
        raise SelectionError(
            f"{', '.join(icbs)} does not exist in {', '.join(chosen)}: {explain_absence(found, chosen)}"
        )
    return Selection(
        years=chosen,
        icbs=boards,
        indicators=tuple(find_indicator(text, catalogue) for text in indicators) or None,
        stale=stale,
    )


def find_year(text: str) -> str:
    """Return a financial year of the grid.

    Raises:
        SelectionError: it is none.
    """
    start_year(text)
    if text not in ALL_YEARS:
        raise SelectionError(f"{text!r} is outside the years of the grid, {ALL_YEARS[0]} to {ALL_YEARS[-1]}")
    return text


def find_indicator(text: str, catalogue: Sequence[Indicator]) -> str:
    """Return the id of the indicator of that id or title.

    Raises:
        SelectionError: there is none; the message names what comes near.
    """
    plain = {plain_name(word): i.id for i in catalogue for word in (i.title, i.id)}
    wanted = plain_name(text)
    if wanted in plain:
        return plain[wanted]
    near = [name for word, name in plain.items() if wanted and wanted in word]
    near = near or [plain[word] for word in get_close_matches(wanted, plain, n=3, cutoff=0.6)]
    hint = f"do you mean {', '.join(dict.fromkeys(near))}?" if near else "hi list indicators shows all"
    raise SelectionError(f"{text!r} is no indicator; {hint}")
