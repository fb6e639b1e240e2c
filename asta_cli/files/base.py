"""What all sources of rows have in common, whatever their format."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Self

from asta_cli.core.errors import N_
from asta_cli.core.layouts import Layout
from asta_cli.core.plan import Problem
from asta_cli.core.rows import Row
from asta_cli.files.errors import NoRows
from asta_cli.files.passed import PassedLines
from asta_cli.files.raw import RawFile, bounded
from asta_cli.files.survey import UTF8, Survey, label
from asta_cli.files.text import LINE_LIMIT, BadValue, clean, shorten

READER_VERSION = b"asta reader 1"
"""Part of every digest. Change it when the readers begin to understand the same bytes differently."""

Record = tuple[int, bytes, bytes]
"""Line number of a record's first line, its digest, its bytes."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. Empty means: find out.

    ``input_format`` is ``csv``, ``jsonl`` or ``xlsx``, ``sheet`` the name of a sheet of a workbook, ``digits_known``
    the columns whose numbers a workbook need not spell with their leading zeros. ``mapping`` is the name of a mapping
    file, which with ``several`` is for files of other kinds, too. ``salt`` is whatever else gives a line its meaning
    (version of the rules, chamber, settings): it goes into every digest. ``allow_empty`` takes a file without records
    as no records.
    """

    input_format: str = ""
    encoding: str = ""
    delimiter: str = ""
    allow_empty: bool = False
    salt: bytes = b""
    sheet: str = ""
    digits_known: frozenset[str] = frozenset()
    mapping: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is not wrong. ``message`` is a gettext message id that ``fields`` fill."""

    code: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


class Source(ABC):
    """A file of rows, open for reading. One pass at a time: a new one ends the one before.

    ``shown`` is the name as typed, ``name`` without directories. ``columns`` are the known columns it has, ``header``
    all headings as written (none in JSON Lines). ``sha256`` is the checksum of all its bytes. Without a *secret* all
    digests are empty: nobody keeps them. A context manager.
    """

    format: str
    delimiter: str = ""
    header: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    unknown_columns: tuple[str, ...] = ()

    def __init__(self, raw: RawFile, found: Survey, layout: Layout, options: ReadOptions, secret: bytes) -> None:
        self.shown, self.name, self.size = raw.shown, raw.base, raw.size
        self.encoding, self.sha256 = found.encoding, found.sha256
        self.layout = layout
        self._raw, self._found, self._options = raw, found, options
        self._data, self._first_line = found.start, 1
        self._blank = b" \t\r\n"
        self._begin()
        self._hash = self._hash_state(secret)
        self._hashed = bool(secret)
        if not options.allow_empty and next(self.lines(), None) is None:
            raise NoRows(file=self.shown)

    @abstractmethod
    def _begin(self) -> None:
        """Find where the records begin and which columns they have."""

    @abstractmethod
    def _meaning(self) -> tuple[bytes, ...]:
        """What besides its own bytes gives a record its meaning in this format."""

    @abstractmethod
    def _refuse_torn(self, line: int, record: bytes) -> None:
        """Raise ``Truncated`` if the last record of the file lacks its end."""

    @abstractmethod
    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """The rows that *records* of this source hold; what is wrong with one is among its ``problems``."""

    def lines(self, wanted: bytearray | None = None, *, hashed: bool = True) -> Iterator[Record]:
        """Every record unparsed, blank ones left out: the one pass over the file.

        With *wanted*, flags in the order of the records, only those with a 1; not *hashed*, all digests are empty.
        Raises ``OpenQuote`` or ``Truncated`` at a torn end, ``FileChanged`` at the end of a file that was written to.
        """
        copy, blank, mark = self._hash.copy, self._blank, wanted and iter(wanted)
        number, record, digest = 0, b"", b""
        with self._raw.reading():
            for line, raw in self._records():
                if raw[0] in blank and not raw.strip(blank):
                    continue
                number, record = line, raw
                if mark and not next(mark, 0):
                    continue
                if hashed and self._hashed:
                    state = copy()
                    state.update(raw)
                    digest = state.digest()
                yield line, digest, raw
        # Changed is the better news of the two: who reads a file that is still being written sees a torn end, too.
        self._raw.refuse_changed()
        if record:
            self._refuse_torn(number, record)

    def all_rows(self) -> Iterator[Row]:
        """Every row, in one pass."""
        return self.rows(self.lines())

    @property
    def position(self) -> int:
        """How many bytes of ``size`` the current pass has read (in steps of a buffer), for another thread, too.

        That is why it asks the system: the file object would lose its way if two asked it at once.
        """
        return os.lseek(self._raw.file.fileno(), 0, os.SEEK_CUR)

    def lines_passed(self) -> Callable[[], int]:
        """A function that says how many lines the current pass has read, counted by whoever asks, from any thread."""
        return PassedLines(self._raw.file.fileno(), lambda: self.position)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The encoding if it was found out and is not UTF-8, and the columns that are not understood."""
        found = []
        if self.encoding != UTF8 and not self._options.encoding:
            message = N_("{file} is not UTF-8; it is read as {encoding}")
            found.append(Notice("encoding", message, {"file": self.shown, "encoding": label(self.encoding)}))
        if self.unknown_columns:
            message = N_("{file}: columns that asta does not know are ignored: {columns}")
            columns = ", ".join(shorten(c) for c in islice(self.unknown_columns, 20))
            found.append(Notice("unknown_columns", message, {"file": self.shown, "columns": columns}))
        return tuple(found)

    def close(self) -> None:
        """Close the file."""
        self._raw.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _records(self) -> Iterator[tuple[int, bytes]]:
        """Records with the number of their first line; here, and unless a format says otherwise, one a line."""
        self._raw.file.seek(self._data)
        physical = bounded(self._raw.file) if self._found.long_lines else self._raw.file
        return enumerate(physical, self._first_line)

    def _hash_state(self, secret: bytes) -> blake2b:
        key = blake2b(secret, person=b"asta line key").digest()
        meaning = blake2b(key=key)
        for part in (READER_VERSION, self.layout.kind.encode(), self.format.encode(), self.encoding.encode(),
                     *self._meaning(), self._options.salt):  # fmt: skip
            meaning.update(len(part).to_bytes(8, "big") + part)
        state = blake2b(key=meaning.digest(), digest_size=16)
        state.update(b"\n")  # a first byte makes the block of the key be hashed here once, not anew for every line
        return state

    def _problem(self, line: int, code: str, column: str = "", value: str = "", **fields: object) -> Problem:
        return Problem(f"{self.name}:{line}", line, code, column, value=shorten(value), fields=fields)

    def _overlong(self, line: int, digest: bytes, values: Mapping[str, str], text: str) -> Row:
        problem = self._problem(line, "too_long", limit=LINE_LIMIT)
        return Row(f"{self.name}:{line}", line, values, self.columns, digest, (problem,), (text,))

    def _cleaned(self, line: int, cells: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[Problem]]:
        """The values of (column, cell) pairs and what is wrong with them; cells without column are passed over."""
        values: dict[str, str] = {}
        problems = []
        for column, cell in cells:
            if not column:
                continue
            try:
                value = clean(cell)
            except BadValue as bad:
                problems.append(self._problem(line, bad.code, column, cell, **bad.fields))
                continue
            if value:
                values[column] = value
        return values, problems
