"""Files that the edge writes. Only the commands may reach into the room that can; they hand its writer in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from asta_cli.core.errors import Bug


class Sink(Protocol):
    """Something to write bytes to."""

    def write(self, data: bytes, /) -> int:
        """Append *data*."""


Opener = Callable[[str], AbstractContextManager[Sink]]
"""Opens a file by name; it appears when the block ends well, and not at all otherwise."""


class _Outlet:
    opener: Opener | None = None


def use(opener: Opener) -> None:
    """Write files with *opener* from now on."""
    _Outlet.opener = opener


def whole_file(path: str) -> AbstractContextManager[Sink]:
    """The file *path*, written whole or not at all. Raises what the opener raises."""
    if _Outlet.opener is None:
        raise Bug(kind="nobody writes files")
    return _Outlet.opener(path)
