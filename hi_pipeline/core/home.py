"""The home folder in a path that somebody typed."""

from pathlib import Path


def at_home(path: Path) -> Path:
    """Return a path with "~" as the home folder it stands for.

    Raises:
        ValueError: there is no such home folder.
    """
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"{path}: {error}") from error
