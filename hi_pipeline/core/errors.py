"""Every error the project raises on purpose: what was found, where, what was expected, what to do next."""


class HiPipelineError(Exception):
    """Base of all errors raised on purpose."""


class StatisticsError(HiPipelineError, ValueError):
    """A statistic was asked for with input that no group could satisfy."""


class FetchError(HiPipelineError):
    """A release could not be fetched, or what came is not what was pinned."""


class Forbidden(FetchError):
    """A host's robots.txt, whose address is ``robots``, asks programs not to fetch the file."""

    def __init__(self, message: str, robots: str = "") -> None:
        super().__init__(message)
        self.robots = robots


class ReleaseUnavailable(FetchError):
    """A release has no address, or no file at its place in the mirror: nothing to fetch, nothing broken."""


class ArchiveError(HiPipelineError):
    """A container (zip, spreadsheet, text) is broken, hostile or larger than it may be.

    ``found`` says so alone, and ``remedy`` what to do with a download that is so; nobody can fetch a file again that
    they made themselves.
    """

    def __init__(self, found: str, remedy: str = "") -> None:
        super().__init__(f"{found}; {remedy}" if remedy else found)
        self.found = found
        self.remedy = remedy


class LayoutError(HiPipelineError):
    """The columns, sheets, members, labels or tokens of an edition differ from its declared layout."""


class ValidationError(HiPipelineError):
    """A frame breaks its schema or a rule of the figures; ``failures`` holds the rows that do."""

    def __init__(self, message: str, failures: object = None) -> None:
        super().__init__(message)
        self.failures = failures


class LinkageError(ValidationError):
    """A join has another cardinality than stated, or left rows over that it may not leave."""


class CorrectionError(HiPipelineError):
    """An entry of the corrections register expects something that no longer holds."""


class StoreError(HiPipelineError):
    """A file of the lake could not be written or read."""


class Overtaken(StoreError):
    """Another writer of an object store was first: nothing was written; read again what the change rests on."""


class SelectionError(HiPipelineError, ValueError):
    """A year, board, indicator or source was asked for that does not exist."""


class NothingToBuild(HiPipelineError):
    """The inputs hold nothing for a financial year: the partition is not built, and nothing is broken."""
