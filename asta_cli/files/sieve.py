"""One pass over a file before anything is planned: which lines are known, and which keys come more than once.

A line whose hash is stored is an unchanged record and is neither parsed nor planned. Repeated keys must be known before
the first of them is planned. What is kept for each row is eight bytes and a bit, however large the file is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from itertools import pairwise

from asta_cli.core.rows import Row
from asta_cli.files.base import Record, Source

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
        for row in self._rows(self._unknown()):
            key = self._key_of(row)
            if key is not None and hash(key) in self._repeated:
                self._groups.setdefault(key, []).append(row)
                continue
            chunk.append(row)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def repeated(self) -> Iterator[Sequence[Row]]:
        """The rows put aside, key by key, once ``chunks`` has come to its end."""
        yield from self._groups.values()

    def _rows(self, records: Iterator[Record]) -> Iterator[Row]:
        rows = self.source.rows(records)
        return rows if self._only is None else filter(self._only, rows)

    def _survey(self) -> frozenset[int]:
        buckets = [array("q") for _ in range(_BUCKETS)]
        for row in self._rows(self._sifted()):
            key = self._key_of(row)
            if key is not None:
                code = hash(key)
                buckets[code % _BUCKETS].append(code)
        return frozenset(a for bucket in buckets for a, b in pairwise(sorted(bucket)) if a == b)

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
