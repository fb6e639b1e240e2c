"""A row as the rules see it, whether it came from a file or from the arguments of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asta_cli.core.plan import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a set.

    ``values`` maps canonical column names to trimmed NFC text and holds only cells that are not empty; ``columns``
    names all columns the source has, so an empty cell and an absent column can be told apart. ``digest`` is the keyed
    hash of the raw line with everything that gives it meaning (None for arguments). ``problems`` are what the reader
    found wrong; such a row may lack values. ``raw`` are the cells as they stood, for the reject file.
    """

    where: str
    line: int
    values: Mapping[str, str]
    columns: frozenset[str]
    digest: bytes | None = None
    problems: tuple[Problem, ...] = ()
    raw: tuple[str, ...] = field(default=(), repr=False)

    @property
    def in_file(self) -> bool:
        """Whether it stands in a file; the row of a command's arguments has no line."""
        return self.line > 0


def from_arguments(**values: str | None) -> Row:
    """The row that a command's arguments make. An argument not given is an absent column."""
    given = {k: v for k, v in values.items() if v is not None}
    return Row("arguments", 0, {k: v for k, v in given.items() if v}, frozenset(given))
