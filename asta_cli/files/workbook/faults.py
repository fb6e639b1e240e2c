"""What is wrong with a workbook, and which of its cells hold errors.

The library shows a cell with an error as an empty one, and an empty cell erases a value. So they are looked up in the
sheet itself; a quick look spares almost every workbook the long one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from zipfile import ZipFile

Cell = tuple[int, int]
"""Row and column, from 0."""

SHOWN = 60
_ERRORS = 100_000
_CHUNK = 1 << 18


class Refused(Exception):
    """The workbook cannot be read. ``report`` is what asta is told."""

    def __init__(self, error: str, **fields: object) -> None:
        super().__init__(error)
        self.report = {"error": error, **fields}


def error_cells(parts: ZipFile, name: str) -> dict[Cell, str]:
    """Row and column, from 0, of each cell with an error, and the error."""
    path = _path(parts, name)
    if not _mentions_errors(parts, path):
        return {}
    from xml.parsers.expat import ExpatError

    finder = _Finder()
    try:
        with parts.open(path) as file:
            finder.read(file)
    except ExpatError as error:
        raise Refused("damaged", reason=str(error)[:SHOWN]) from None
    return finder.found


def _path(parts: ZipFile, name: str) -> str:
    """Where in the archive the sheet *name* lies. Raises KeyError if it is not told in the usual way."""
    from posixpath import join, normpath
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        # What such XML may do to a parser, it does here to a process with limits.
        book = fromstring(parts.read("xl/workbook.xml"))  # noqa: S314
        links = fromstring(parts.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except ParseError as error:
        raise Refused("damaged", reason=str(error)[:SHOWN]) from None
    of = next((e for e in book.iter() if _local(e.tag) == "sheet" and e.get("name") == name), None)
    link = next((v for k, v in of.items() if k.endswith("}id")), "") if of is not None else ""
    target = next((e.get("Target", "") for e in links.iter() if e.get("Id") == link), "")
    path = normpath(join("/xl", target)).lstrip("/").lower()
    return {n.lower(): n for n in parts.namelist()}[path]


def _mentions_errors(parts: ZipFile, path: str) -> bool:
    """Whether there is any such cell: a quick look that spares almost every workbook the long one."""
    tail = b""
    with parts.open(path) as file:
        while chunk := file.read(_CHUNK):
            if b't="e"' in tail + chunk or b"t='e'" in tail + chunk:
                return True
            tail = chunk[-5:]
    return False


class _Finder:
    """Finds the cells with errors in the XML of a sheet."""

    def __init__(self) -> None:
        self.found: dict[Cell, str] = {}
        self._row = self._column = -1
        self._text: list[str] | None = None
        self._inside = False

    def read(self, file: IO[bytes]) -> None:
        """Go through all of *file*. Raises ExpatError."""
        from xml.parsers.expat import ParserCreate

        parser = ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if name == "row":
            self._row, self._column = _number(attributes.get("r"), self._row + 1), -1
        elif name == "c":
            self._row, self._column = _place(attributes.get("r", ""), self._row, self._column + 1)
            self._text = [] if attributes.get("t") == "e" else None
        elif name == "v":
            self._inside = True

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name == "v":
            self._inside = False
        elif name == "c" and self._text is not None:
            if len(self.found) == _ERRORS:
                raise Refused("large")
            self.found[self._row, self._column] = "".join(self._text)[:SHOWN] or "#"
            self._text = None

    def _characters(self, data: str) -> None:
        if self._inside and self._text is not None and len(self._text) < SHOWN:
            self._text.append(data)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) - 1 if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _place(reference: str, row: int, column: int) -> Cell:
    """Row and column of ``B7``; without a reference, those that follow from the cells before."""
    letters = reference.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        return row, column
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return _number(reference[len(letters) :], row), place - 1
