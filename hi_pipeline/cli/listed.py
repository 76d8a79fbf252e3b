"""What hi list lists: apart from the lists, so that help needs no other module."""

from enum import StrEnum


class Listed(StrEnum):
    """What can be listed."""

    BOARDS = "boards"
    INDICATORS = "indicators"
    RELEASES = "releases"
