"""One pass over a file before anything is planned: which lines are known, and which keys come more than once.

A line whose hash is stored is an unchanged record and is neither parsed nor planned. Repeated keys must be known before
the first of them is planned. What is kept for each row is a few bytes, however large the file is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TypeVar

from asta_cli.core.columns import ColumnRows
from asta_cli.core.rows import Row
from asta_cli.core.stored import StoredLines
from asta_cli.files import columns
from asta_cli.files.base import Record, Source
from asta_cli.files.columns import ColumnKey
from asta_cli.files.csv_source import CsvSource
from asta_cli.files.known import KnownLines

T = TypeVar("T")
KeyOf = Callable[[Row], Hashable | None]
_BUCKETS = 256


class Sieve:
    """What the first pass over *source* found out.

    *stored* are the hashes of the lines that records stand for. *key_of* gives the key of a row, None where it cannot
    be read. With *only* all other rows count as if they were not there.
    """

    def __init__(
        self,
        source: Source,
        key_of: KeyOf,
        stored: StoredLines | None = None,
        only: Callable[[Row], bool] | None = None,
    ) -> None:
        self.source = source
        self._key_of = key_of
        self._only = only
        self._lines = KnownLines(stored, source) if stored and stored.digests else None
        self._plain = _plain(source, key_of) if only is None and self._lines is None else None
        self._names: list[array[int]] = []
        self._groups: dict[Hashable, list[Row]] = {}
        self._repeated = self._survey(keep=stored is not None and stored.open > 0)

    @property
    def known(self) -> int:
        """How many lines are known."""
        return self._lines.count if self._lines else 0

    @property
    def kept(self) -> int:
        """How many of the known lines stand for records that hold a value of another source."""
        return self._lines.kept if self._lines else 0

    def was_met(self, digest: bytes) -> bool:
        """Whether *digest*, the hash that a record has stored, stands in this file."""
        return self._lines is not None and self._lines.met(digest)

    def unmet(self) -> Iterator[bytes]:
        """The stored hashes that stand nowhere in this file."""
        return self._lines.unmet() if self._lines else iter(())

    def names(self, key: Hashable) -> bool:
        """Whether a line that is not known has this *key*, good or bad. Where there is no record, nobody may ask."""
        code = hash(key)
        bucket = self._names[code % _BUCKETS]
        at = bisect_left(bucket, code)
        return at < len(bucket) and bucket[at] == code

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
        cells = list(zip(*[rows.column(column) for column in self._plain[1].columns], strict=True))
        keys = self._plain[1].told(cells) or map(self._key_of, rows)
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

    def _rows(self, records: Iterable[Record]) -> Iterator[Row]:
        rows = self.source.rows(records)
        return rows if self._only is None else filter(self._only, rows)

    def _survey(self, *, keep: bool) -> frozenset[int]:
        buckets = [array("q") for _ in range(_BUCKETS)]
        for keys in self._keys():
            for code in map(hash, keys):
                buckets[code % _BUCKETS].append(code)
        for n, bucket in enumerate(buckets):
            buckets[n] = array("q", sorted(bucket))
        if keep:
            self._names = buckets
        crowded = [bucket for bucket in buckets if len(set(bucket)) < len(bucket)]
        return frozenset(a for bucket in crowded for a, b in pairwise(bucket) if a == b)

    def _keys(self) -> Iterator[Sequence[Hashable]]:
        """The keys of the lines that stand for no record yet."""
        if self._plain is not None:
            parts = columns.keys(*self._plain)
        else:
            parts = _parts(map(self._key_of, self._rows(self._unknown(hashed=False))))
        for part in parts:
            yield [key for key in part if key is not None]

    def _unknown(self, *, hashed: bool = True) -> Iterable[Record]:
        """The lines that stand for no record yet: few are at hand, many are read again."""
        if self._lines is None:
            return self.source.lines(hashed=hashed)
        if self._lines.records is not None:
            return self._lines.records
        return self.source.lines(self._lines.new, hashed=hashed)


def _plain(source: Source, key_of: KeyOf) -> tuple[CsvSource, ColumnKey] | None:
    """*source* and *key_of* if the file can be taken by columns."""
    key = key_of.within(source.columns) if isinstance(key_of, ColumnKey) else None
    return (source, key) if key is not None and isinstance(source, CsvSource) else None


def _parts(items: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(items, columns.PART)):
        yield part
