"""Functions whose modules are imported when they are called."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Imported:
    """A function of the project by its place: commands that only read do not wait for what it imports (scipy).

    The version of its code is that of its module (``currency.code``), whoever names it.
    """

    module: str
    name: str

    def __call__(self, *args: Any, **how: Any) -> Any:
        """Import the module and call the function."""
        return getattr(import_module(self.module), self.name)(*args, **how)
