"""The board's own words: a text file a board and year, from which each box of the pack is filled.

``data/local/words/<ONS code>/<year>.md`` has a heading "## <title of the box>" for each box and plain paragraphs below.
Nothing in it is read as a figure or checked against one.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from hi_pipeline.core.errors import LayoutError, StoreError
from hi_pipeline.publishing.report.document import OWN_BEGINS, OWN_ENDS

_HEADING = re.compile(r"^##\s+(?P<title>.+?)\s*$", re.MULTILINE)


def words_path(local: Path, icb: str, year: str) -> Path:
    """Return where a board's own words for a year lie below ``data/local``."""
    return local / "words" / icb / f"{year}.md"


def read_words(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the paragraphs of each box by its title; empty where there is no file.

    Raises:
        LayoutError: text before the first heading, a heading twice, or one of the pack's own marks.
        StoreError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); save it as UTF-8 text") from error
    for mark in (OWN_BEGINS, OWN_ENDS):
        if mark in text:
            raise LayoutError(f"{path}: holds the line {mark!r}, by which a pack marks its boxes; leave it out")
    opening, *parts = _HEADING.split(text)
    if opening.strip():
        raise LayoutError(f"{path}: text before the first heading; put '## <title of the box>' above it")
    found: dict[str, tuple[str, ...]] = {}
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        if title in found:
            raise LayoutError(f"{path}: the heading {title!r} stands there twice; put its paragraphs together")
        found[title] = tuple(" ".join(p.split()) for p in re.split(r"\n\s*\n", body) if p.strip())
    return found


def refuse_unknown(words: Mapping[str, object], titles: Collection[str], *, path: Path) -> None:
    """Refuse a heading that is the title of no box.

    Raises:
        LayoutError: naming it and the titles that there are.
    """
    unknown = [title for title in words if title not in titles]
    if unknown:
        raise LayoutError(f"{path}: {', '.join(unknown)} is the title of no box; the boxes are: {'; '.join(titles)}")
