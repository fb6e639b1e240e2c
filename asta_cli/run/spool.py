"""A plan on its way from the reading transaction to the writing one: in memory while small, else in a nameless file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from asta_cli.core.plan import Plan
from asta_cli.core.plan_codec import empty, pack, unpack

_IN_MEMORY = 1 << 21
_LENGTH = 8


class Spool:
    """Plans in the order in which they are to be applied."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, plan: Plan) -> None:
        """Put *plan* at the end. Raises ``DatabaseIO`` where there is no room."""
        if not empty(plan):
            self.add_packed(pack(plan))

    def add_packed(self, payload: bytes) -> None:
        """Put a plan at the end that is packed already. Raises ``DatabaseIO``."""
        with _writing():
            self._file.write(len(payload).to_bytes(_LENGTH) + payload)

    def packed(self) -> Iterator[bytes]:
        """The plans as ``pack`` packed them."""
        self._file.seek(0)
        while head := self._file.read(_LENGTH):
            yield self._file.read(int.from_bytes(head))

    def plans(self) -> Iterator[Plan]:
        """The plans."""
        return map(unpack, self.packed())


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
