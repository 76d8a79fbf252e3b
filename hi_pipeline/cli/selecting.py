"""From what is typed to a selection: financial years, boards by any of their names, indicators."""

from collections.abc import Sequence

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import ALL_YEARS, start_year
from hi_pipeline.core.geography import find_boards, is_valid
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
    chosen = tuple(_year(text) for text in years) or None
    boards = tuple(dict.fromkeys(b.ons for text in icbs for b in find_boards(text))) or None
    if chosen and boards and not any(is_valid(icb, year) for icb in boards for year in chosen):
        raise SelectionError(
            f"{', '.join(icbs)} does not exist in {', '.join(chosen)}: boards changed in 2023 and 2026"
        )
    return Selection(
        years=chosen,
        icbs=boards,
        indicators=tuple(_indicator(text, catalogue) for text in indicators) or None,
        stale=stale,
    )


def _year(text: str) -> str:
    start_year(text)
    if text not in ALL_YEARS:
        raise SelectionError(f"{text!r} is outside the years of the grid, {ALL_YEARS[0]} to {ALL_YEARS[-1]}")
    return text


def _indicator(text: str, catalogue: Sequence[Indicator]) -> str:
    ids = [indicator.id for indicator in catalogue]
    if text in ids:
        return text
    close = [name for name in ids if text.lower() in name]
    hint = f"do you mean {', '.join(close)}?" if close else f"expected one of {', '.join(ids)}"
    raise SelectionError(f"{text!r} is no indicator; {hint}")
