"""What ``hi doctor`` says of one thing: how it stands, what was seen, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How one thing stands."""

    GOOD = "good"
    LOOK = "look"  # works now, and may not for long
    FAILS = "fails"
    OFF = "off"  # not needed, or not asked for


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One thing that was looked at.

    Attributes:
        what: its kind: settings, data folder, disk, lock, object store, host, proxy, certificate, mirror, records, run,
            service.
        name: which one: a folder, a host, a port.
        said: what was seen.
        remedy: what to do; "" where nothing is to be done.
    """

    what: str
    name: str
    state: State
    said: str
    remedy: str = ""
