"""Small workbooks as bytes, written part by part, so that a test can make what no spreadsheet program would."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FORMATS = ("general", "day", "moment", "clock", "text")
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
    '<xf numFmtId="20"/><xf numFmtId="49"/></cellXfs></styleSheet>'
)


class Error(str):
    """A cell with an error such as ``#N/A``."""


class Raw(str):
    """The XML of a cell as it is to stand there."""


Cell = str | int | float | bool | date | timedelta | None
Table = Sequence[Sequence[Cell]]


def workbook(rows: Table, *, sheet: str = "Tabelle1", more: Mapping[str, str] | None = None) -> bytes:
    """A workbook whose only sheet has *rows*, with parts of the archive replaced or added by *more*."""
    return sheets({sheet: rows}, more=more)


def sheets(
    tables: Mapping[str, Table],
    *,
    hidden: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook with a sheet for each of *tables*, some of them *hidden*."""
    parts = _frame(list(tables), hidden)
    for number, rows in enumerate(tables.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows)
    return archive({**parts, **(more or {})})


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """*parts* packed as a workbook is."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return made.getvalue()


def sheet_xml(rows: Table) -> str:
    """The XML of a sheet. A row of no cells is left out, as spreadsheets do."""
    lines = (
        f'<row r="{number}">' + "".join(cell(value, number, column) for column, value in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, 1)
        if row
    )
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def cell(value: Cell, row: int, column: int) -> str:
    """The XML of one cell."""
    place = f'r="{letters(column)}{row}"'
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value.replace("<c", f"<c {place}", 1)
    if isinstance(value, str) and not isinstance(value, Error):
        return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    kind, shown = _valued(value)
    return f"<c {place}{kind}><v>{shown}</v></c>"


def _valued(value: Cell) -> tuple[str, str]:
    """Type or style of a cell, and what stands in it."""
    day = timedelta(days=1)
    match value:
        case Error():
            return ' t="e"', escape(value)
        case bool():
            return ' t="b"', str(int(value))
        case timedelta():
            return ' s="3"', repr(value / day)
        case datetime():
            return ' s="2"', repr((value - datetime(1899, 12, 30)) / day)
        case date():
            return ' s="1"', str((value - date(1899, 12, 30)).days)
    return "", repr(value)


def letters(column: int) -> str:
    """The name of a column, from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _frame(names: Sequence[str], hidden: Sequence[str]) -> dict[str, str | bytes]:
    books = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"{_hidden(name in hidden)}/>'
        for n, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{books}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}<Relationship '
        f'Id="styles" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }


def _hidden(yes: bool) -> str:
    return ' state="hidden"' if yes else ""
