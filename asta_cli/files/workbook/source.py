"""Rows from one sheet of a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.layouts import DAYS, Layout
from asta_cli.core.plan import Problem
from asta_cli.core.rows import Row
from asta_cli.files.base import Notice, ReadOptions, Record, Source
from asta_cli.files.errors import EmptyFile
from asta_cli.files.header import match
from asta_cli.files.raw import RawFile
from asta_cli.files.survey import Survey
from asta_cli.files.text import LINE_LIMIT
from asta_cli.files.workbook.sheet import Numbers, read_sheet

FAMILIES: Mapping[str, str] = {
    "ident_number": "company",
    "parent_ident_number": "company",
    "company_ident_number": "company",
    "company": "company",
    "trainee_number": "trainee",
    "trainer_number": "trainer",
}
"""The columns with numbers that are names, of no fixed length, and whose names they are.

Postal codes and establishment numbers are not among them: their length is known, so the rules find what is too short.
"""


class CellFault(AstaError):
    """What a spreadsheet program has made of a value. ``value`` and ``column`` are those of the cell."""

    code = "bad_value"
    status = Status.REJECTED


class ErrorCell(CellFault):
    """The formula of the cell has no result."""

    message = N_("{column}: the cell holds the error {value}")
    hint = N_("correct the formula in the spreadsheet, or type the value")


class OddCell(CellFault):
    """A duration, a clock time, or a number of more digits than a spreadsheet keeps."""

    message = N_("{column}: {value} is a duration, a time of day or a number that is too long")
    hint = N_("format the column as text in the spreadsheet and type the value again")


class DayCell(CellFault):
    """A day where the column has none: spreadsheets take 1-3 or 2/27 for one."""

    message = N_("{column}: the spreadsheet has made the day {value} of what was typed")
    hint = N_("format the column as text in the spreadsheet and type the value again")


class LostZeros(CellFault):
    """A number in a column in which numbers are names, and others show that leading zeros count."""

    message = N_("{column}: {value} is stored as a number, so leading zeros may be missing")
    hint = N_("format the column as text and type the zeros, or say how many digits there are: [digits] in --mapping")


class WorkbookSource(Source):
    """A sheet of a workbook: the first row that is not blank is the header, each other one that is not is a record.

    Cells without a heading are no part of the table. What is rejected is given back as CSV.
    """

    format = "xlsx"
    delimiter = ";"

    def __init__(self, raw: RawFile, found: Survey, layout: Layout, options: ReadOptions, secret: bytes) -> None:
        self._sheet = read_sheet(raw, options.sheet)
        self._spool = self._sheet.lines
        try:
            super().__init__(raw, found, layout, options, secret)
        except BaseException:
            self._spool.close()
            raise

    def _begin(self) -> None:
        self.size = self._spool.seek(0, 2)
        self.header = self._read_header()
        matched = match(self.layout, self.header, self.shown, self._first_line - 1)
        self._names, self.unknown_columns = matched.names, matched.unknown
        self.columns = frozenset(filter(None, matched.names))
        self._numbers = _by_family(matched.names, self._sheet.numbers, self._options.digits_known)

    def _read_header(self) -> tuple[str, ...]:
        self._spool.seek(0)
        for number, record in enumerate(self._spool, 1):
            if record.strip():
                self._data, self._first_line = self._spool.tell(), number + 1
                return tuple(cell[1:] for cell in json.loads(record))
        raise EmptyFile(file=self.shown)

    def _meaning(self) -> tuple[bytes, ...]:
        return "\n".join(self.header).encode(), "\n".join(self._names).encode()

    def _refuse_torn(self, line: int, record: bytes) -> None:
        """Nothing can be torn: the archive around the sheet has been checked as a whole."""

    def _records(self) -> Iterator[tuple[int, bytes]]:
        self._spool.seek(self._data)
        return enumerate(self._spool, self._first_line)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Those of any source, and the columns of numbers that may all have lost zeros, with nothing to show it."""
        doubtful = [name for name in self._names if (n := self._numbers.get(name)) and n.longest and not n.padded]
        if not doubtful:
            return super().notices
        message = N_("{file}: stored as numbers, so leading zeros, if there were any, are missing: {columns}")
        notice = Notice("numbers", message, {"file": self.shown, "columns": ", ".join(doubtful)})
        return (*super().notices, notice)

    @property
    def position(self) -> int:
        """How much of ``size``, which is here that of the sheet unpacked, the current pass has read."""
        return self._spool.tell()

    def close(self) -> None:
        """Close the file and the sheet."""
        super().close()
        self._spool.close()

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """The rows of *records*; see ``Source.rows``."""
        for line, digest, record in records:
            cells = json.loads(record)
            if isinstance(cells, dict):
                yield self._cut(line, digest, cells["cut"])
                continue
            texts = tuple(cell[1:] for cell in cells)
            values, problems = self._cleaned(line, zip(self._names, texts, strict=True))
            for column, cell in zip(self._names, cells, strict=True):
                fault = self._fault(column, cell) if column and cell and cell[0] != "s" else None
                if fault is not None:
                    values.pop(column, None)
                    problems.append(self._refusal(line, column, cell[1:], fault))
            yield Row(f"{self.name}:{line}", line, values, self.columns, digest, tuple(problems), texts)

    def _fault(self, column: str, cell: str) -> type[CellFault] | None:
        """What is wrong with a *cell* that is no text."""
        kind, text = cell[0], cell[1:]
        if kind == "e":
            return ErrorCell
        if kind == "x":
            return OddCell
        if kind == "d":
            return None if column in DAYS else DayCell
        seen = self._numbers.get(column)
        return LostZeros if kind == "n" and seen is not None and _shortened(text, seen) else None

    def _refusal(self, line: int, column: str, value: str, fault: type[CellFault]) -> Problem:
        error = fault(value=value, column=column)
        return Problem(f"{self.name}:{line}", line, fault.code, column, value=value, error=error)

    def _cut(self, line: int, digest: bytes, cells: Sequence[str]) -> Row:
        """A row over the limit, of which only the first cells were kept; they may still tell its key."""
        texts = tuple(cell[1:] for cell in cells)
        values, _ = self._cleaned(line, zip(self._names, texts, strict=False))
        problem = self._problem(line, "too_long", limit=LINE_LIMIT)
        return Row(f"{self.name}:{line}", line, values, self.columns, digest, (problem,), texts)


def _by_family(names: Sequence[str], numbers: Sequence[Numbers], known: frozenset[str]) -> Mapping[str, Numbers]:
    """What the columns of each family hold taken together, for those whose length is not *known*."""
    together: dict[str, Numbers] = {}
    for name, seen in zip(names, numbers, strict=True):
        if family := FAMILIES.get(name):
            other = together.get(family, Numbers())
            together[family] = Numbers(
                max(seen.padded, other.padded),
                min(seen.shortest or other.shortest, other.shortest or seen.shortest),
                max(seen.longest, other.longest),
            )
    return {name: together[FAMILIES[name]] for name in names if name in FAMILIES and name not in known}


def _shortened(text: str, seen: Numbers) -> bool:
    """Whether a number may have had leading zeros: texts with some are longer, or numbers differ in length."""
    if not text.isdigit():
        return True
    return len(text) < seen.padded if seen.padded else seen.shortest != seen.longest
