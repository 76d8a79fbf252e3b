"""Publications that are declared and not read: whole, apart from those that are."""

import pytest

from hi_pipeline.core.indicator import Listed
from hi_pipeline.core.unread import Unread
from hi_pipeline.indicators.catalogue import LISTED
from hi_pipeline.sources import SOURCES
from hi_pipeline.sources.unread import UNREAD


@pytest.mark.parametrize("publication", UNREAD, ids=lambda p: p.name)
def test_it_says_where_it_is_what_it_prints_and_what_is_known(publication: Unread) -> None:
    for text in (publication.title, publication.publisher, publication.levels, publication.period, publication.known):
        assert text.strip() == text and len(text) > 3
    assert not publication.instead or publication.instead in SOURCES


def test_none_is_read_too_and_each_stands_once() -> None:
    names = [publication.name for publication in UNREAD]
    assert len(set(names)) == len(names) and not set(names) & set(SOURCES)


def test_a_place_that_is_no_address_is_refused() -> None:
    words = {name: "words" for name in ("name", "title", "publisher", "levels", "period", "known")}
    with pytest.raises(ValueError, match="no https address"):
        Unread(**words, landing_page="the publisher's page")


def test_what_is_listed_as_published_names_a_publication_that_is_declared() -> None:
    named = {entry.id: entry.published_in.partition(",")[0] for entry in LISTED if isinstance(entry, Listed)}
    known = {*SOURCES, *(publication.name for publication in UNREAD)}
    assert {name: where for name, where in named.items() if where and where not in known} == {}
