"""Rows that must wait, in few bytes: a tenth of a million of them at once is what a register of sites comes to."""

from __future__ import annotations

import marshal

from asta_cli.core.rows import Row

Packed = Row | bytes


class Packer:
    """Packs rows and gives them back. What many rows have in common is kept once.

    A row that came with problems, or from no file, stays as it is. ``raw`` is not kept: rejects are read anew.
    """

    def __init__(self) -> None:
        self._shapes: list[tuple[str, tuple[str, ...], frozenset[str]]] = []
        self._known: dict[tuple[str, tuple[str, ...], frozenset[str]], int] = {}

    def pack(self, row: Row) -> Packed:
        """*row* in few bytes."""
        file, _, line = row.where.rpartition(":")
        if row.problems or line != str(row.line):
            return row
        shape = file, tuple(row.values), row.columns
        number = self._known.setdefault(shape, len(self._shapes))
        if number == len(self._shapes):
            self._shapes.append(shape)
        return marshal.dumps((number, row.line, row.digest, *row.values.values()))

    def unpack(self, packed: Packed) -> Row:
        """The row that was packed."""
        if isinstance(packed, Row):
            return packed
        number, line, digest, *texts = marshal.loads(packed)  # noqa: S302 - our own memory
        file, names, columns = self._shapes[number]
        return Row(f"{file}:{line}", line, dict(zip(names, texts, strict=True)), columns, digest)
