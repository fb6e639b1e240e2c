"""One pass over a file before anything is planned: which lines are known, and which keys come more than once.

A line whose hash is stored is an unchanged record and is neither parsed nor planned. Repeated keys must be known before
the first of them is planned. What is kept for each row is eight bytes and a bit, however large the file is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TypeVar

from asta_cli.core.columns import ColumnRows
from asta_cli.core.rows import Row
from asta_cli.files import columns
from asta_cli.files.base import Record, Source
from asta_cli.files.columns import ColumnKey
from asta_cli.files.csv_source import CsvSource

T = TypeVar("T")
KeyOf = Callable[[Row], Hashable | None]
_BUCKETS = 256


class Sieve:
    """What the first pass over *source* found out.

    *stored* are the hashes of the lines that records stand for; it is used up: what remains in it was not met. *key_of*
    gives the key of a row, None where it cannot be read. With *only* all other rows count as if they were not there.
    """

    def __init__(
        self, source: Source, key_of: KeyOf, stored: set[bytes] | None = None, only: Callable[[Row], bool] | None = None
    ) -> None:
        self.source = source
        self.known = 0
        self._key_of = key_of
        self._only = only
        self._stored = set() if stored is None else stored
        self._plain = None if only or stored else _plain(source, key_of)
        self._new = bytearray()
        self._groups: dict[Hashable, list[Row]] = {}
        self._repeated = self._survey()

    def was_met(self, digest: bytes) -> bool:
        """Whether *digest*, the hash that a record has stored, stands in this file."""
        return digest not in self._stored

    def find(self, digests: Collection[bytes]) -> Iterator[Row]:
        """The first line with each of *digests*, read in another pass if there are any."""
        wanted = set(digests)
        if wanted:
            yield from self.source.rows(self._first(wanted))

    def _first(self, wanted: set[bytes]) -> Iterator[Record]:
        for record in self.source.lines():
            if record[1] in wanted:
                wanted.discard(record[1])
                yield record

    def chunks(self, size: int) -> Iterator[Sequence[Row]]:
        """The new rows with a key of their own, *size* at a time; repeated ones wait aside. Each call starts anew."""
        self._groups = {}
        chunk: list[Row] = []
        for rows in self._parts(size):
            if isinstance(rows, ColumnRows):
                yield self._single(rows)
                continue
            chunk += [row for row in rows if not self._aside(row)]
            while len(chunk) >= size:
                yield chunk[:size]
                chunk = chunk[size:]
        if chunk:
            yield chunk

    def _parts(self, size: int) -> Iterator[Sequence[Row]]:
        """All new rows, plain ones in columns where the file allows it."""
        if self._plain is None:
            yield from _parts(self._rows(self._unknown()))
            return
        for plain, others in columns.blocks(self._plain[0], size):
            yield plain
            yield others

    def _single(self, rows: ColumnRows) -> ColumnRows:
        """*rows* without those that are put aside."""
        if not self._repeated or self._plain is None:
            return rows
        keys = zip(*[rows.column(column) for column in self._plain[1].columns], strict=True)
        doubtful = [at for at, key in enumerate(keys) if hash(key) in self._repeated]
        aside = {at for at in doubtful if self._aside(rows[at])}
        return rows.pick([at for at in range(len(rows)) if at not in aside]) if aside else rows

    def _aside(self, row: Row) -> bool:
        """Put *row* aside if its key is there more than once."""
        key = self._key_of(row)
        if key is None or hash(key) not in self._repeated:
            return False
        self._groups.setdefault(key, []).append(row)
        return True

    def repeated(self) -> Iterator[Sequence[Row]]:
        """The rows put aside, key by key, once ``chunks`` has come to its end."""
        yield from self._groups.values()

    def _rows(self, records: Iterator[Record]) -> Iterator[Row]:
        rows = self.source.rows(records)
        return rows if self._only is None else filter(self._only, rows)

    def _survey(self) -> frozenset[int]:
        buckets = [array("q") for _ in range(_BUCKETS)]
        for keys in self._keys():
            for code in map(hash, keys):
                buckets[code % _BUCKETS].append(code)
        crowded = [bucket for bucket in buckets if len(set(bucket)) < len(bucket)]
        return frozenset(a for bucket in crowded for a, b in pairwise(sorted(bucket)) if a == b)

    def _keys(self) -> Iterator[Sequence[Hashable]]:
        """The keys of the lines that stand for no record yet."""
        if self._plain is not None:
            parts = columns.keys(*self._plain)
        else:
            parts = _parts(map(self._key_of, self._rows(self._sifted())))
        for part in parts:
            yield [key for key in part if key is not None]

    def _sifted(self) -> Iterator[Record]:
        stored, mark = self._stored, self._new.append
        for record in self.source.lines():
            if record[1] in stored:
                stored.remove(record[1])
                self.known += 1
                mark(0)
            else:
                mark(1)
                yield record

    def _unknown(self) -> Iterator[Record]:
        new = self._new
        return (record for n, record in enumerate(self.source.lines()) if new[n])


def _plain(source: Source, key_of: KeyOf) -> tuple[CsvSource, ColumnKey] | None:
    """*source* and *key_of* if the file can be taken by columns."""
    return (source, key_of) if isinstance(source, CsvSource) and isinstance(key_of, ColumnKey) else None


def _parts(items: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(items, columns.PART)):
        yield part
