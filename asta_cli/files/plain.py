"""Plain lines of a CSV file, thousands at once, column by column.

A line is plain if it holds neither quotation marks nor anything that would have to be refused, trimmed off, put into
NFC or counted against a limit, and has as many cells as there are headings. Whether lines are so is asked of thousands
at once; all others are read one by one, with every care.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from unicodedata import combining, is_normalized

from asta_cli.files.survey import UTF8
from asta_cli.files.text import FIELD_LIMIT

Columns = list[list[str]]
_LAYOUT = dict.fromkeys(map(ord, "\t\r"))


class PlainLines:
    """How plain lines of one file are told from others, and taken apart.

    They have *width* cells. *quotes*: whether there is any quotation mark in the file.
    """

    def __init__(self, encoding: str, delimiter: str, width: int, *, quotes: bool) -> None:
        self._encoding, self._delimiter, self._width, self._quotes = encoding, delimiter, width, quotes
        self._mark = delimiter.encode()
        self._odd = _odd(encoding, self._mark)
        self._by_bytes = encoding != UTF8

    def columns(self, records: Sequence[bytes]) -> tuple[Sequence[int], Columns, Columns]:
        """Which of *records* (by place) are plain, and their cells column by column: trimmed, and as they stood."""
        places, text = self._sift(records)
        flat = self._flat(text)
        cells = self._split(flat)
        if cells is None:
            mark, marks, lines = self._delimiter, self._width - 1, text.splitlines()
            even = [at for at, line in enumerate(lines) if line.count(mark) == marks]
            places, flat = [places[at] for at in even], self._flat("".join([f"{lines[at]}\n" for at in even]))
            cells = self._split(flat) or []
        return places, [[cell.strip() for cell in column] for column in cells] if self._padded(flat) else cells, cells

    def keys(self, records: Sequence[bytes], at: Sequence[int]) -> list[tuple[str, ...]] | None:
        """The cells *at* these columns in each of *records*; None if not all can be told without reading the rows.

        What else may be wrong with a row does not change its key.
        """
        if self._quotes or len(max(records, key=len)) * 4 > FIELD_LIMIT:
            return None
        last = max(at) + 1
        split = [record.split(self._mark, last) for record in records]
        if len(min(split, key=len)) < min(last + 1, self._width):
            return None
        cells = [self._text(self._column(split, n), self._odd + b"\r") for n in at]
        if any(text is None or " " in text for text in cells):
            return None
        keys = [text.split("\n") for text in cells if text is not None]
        return None if any("" in column for column in keys) else list(zip(*keys, strict=True))

    def _column(self, split: Sequence[Sequence[bytes]], n: int) -> bytes:
        """The cells in column *n*, of which the last one has the end of the line in it, as lines."""
        cells = [cells[n] for cells in split]
        return b"\n".join([cell.rstrip(b"\r\n") for cell in cells] if n == self._width - 1 else cells)

    def _sift(self, records: Sequence[bytes]) -> tuple[Sequence[int], str]:
        """Which of *records* (by place) may be plain, and the text of those: lines that end with a line feed."""
        text = self._lines(records)
        if text is not None:
            return range(len(records)), text
        places = [at for at, record in enumerate(records) if self._may_be_plain(record)]
        text = self._lines([records[at] for at in places])
        return ([], "") if text is None else (places, text)

    def _flat(self, text: str) -> str:
        """*text* with every line end as a cell of its own: where it stands tells whether the cells before are all."""
        end = "\r\n" if text.endswith("\r\n") else "\n"
        return text.replace(end, f"{self._delimiter}\n{self._delimiter}")

    def _split(self, flat: str) -> Columns | None:
        """The cells, column by column; None if not all lines have as many as there are headings."""
        step = self._width + 1
        cells = flat.split(self._delimiter)
        if len(cells) != flat.count("\n") * step + 1 or set(cells[self._width :: step]) - {"\n"}:
            return None
        cells.pop()
        return [cells[n::step] for n in range(self._width)]

    def _padded(self, flat: str) -> bool:
        """Whether a cell may have a blank before or after its value."""
        return flat[:1] == " " or f"{self._delimiter} " in flat or f" {self._delimiter}" in flat

    def _lines(self, records: Sequence[bytes]) -> str | None:
        """The text of *records*, all with the same line end; None if one of them is not plain."""
        if not records or len(max(records, key=len)) * 4 > FIELD_LIMIT:
            return None
        data, count = b"".join(records), len(records)
        end = b"\r\n" if records[0].endswith(b"\r\n") else b"\n"
        if not data.endswith(end):
            data += end  # the last line of a file may lack it
        if data.count(b"\n") != count or (b"\r" in data and not data.count(b"\r") == data.count(b"\r\n") == count):
            return None
        return self._text(data, self._odd)

    def _text(self, data: bytes, odd: bytes) -> str | None:
        """The text of *data*; None if something in it is not plain."""
        if len(data.translate(None, odd)) != len(data):
            return None
        text = data.decode(self._encoding)
        return text if self._by_bytes or text.isascii() or _tidy(text) else None

    def _may_be_plain(self, record: bytes) -> bool:
        if len(record) * 4 > FIELD_LIMIT:
            return False
        record = record.removesuffix(b"\n").removesuffix(b"\r")
        if b"\r" in record or b"\n" in record or len(record.translate(None, self._odd)) != len(record):
            return False
        return self._by_bytes or record.isascii() or _tidy(record.decode(self._encoding))


def _tidy(text: str) -> bool:
    """Whether the lines of *text* that are not ASCII are printable and in NFC."""
    foreign = "".join([line for line in text.split("\n") if not line.isascii()])
    return foreign.translate(_LAYOUT).isprintable() and is_normalized("NFC", foreign)


@cache
def _odd(encoding: str, delimiter: bytes) -> bytes:
    """The bytes that no plain line has: quotation marks, controls, and what of *encoding* is not printable or in NFC.

    Of UTF-8 only those that are ASCII; the others mean something only together.
    """
    codes = [bytes([n]) for n in range(0x80 if encoding == UTF8 else 0x100)]
    return b'"' + b"".join(
        c for c in codes if c not in (b"\r", b"\n", delimiter) and not _usual(c.decode(encoding, "ignore"))
    )


def _usual(char: str) -> bool:
    return char.isprintable() and char != "" and not combining(char) and is_normalized("NFC", char)
