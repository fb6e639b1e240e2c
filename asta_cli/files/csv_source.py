"""Rows from CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from unicodedata import is_normalized

from asta_cli.core.errors import BadOption
from asta_cli.core.rows import Row
from asta_cli.files.base import Record, Source
from asta_cli.files.errors import BadHeader, EmptyFile, NotText, OpenQuote, Truncated
from asta_cli.files.header import match, meaning
from asta_cli.files.plain import PlainLines
from asta_cli.files.raw import KEPT, bounded, overlong
from asta_cli.files.text import BLANKS, FIELD_LIMIT, LINE_LIMIT

DELIMITERS = (";", ",", "\t", "|")
_FIRST = itemgetter(0)
_NAMED = {"tab": "\t", "\\t": "\t"}


def delimiter_of(option: str) -> str:
    """The delimiter that ``--delimiter`` names. Raises ``BadOption``."""
    delimiter = _NAMED.get(option.lower(), option)
    if delimiter not in DELIMITERS:
        raise BadOption(option="--delimiter", value=option, choices="; , | tab")
    return delimiter


def split(text: str, delimiter: str, strict: bool = True) -> list[str]:
    """The cells of one record without its line end. Raises ``csv.Error`` if its quotation marks make no sense."""
    if '"' not in text and "\r" not in text and "\n" not in text:
        return text.split(delimiter)
    return next(csv.reader([text], delimiter=delimiter, strict=strict, skipinitialspace=True), [])


class CsvSource(Source):
    """A CSV file: records with quoted line breaks, any of four delimiters, headings matched by name."""

    format = "csv"

    def _begin(self) -> None:
        line, text = self._read_header()
        self.delimiter = delimiter_of(self._options.delimiter) if self._options.delimiter else self._detect(text)
        try:
            cells = split(text, self.delimiter)
        except csv.Error:
            raise BadHeader(file=self.shown, line=line) from None
        self.header = tuple(cells[: _named(cells)])
        matched = match(self.layout, self.header, self.shown, line)
        self.names, self.unknown_columns = matched.names, matched.unknown
        self.columns = frozenset(filter(None, matched.names))
        self._blank += self.delimiter.encode() + b'"'
        self.plain = PlainLines(self.encoding, self.delimiter, len(self.names), quotes=self._found.quotes)

    def _read_header(self) -> tuple[int, str]:
        """Line number and text of the header; reading goes on behind it."""
        number = 0
        with self._raw.reading() as file:
            file.seek(self._data)
            while (record := file.readline(KEPT)) and not record.strip(self._blank):
                number += 1
            first = number = number + 1
            is_open = record.count(b'"') % 2
            while is_open and not overlong(record):
                more = file.readline(KEPT)
                if not more:
                    raise OpenQuote(file=self.shown, line=first)
                record, number = record + more, number + 1
                is_open ^= more.count(b'"') % 2
            self._data, self._first_line = file.tell(), number + 1
        if not record:
            raise EmptyFile(file=self.shown)
        if overlong(record):
            raise NotText(file=self.shown)
        return first, record.decode(self.encoding).rstrip("\r\n")

    def _detect(self, header: str) -> str:
        """The delimiter that makes most headings known; if none does, the one that makes most headings."""

        def merit(delimiter: str) -> tuple[int, int]:
            try:
                cells = split(header, delimiter, strict=False)
            except csv.Error:
                return 0, 0
            return sum(1 for c in cells if meaning(self.layout, c)), len(cells)

        return max(DELIMITERS, key=merit)

    def _meaning(self) -> tuple[bytes, ...]:
        # The columns are in it beside the headings: a new name for a column in a later asta changes what a line means.
        return self.delimiter.encode(), "\n".join(self.header).encode(), "\n".join(self.names).encode()

    def _records(self) -> Iterator[tuple[int, bytes]]:
        return self._joined() if self._found.quotes else super()._records()

    def _joined(self) -> Iterator[tuple[int, bytes]]:
        """Physical lines joined while a quotation mark is open, in bounded memory."""
        physical = enumerate(bounded(self._raw.file) if self._found.long_lines else self._raw.file, self._first_line)
        self._raw.file.seek(self._data)
        for line, record in physical:
            if record.count(b'"') & 1 and self._is_open(record):
                yield line, self._rest(line, record, physical)
            else:
                yield line, record

    def _is_open(self, record: bytes) -> bool:
        """Whether the reader would want a next line: an inch mark amid a cell is no quotation mark."""
        text = record.decode(self.encoding, "replace")
        reader = csv.reader([text, ""], delimiter=self.delimiter, skipinitialspace=True)
        try:
            next(reader)
        except csv.Error:
            return False
        return reader.line_num > 1

    def _rest(self, first: int, record: bytes, physical: Iterator[tuple[int, bytes]]) -> bytes:
        parts, size = [record], len(record)
        for _, line in physical:
            if size < KEPT:
                parts.append(line)
                size += len(line)
            if line.count(b'"') & 1:
                return b"".join(parts)[:KEPT]
        raise OpenQuote(file=self.shown, line=first)

    def _refuse_torn(self, line: int, record: bytes) -> None:
        if overlong(record):
            return
        try:
            cells = split(record.decode(self.encoding).rstrip("\r\n"), self.delimiter)
        except csv.Error:
            return
        if len(cells) < len(self.names):
            raise Truncated(file=self.shown, line=line)

    def parts(self, size: int) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
        """The records as ``lines`` gives them, without their digests: numbers and bytes of up to *size* at once."""
        blank, last = frozenset(self._blank), (0, b"")
        with self._raw.reading():
            for part in self._numbered(size):
                lines, raw = part
                if not blank.isdisjoint(map(_FIRST, raw)):
                    full = [record for record in zip(*part, strict=True) if record[1].strip(self._blank)]
                    if not full:
                        continue
                    lines, raw = tuple(zip(*full, strict=True))
                last = lines[-1], raw[-1]
                yield lines, raw
        self._raw.refuse_changed()
        if last[1]:
            self._refuse_torn(*last)

    def _numbered(self, size: int) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
        """All records, up to *size* at once, with the numbers of their first lines."""
        if self._found.quotes or self._found.long_lines:
            records = self._records()
            while part := list(islice(records, size)):
                lines, joined = zip(*part, strict=True)
                yield lines, joined
            return
        self._raw.file.seek(self._data)
        number = self._first_line
        while raw := list(islice(self._raw.file, size)):
            yield range(number, number + len(raw)), raw
            number += len(raw)

    def digests(self, records: Sequence[bytes]) -> list[bytes]:
        """The hashes of *records*."""
        if not self._hashed:
            return [b""] * len(records)
        copy, made = self._hash.copy, []
        for record in records:
            state = copy()
            state.update(record)
            made.append(state.digest())
        return made

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """The rows of *records*; see ``Source.rows``. Ordinary ones take a short cut, all others ``_careful``."""
        names, width, delimiter, encoding = self.names, len(self.names), self.delimiter, self.encoding
        base, columns, tabs = self.name, self.columns, self.delimiter == "\t"
        for line, digest, record in records:
            # A character has at most as many bytes in UTF-8 as four times those in any encoding read here.
            if len(record) * 4 <= FIELD_LIMIT:
                text = record.decode(encoding).rstrip("\r\n")
                cells = text.split(delimiter) if '"' not in text else self._quoted(text)
                plain = "".join(cells) if tabs else text
                if len(cells) == width and plain.isprintable() and (text.isascii() or is_normalized("NFC", text)):
                    values = {n: v for n, c in zip(names, cells, strict=True) if n and c and (v := c.strip())}
                    yield Row(f"{base}:{line}", line, values, columns, digest, (), tuple(cells))
                    continue
            yield self._careful(line, digest, record)

    def _quoted(self, text: str) -> list[str]:
        """The cells of a record with quotation marks; none if they make no sense, which ``_careful`` reports."""
        try:
            return split(text, self.delimiter)
        except csv.Error:
            return []

    def _careful(self, line: int, digest: bytes, record: bytes) -> Row:
        if overlong(record):
            return self._cut(line, digest, record)
        text = record.decode(self.encoding).rstrip("\r\n")
        where = f"{self.name}:{line}"
        try:
            cells = split(text, self.delimiter)
        except csv.Error:
            problem = self._problem(line, "bad_character", value=text, character='"')
            return Row(where, line, {}, self.columns, digest, (problem,), (text,))
        values, problems = self._cleaned(line, zip(self.names, cells, strict=False))
        if self._ragged(cells):
            problems.insert(0, self._problem(line, "ragged_row", expected=len(self.names), found=len(cells)))
        return Row(where, line, values, self.columns, digest, tuple(problems), tuple(cells))

    def _ragged(self, cells: list[str]) -> bool:
        """Whether there are not as many cells as headings; empty ones behind the last heading do not count."""
        width = len(self.names)
        return len(cells) < width or any(c.strip(BLANKS) for c in cells[width:])

    def _cut(self, line: int, digest: bytes, record: bytes) -> Row:
        """A record over the limit, of which only the beginning was kept; its first cells may still tell its key."""
        text = record[: LINE_LIMIT + 1].decode(self.encoding, "ignore")
        try:
            cells = split(text, self.delimiter, strict=False)[:-1]
        except csv.Error:
            cells = []
        values, _ = self._cleaned(line, zip(self.names, cells, strict=False))
        return self._overlong(line, digest, values, text)


def _named(headings: list[str]) -> int:
    """How many *headings* there are up to the last that is not empty: a trailing delimiter makes no column."""
    return max((i for i, heading in enumerate(headings, 1) if heading.strip(BLANKS)), default=0)
