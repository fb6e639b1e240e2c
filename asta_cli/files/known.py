"""Which lines of a file stand for records already, and which of those records no line stands for.

A register mostly comes in the order in which it was taken over, so the hashes are compared one by one as they lie; only
what does not fit is looked up. The memory is seventeen bytes a record, and some forty for each line that differs.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from asta_cli.core.stored import SIZE, StoredLines
from asta_cli.files.base import Record, Source
from asta_cli.files.csv_source import CsvSource

_Part = tuple[Sequence[int], Sequence[bytes], Sequence[bytes]]
_PART = 64
_WINDOW = 64 * SIZE
_KEPT = 20_000


class KnownLines:
    """The lines of one pass over *source* against the *stored* ones.

    ``count`` lines are known; ``kept`` of their records hold a value of another source. ``new`` has a flag for every
    record of the file, 1 where its line is not known; if these are few, ``records`` has them.
    """

    def __init__(self, stored: StoredLines, source: Source) -> None:
        self._stored = stored
        self._unmet = _Shelves()
        self.new = bytearray()
        self.records: list[Record] | None = []
        aside, places = bytearray(), array("q")
        self._compare(_parts(source), aside, places)
        self._resolve(aside, places)
        self.count = len(self.new) - self.new.count(1)
        self.kept = stored.said.count(1) - sum(stored.said[i] for i in self._unmet.places())

    def met(self, digest: bytes) -> bool:
        """Whether *digest*, the hash that a record has stored, stands in the file."""
        return digest not in self._unmet

    def unmet(self) -> Iterator[bytes]:
        """The stored hashes that stand nowhere in the file."""
        return iter(self._unmet)

    def _compare(self, parts: Iterable[_Part], aside: bytearray, places: array[int]) -> None:
        """Go through the file beside the stored hashes; what is not where it should be is put *aside*."""
        at = 0
        for lines, digests, raw in parts:
            whole, n = b"".join(digests), 0
            while n < len(digests):
                same = _alike(self._stored.digests, at, whole[n * SIZE :])
                self.new += bytes(same)
                at, n = at + same * SIZE, n + same
                if n < len(digests):
                    at = self._stray((lines[n], digests[n], raw[n]), at, aside, places)
                    n += 1
        self._skip(at, len(self._stored.digests))

    def _stray(self, record: Record, at: int, aside: bytearray, places: array[int]) -> int:
        """Find *record* a little further on than *at*, or put it aside. Where the next one should be."""
        digest = record[1]
        found = self._stored.digests.find(digest, at, at + _WINDOW)
        if found >= 0 and not (found - at) % SIZE:
            self._skip(at, found)
            self.new.append(0)
            return found + SIZE
        aside += digest
        places.append(len(self.new))
        self.new.append(1)
        if self.records is not None:
            self.records.append(record)
            if len(self.records) > _KEPT:
                self.records = None
        return at

    def _skip(self, start: int, end: int) -> None:
        stored, add = self._stored.digests, self._unmet.add
        for at in range(start, end, SIZE):
            add(bytes(stored[at : at + SIZE]), at // SIZE)

    def _resolve(self, aside: bytearray, places: array[int]) -> None:
        """Of the lines put aside, those that stand for a record after all: they only moved within the file."""
        new, remove = self.new, self._unmet.remove
        for n, place in enumerate(places):
            if remove(bytes(aside[n * SIZE : (n + 1) * SIZE])):
                new[place] = 0
        if self.records:
            self.records = [r for r, place in zip(self.records, places, strict=True) if new[place]]


def _alike(stored: bytearray, at: int, hashes: bytes) -> int:
    """How many of *hashes* are those that are *stored* from *at* on."""
    if stored.startswith(hashes, at):
        return len(hashes) // SIZE
    if not stored.startswith(hashes[:SIZE], at):
        return 0
    there = stored[at : at + len(hashes)]
    size = len(there)
    different = int.from_bytes(there) ^ int.from_bytes(hashes[:size])
    return (size - (different.bit_length() + 7) // 8) // SIZE


def _parts(source: Source) -> Iterator[_Part]:
    """The records of *source*, some at once: numbers, digests, bytes. Most are known, and compared at one stroke."""
    if isinstance(source, CsvSource):
        for lines, raw in source.parts(_PART):
            yield lines, source.digests(raw), raw
        return
    records = source.lines()
    while part := list(islice(records, _PART)):
        lines, digests, raw = zip(*part, strict=True)
        yield lines, digests, raw


class _Shelves:
    """Hashes with their places, twenty bytes each: a set of Python's takes ninety for the hash alone."""

    def __init__(self) -> None:
        self._digests = [bytearray() for _ in range(1 << 12)]
        self._places = [array("I") for _ in range(1 << 12)]

    def __contains__(self, digest: bytes) -> bool:
        return self._find(digest) >= 0

    def __iter__(self) -> Iterator[bytes]:
        for shelf in self._digests:
            for at in range(0, len(shelf), SIZE):
                yield bytes(shelf[at : at + SIZE])

    def places(self) -> Iterator[int]:
        """The places of all hashes."""
        for shelf in self._places:
            yield from shelf

    def add(self, digest: bytes, place: int) -> None:
        """Put *digest* in."""
        n = digest[0] << 4 | digest[1] >> 4
        self._digests[n] += digest
        self._places[n].append(place)

    def remove(self, digest: bytes) -> bool:
        """Take *digest* out, and tell whether it was there."""
        at = self._find(digest)
        if at < 0:
            return False
        n = digest[0] << 4 | digest[1] >> 4
        del self._digests[n][at : at + SIZE]
        del self._places[n][at // SIZE]
        return True

    def _find(self, digest: bytes) -> int:
        shelf = self._digests[digest[0] << 4 | digest[1] >> 4]
        at = shelf.find(digest)
        while at >= 0 and at % SIZE:
            at = shelf.find(digest, at + 1)
        return at
