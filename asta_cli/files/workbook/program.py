"""A program of its own that reads one sheet of a workbook: bytes on standard input, a line for each row on the output.

The library that reads workbooks holds a whole sheet in memory, and ends the process when that does not suffice: a cell
in a far corner is enough (a few hundred bytes). So it works here, under limits of its own, and asta lives on. What went
wrong, or which numbers the columns have, is told on standard error as one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NoReturn

from asta_cli.files.workbook.faults import Cell, Refused, error_cells
from asta_cli.files.workbook.lines import LINE_LIMIT, Numbers, line, shown

if TYPE_CHECKING:
    from zipfile import ZipFile

    from python_calamine import CalamineSheet, CalamineWorkbook

MEMORY = 128 << 20
"""Bytes that reading any workbook may take; a large one may take ``PER_BYTE`` more for each of its own."""
PER_BYTE = 20
MEMORY_AT_MOST = 2 << 30
SECONDS = 60
"""Time of the processor that reading any workbook may take, and one more for each ``MEGABYTE`` of it."""
MEGABYTE = 1 << 20
EXPANSION = 200
"""So many times its size a workbook may be when unpacked. Those of spreadsheet programs stay below 30."""
_HEADINGS = 4096
_SHOWN = 60
_CHUNK = 1 << 18


def main() -> int:
    """Read the workbook on standard input; the sheet's name is the argument, as JSON (empty: the first)."""
    wanted = json.loads(sys.argv[1])
    try:
        _limit(os.fstat(0).st_size)
        report = extract(sys.stdin.buffer, sys.stdout.buffer, wanted)
    except Refused as refused:
        report = refused.report
    except MemoryError:
        report = {"error": "large"}
    except OSError as error:
        report = {"error": "disk", "reason": error.strerror or ""}
    os.write(2, json.dumps(report).encode())
    # What the library holds need not be given back piece by piece, and the output is written.
    os._exit(0)


def _limit(size: int) -> None:
    import resource

    memory = min(MEMORY + PER_BYTE * size, MEMORY_AT_MOST)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    seconds = SECONDS + size // MEGABYTE
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def extract(book: BinaryIO, out: IO[bytes], wanted: str) -> dict[str, Any]:
    """Write the rows of the sheet *wanted* of *book* to *out*; return what numbers its columns have.

    Raises ``Refused``, ``MemoryError`` or ``OSError``.
    """
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(book) as parts:
            _refuse_others(parts, os.fstat(book.fileno()).st_size)
            workbook = _opened(book)
            name = _sheet(workbook, wanted)
            sheet = _loaded(workbook, name)
            workbook.close()
            errors = error_cells(parts, name)
    except (BadZipFile, EOFError, UnicodeDecodeError, KeyError, RuntimeError) as error:
        raise Refused("damaged", reason=str(error)[:_SHOWN]) from None
    return _write(sheet, errors, out)


def _refuse_others(parts: ZipFile, size: int) -> None:
    names = set(parts.namelist())
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise Refused("other")
    if not any(n.startswith("xl/") for n in names):
        raise Refused("none")
    if sum(i.file_size for i in parts.infolist()) > EXPANSION * size + MEGABYTE:
        raise Refused("large")


def _opened(book: BinaryIO) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook, PasswordError

    book.seek(0)
    try:
        return CalamineWorkbook.from_filelike(book)
    except PasswordError:
        raise Refused("locked") from None
    except (MemoryError, OSError):
        raise
    except BaseException as error:  # the library panics at some bytes, which is no ordinary exception
        _damaged(error)


def _loaded(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except (MemoryError, OSError):
        raise
    except BaseException as error:
        _damaged(error)


def _damaged(error: BaseException) -> NoReturn:
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        raise error
    raise Refused("damaged", reason=str(error)[:_SHOWN]) from None


def _sheet(workbook: CalamineWorkbook, wanted: str) -> str:
    """The name of the sheet *wanted*, in any case; without a name, the first that holds cells and is not hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [s for s in workbook.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]
    if wanted:
        found = [s.name for s in sheets if s.name == wanted] or [
            s.name for s in sheets if s.name.casefold() == wanted.casefold()
        ]
    else:
        found = [s.name for s in sheets if s.visible is SheetVisibleEnum.Visible] or [s.name for s in sheets]
    if not found:
        raise Refused("sheet", sheets=[s.name[:_SHOWN] for s in sheets[:50]])
    return found[0]


def _write(sheet: CalamineSheet, errors: Mapping[Cell, str], out: IO[bytes]) -> dict[str, Any]:
    numbers: list[Numbers] = []
    width = 0
    written = bytearray()
    for cells in _rows(sheet, errors):
        if not width:
            width = _width(cells)
            numbers = [Numbers() for _ in range(width)]
        row = cells[:width]
        for cell, seen in zip(row, numbers, strict=False):
            seen.add(cell)
        written += line(row)
        if len(written) > _CHUNK:
            out.write(written)
            written.clear()
    out.write(written)
    out.flush()
    return {"numbers": [n.told for n in numbers]}


def _rows(sheet: CalamineSheet, errors: Mapping[Cell, str]) -> Iterator[list[str]]:
    for number, values in enumerate(sheet.iter_rows()):
        cells = [shown(value) for value in values]
        if errors:
            for column in range(len(cells)):
                if (number, column) in errors:
                    cells[column] = "e" + errors[number, column]
        yield cells


def _width(cells: list[str]) -> int:
    """How many headings a row has up to its last; none if it is blank, and is not the header."""
    width = max((i for i, cell in enumerate(cells, 1) if cell[1:].strip()), default=0)
    if width > _HEADINGS or len(line(cells[:width])) > LINE_LIMIT:
        raise Refused("header")
    return width


if __name__ == "__main__":
    sys.exit(main())
