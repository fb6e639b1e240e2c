"""A plan on its way from the reading transaction to the writing one: in memory while small, else in a nameless file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from asta_cli.core.plan import Plan
from asta_cli.core.plan_codec import empty, freeze, pack, thaw, unpack

_IN_MEMORY = 1 << 21
_LENGTH = 8


class Spool:
    """Plans in the order in which they are to be applied."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, plan: Plan) -> None:
        """Put *plan* at the end. Raises ``DatabaseIO`` where there is no room."""
        if empty(plan):
            return
        frozen = freeze(plan)
        with _writing():
            self._file.write(len(frozen).to_bytes(_LENGTH) + frozen)

    def add_packed(self, payload: bytes) -> None:
        """Put a plan at the end that is packed. Raises ``DatabaseIO``."""
        self.add(unpack(payload))

    def packed(self) -> Iterator[bytes]:
        """The plans as ``pack`` packs them."""
        return map(pack, self.plans())

    def plans(self) -> Iterator[Plan]:
        """The plans."""
        self._file.seek(0)
        while head := self._file.read(_LENGTH):
            yield thaw(self._file.read(int.from_bytes(head)))


@contextmanager
def spool() -> Iterator[Spool]:
    """A fresh spool. Its file has no name, so nothing of it outlives the process."""
    import tempfile

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        yield Spool(file)


@contextmanager
def _writing() -> Iterator[None]:
    from asta_cli.store.errors import DatabaseIO

    try:
        yield
    except OSError as error:
        raise DatabaseIO(reason=error.strerror or str(error)) from None
