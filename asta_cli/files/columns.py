"""A register file in large parts, column by column where its lines are plain; see ``core.columns``."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from asta_cli.core.columns import ColumnRows, joined
from asta_cli.core.rows import Row
from asta_cli.files.csv_source import CsvSource

PART = 1_000
"""How many records are taken apart at once: as many as the processor keeps at hand."""


@dataclass(frozen=True, slots=True)
class ColumnKey:
    """The key of a row: its values in *columns*. None where one of them is missing."""

    columns: tuple[str, ...]

    def __call__(self, row: Row) -> Hashable | None:
        """The key of *row*."""
        values = tuple([row.values.get(column) for column in self.columns])
        return None if None in values else values

    def within(self, columns: Collection[str]) -> ColumnKey | None:
        """The key in a file with *columns*; None if rows of it must be read to tell theirs."""
        return self if set(self.columns) <= set(columns) else None

    def told(self, cells: Sequence[tuple[str, ...]]) -> Sequence[Hashable | None] | None:
        """The keys of rows that have *cells* in the columns of the key; None if the rows must be read to tell."""
        return cells


def keys(source: CsvSource, key: ColumnKey) -> Iterator[Sequence[Hashable | None]]:
    """The keys of all rows of *source*, as *key* gives them, part by part."""
    at = [source.names.index(column) for column in key.columns]
    for lines, records in source.parts(PART):
        cells = source.plain.keys(records, at)
        found = None if cells is None else key.told(cells)
        if found is None:
            rows = source.rows(zip(lines, repeat(b""), records, strict=False))
            yield [key(row) for row in rows]
        else:
            yield found


def blocks(source: CsvSource, size: int) -> Iterator[tuple[ColumnRows, list[Row]]]:
    """All rows of *source*, about *size* at a time: the plain ones, and all others."""
    parts: list[ColumnRows] = []
    rest: list[Row] = []
    for lines, records in source.parts(PART):
        part, others = _read(source, lines, records)
        parts.append(part)
        rest += others
        if len(parts) * PART >= size:
            yield joined(parts), rest
            parts, rest = [], []
    if parts:
        yield joined(parts), rest


def _read(source: CsvSource, lines: Sequence[int], records: Sequence[bytes]) -> tuple[ColumnRows, list[Row]]:
    digests = source.digests(records)
    places, cells, raw = source.plain.columns(records)
    rest: list[Row] = []
    if len(places) < len(records):
        plain = set(places)
        other = ((lines[n], digests[n], records[n]) for n in range(len(records)) if n not in plain)
        rest = list(source.rows(other))
        lines, digests = [lines[n] for n in places], [digests[n] for n in places]
    return ColumnRows(source.name, lines, digests, source.names, cells, raw, source.columns), rest
