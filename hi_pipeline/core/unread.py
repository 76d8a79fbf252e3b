"""What is known of a publication whose columns nobody has read, or not enough of them: where it is, and no parser."""

from dataclasses import dataclass

REFUSED = "no file is taken: its layout is not known"


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A publication that is declared and not read.

    No file of it is fetched or taken from a mirror, as a parser that guesses its columns could give wrong figures.
    Once a file is in hand it becomes a folder of ``hi_pipeline/sources`` and its entry goes.

    Attributes:
        name: by which ``Listed.published_in`` names it.
        landing_page: where its files are linked.
        levels: the areas that it prints, in words.
        period: the time that its figures describe, and how often it comes.
        known: what is known of it from its pages, and by whom that was not verified.
        instead: the publication that prints some of its figures and is read, "" where there is none.
    """

    name: str
    title: str
    publisher: str
    landing_page: str
    levels: str
    period: str
    known: str
    instead: str = ""

    def __post_init__(self) -> None:
        """Refuse a declaration without a place."""
        if not self.landing_page.startswith("https://"):
            raise ValueError(f"{self.name}: the landing page is no https address")
