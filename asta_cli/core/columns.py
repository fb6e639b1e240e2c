"""Many rows of one file, column by column.

A register comes in millions of plain lines. An object for each, with a mapping of its cells, costs more than everything
that is done with them; so what reads and judges them goes by columns, and a :class:`Row` is made only of the few that
need a closer look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar, overload

from asta_cli.core.rows import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class ColumnRows(Sequence[Row]):
    """Rows without problems of the file *file* (empty: of the arguments).

    ``names`` are the canonical names of the file's columns in their order, empty where a column is ignored; ``cells``
    are the columns themselves: trimmed text in NFC, empty where there is no value; ``raw`` the same as they stood.
    ``lines`` are the numbers of the rows' first lines, ``digests`` the hashes of their lines (None: no file's).
    """

    file: str
    lines: Sequence[int]
    digests: Sequence[bytes | None]
    names: tuple[str, ...]
    cells: Sequence[Sequence[str]]
    raw: Sequence[Sequence[str]]
    columns: frozenset[str]

    def column(self, name: str) -> Sequence[str]:
        """The texts of the column *name*, which the file must have."""
        return self.cells[self.names.index(name)]

    def pick(self, places: Sequence[int]) -> ColumnRows:
        """The rows at *places*."""
        if len(places) == len(self):
            return self
        cells = [_pick(column, places) for column in self.cells]
        raw = cells if self.raw is self.cells else [_pick(column, places) for column in self.raw]
        lines, digests = _pick(self.lines, places), _pick(self.digests, places)
        return ColumnRows(self.file, lines, digests, self.names, cells, raw, self.columns)

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> ColumnRows: ...
    def __getitem__(self, at: int | slice) -> Row | ColumnRows:
        if isinstance(at, slice):
            places = range(*at.indices(len(self)))
            return self.pick(places)
        cells = [column[at] for column in self.cells]
        values = {name: cell for name, cell in zip(self.names, cells, strict=True) if name and cell}
        raw = tuple([column[at] for column in self.raw])
        line = self.lines[at]
        where = f"{self.file}:{line}" if self.file else "arguments"
        return Row(where, line, values, self.columns, self.digests[at], (), raw)

    def __iter__(self) -> Iterator[Row]:
        return (self[at] for at in range(len(self)))


def _pick(values: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    return [values[at] for at in places]


def joined(parts: Sequence[ColumnRows]) -> ColumnRows:
    """All rows of *parts*, which come from one file."""
    first = parts[0]
    if len(parts) == 1:
        return first
    cells = [_chain(part.cells[n] for part in parts) for n in range(len(first.names))]
    same = all(part.raw is part.cells for part in parts)
    raw = cells if same else [_chain(part.raw[n] for part in parts) for n in range(len(first.names))]
    lines, digests = _chain(part.lines for part in parts), _chain(part.digests for part in parts)
    return ColumnRows(first.file, lines, digests, first.names, cells, raw, first.columns)


def _chain(parts: Iterable[Sequence[T]]) -> list[T]:
    return list(chain.from_iterable(parts))


def texts(rows: Sequence[Row], name: str) -> set[str]:
    """The different texts that *rows* have in the column *name*, the empty one where a row has none."""
    if isinstance(rows, ColumnRows):
        return set(rows.column(name)) if name in rows.columns else {""}
    return {row.values.get(name, "") for row in rows}


def column(rows: Sequence[Row], name: str) -> Sequence[str]:
    """The text that each of *rows* has in the column *name*, the empty one where it has none."""
    if isinstance(rows, ColumnRows):
        return rows.column(name)
    return [row.values.get(name, "") for row in rows]


def numbers(rows: Sequence[Row]) -> Sequence[int]:
    """The line of each of *rows*."""
    return rows.lines if isinstance(rows, ColumnRows) else [row.line for row in rows]
