"""What a publisher's page links to: the addresses of further pages and files, nothing else of it."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def links_of(html: str, *, base: str) -> tuple[str, ...]:
    """Return the http addresses that a page links to: absolute, without fragments, each once, in order.

    Args:
        html: the page's text; broken markup gives what can be read of it.
        base: the page's own address.
    """
    parser = _Anchors()
    parser.feed(html)
    parser.close()
    found = []
    for link in parser.found:
        try:
            address = urldefrag(urljoin(base, link.strip())).url
            scheme = urlsplit(address).scheme
        except ValueError:
            # Not an address, whatever the page's author meant.
            continue
        if scheme in ("http", "https"):
            found.append(address)
    return tuple(dict.fromkeys(found))
