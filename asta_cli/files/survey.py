"""One look over all bytes of a file before any is given a meaning: encoding, checksum, what to be careful of."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from asta_cli.core.errors import BadOption
from asta_cli.files.errors import BadEncoding, LineEnds, NotText, OtherWorkbook, WideText, Workbook
from asta_cli.files.raw import CHUNK, RawFile
from asta_cli.files.text import LINE_LIMIT

UTF8 = "utf-8"
WINDOWS = "cp1252"
SINGLE_BYTE = ("cp1250", WINDOWS, "cp1254", "cp437", "cp850", "iso8859-2", "iso8859-9", "iso8859-15", "mac-roman")
"""Encodings besides UTF-8 that ``--encoding`` may name. Not latin-1: what is called so is Windows-1252 or a mistake."""

WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What .xlsx begins with, as every archive does, and what older and encrypted workbooks do."""

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_WINDOW = LINE_LIMIT // 2


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    ``start`` is the offset behind a byte order mark, ``quotes`` tells whether there is any quotation mark,
    ``long_lines`` whether a line may exceed the limit: perhaps a false alarm, never a miss.
    """

    encoding: str
    start: int
    sha256: str
    quotes: bool
    long_lines: bool


def canonical(encoding: str) -> str:
    """The one name of an encoding that the user asked for. Raises ``BadOption`` unless asta reads it."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    if name == "utf-8-sig":
        name = UTF8
    if name != UTF8 and name not in SINGLE_BYTE:
        raise BadOption(option="--encoding", value=encoding, choices=", ".join((UTF8, *SINGLE_BYTE)))
    return name


def survey(raw: RawFile, encoding: str = "") -> Survey:
    """Read *raw* to its end. Without *encoding* it is UTF-8 if all its bytes are, else Windows-1252.

    Raises ``Workbook``, ``WideText``, ``NotText``, ``LineEnds``, ``BadEncoding`` or ``Unreadable``.
    """
    with raw.reading():
        return _survey(raw, encoding)


def _survey(raw: RawFile, encoding: str) -> Survey:
    marked = _refuse_foreign(raw)
    check = _Check(encoding, marked)
    checksum = sha256()
    quotes = long_lines = False
    raw.file.seek(0)
    while chunk := raw.file.read(CHUNK):
        checksum.update(chunk)
        quotes = quotes or b'"' in chunk
        long_lines = long_lines or _has_long(chunk)
        check.feed(chunk)
        if check.bad:
            break
    check.feed(b"", final=True)
    if check.bad:
        raise _bad_encoding(raw, *check.bad, check.encoding)
    start = len(codecs.BOM_UTF8) if marked and check.encoding == UTF8 else 0
    return Survey(check.encoding, start, checksum.hexdigest(), quotes, long_lines)


def _refuse_foreign(raw: RawFile) -> bool:
    """Stop at what is plainly no such text; tell whether the file begins with the byte order mark of UTF-8."""
    raw.file.seek(0)
    head = raw.file.read(LINE_LIMIT)
    if head.startswith(WORKBOOK):
        raise Workbook(file=raw.shown)
    if head.startswith(OLD_WORKBOOK):
        raise OtherWorkbook(file=raw.shown)
    if head.startswith(_WIDE):
        raise WideText(file=raw.shown)
    first, end, _ = head.partition(b"\n")
    if b"\0" in first:
        raise NotText(file=raw.shown)
    if not end and b"\r" in first.rstrip(b"\r"):
        raise LineEnds(file=raw.shown, line=1)
    return head.startswith(codecs.BOM_UTF8)


def _has_long(chunk: bytes) -> bool:
    """Whether a window of half the limit holds no line end: every line over the limit covers such a window whole."""
    last = len(chunk) - _WINDOW
    return any(chunk.find(b"\n", at, at + _WINDOW) < 0 for at in range(0, last + 1, _WINDOW))


@cache
def _lacking(encoding: str) -> tuple[bytes, ...]:
    """The bytes that mean nothing in an encoding of single bytes."""
    every = (bytes([number]) for number in range(256))
    return tuple(byte for byte in every if not byte.decode(encoding, "ignore"))


class _Check:
    """Decodes a file piece by piece only to see whether it can be decoded."""

    def __init__(self, encoding: str, marked: bool) -> None:
        self.encoding = encoding or UTF8
        self.bad: tuple[int, int] | None = None
        self._may_fall_back = not encoding and not marked
        self._decoder = codecs.getincrementaldecoder(self.encoding)()
        self._offset = 0

    def feed(self, chunk: bytes, final: bool = False) -> None:
        pending = self._decoder.getstate()[0]
        if self.bad or (not pending and (chunk.isascii() or self._has_all(chunk))):
            self._offset += len(chunk)
            return
        try:
            seen = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self._failed(pending + chunk, error, final)
        else:
            self._offset += len(chunk)
            # Umlauts that were good UTF-8 are not Windows-1252 by accident: from there on a bad byte is damage, and
            # reading the file as Windows-1252 would garble every umlaut in it.
            self._may_fall_back = self._may_fall_back and seen.isascii()

    def _has_all(self, chunk: bytes) -> bool:
        """Whether an encoding of single bytes has all in *chunk*: looking for what it lacks takes half of decoding."""
        return self.encoding in SINGLE_BYTE and not any(byte in chunk for byte in _lacking(self.encoding))

    def _failed(self, data: bytes, error: UnicodeDecodeError, final: bool) -> None:
        self._offset -= len(self._decoder.getstate()[0])
        if self._may_fall_back and data[: error.start].isascii():
            self.encoding, self._may_fall_back = WINDOWS, False
            self._decoder = codecs.getincrementaldecoder(WINDOWS)()
            self.feed(data, final)
        else:
            self.bad = self._offset + error.start, data[error.start]


def _bad_encoding(raw: RawFile, offset: int, byte: int, encoding: str) -> BadEncoding:
    raw.file.seek(0)
    line = 1
    while offset > 0 and (chunk := raw.file.read(min(CHUNK, offset))):
        line += chunk.count(b"\n")
        offset -= len(chunk)
    return BadEncoding(file=raw.shown, line=line, byte=f"{byte:02X}", encoding=label(encoding))


def label(encoding: str) -> str:
    """The name of an encoding as people know it."""
    return {UTF8: "UTF-8", WINDOWS: "Windows-1252"}.get(encoding, encoding)
