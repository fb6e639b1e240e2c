"""The formats for programs.

A million rows must not take a minute: the cells of a few hundred rows are converted column by column, and only a
column that has something to quote anywhere is looked at cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from json import dumps
from json.encoder import encode_basestring as quoted
from typing import Any

from asta_cli.cli.escape import visible_json
from asta_cli.cli.listing import Cells, Col, Type
from asta_cli.cli.outlet import Sink
from asta_cli.core.csv_cells import csv_texts, joined, texts
from asta_cli.core.csv_cells import quoted as in_quotes
from asta_cli.core.timeline import local

Convert = Callable[[Sequence[Any]], Iterable[str]]
_CHUNK = 100  # so many that the loop costs nothing, so few that the cells stay in the processor's cache
_BOM = b"\xef\xbb\xbf"
_SEMICOLON = re.compile('[";\r\n]').search
_NOT_BARE = bytes(range(0x20)) + b'"\\\x7f'
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_lines(rows: Iterable[Cells], columns: Sequence[Col], out: Sink) -> int:
    """One JSON object a line; return their number."""
    count = 0
    for objects in _objects(rows, columns):
        out.write(_bytes("\n".join(objects) + "\n"))
        count += len(objects)
    return count


def json_array(rows: Iterable[Cells], columns: Sequence[Col], out: Sink) -> int:
    """An array of JSON objects, one a line; return their number."""
    count = 0
    for objects in _objects(rows, columns):
        out.write(_bytes((",\n" if count else "[\n") + ",\n".join(objects)))
        count += len(objects)
    out.write(b"\n]\n" if count else b"[]\n")
    return count


def csv(rows: Iterable[Cells], columns: Sequence[Col], out: Sink, *, excel: bool = False) -> int:
    """A header and the rows (RFC 4180); return their number. *excel*: semicolons, German dates, no formulas."""
    converters = [(_EXCEL if excel else _CSV)[c.type] for c in columns]
    delimiter = ";" if excel else ","
    out.write((_BOM if excel else b"") + _bytes(delimiter.join(c.name for c in columns) + "\r\n"))
    count = 0
    for chunk in _chunks(rows):
        cells = [convert(column) for convert, column in zip(converters, zip(*chunk, strict=True), strict=True)]
        if len(cells) == 1:
            cells = [[v or '""' for v in cells[0]]]  # an empty line would be no record
        out.write(_bytes("\r\n".join(map(delimiter.join, zip(*cells, strict=True))) + "\r\n"))
        count += len(chunk)
    return count


def ids(rows: Iterable[Cells], position: int, out: Sink) -> int:
    """The names of things, one a line; return their number."""
    count = 0
    for chunk in _chunks(rows):
        out.write(_bytes("\n".join(texts([row[position] for row in chunk])) + "\n"))
        count += len(chunk)
    return count


def count(rows: Iterable[Cells], out: Sink) -> int:
    """How many rows there are; return the same."""
    number = sum(1 for _ in rows)
    out.write(b"%d\n" % number)
    return number


def one_json(row: Cells, columns: Sequence[Col]) -> str:
    """A single row as a JSON object on several lines."""
    values = {c.name: plain(v, c.type) for c, v in zip(columns, row, strict=True)}
    return dumps(values, ensure_ascii=False, indent=2)


def plain(value: Any, kind: Type) -> str | int | bool:
    """*value* as JSON shows it: never null, truth values as such."""
    if value is None:
        return ""
    if kind is Type.BOOL:
        return bool(value)
    return int(value) if kind is Type.INT else str(value)


def german_day(day: str) -> str:
    """ISO *day* as ``31.07.2027``."""
    return f"{day[8:]}.{day[5:7]}.{day[:4]}"


def german_time(instant: str) -> str:
    """*instant* as ``31.07.2027 14:30:00``, on the clocks of Berlin."""
    day, _, clock = local(instant).partition(" ")
    return f"{german_day(day)} {clock}"


def _chunks(rows: Iterable[Cells]) -> Iterator[list[Cells]]:
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _objects(rows: Iterable[Cells], columns: Sequence[Col]) -> Iterator[list[str]]:
    """The JSON objects of *rows*, some at a time."""
    filled = _template(columns).__mod__
    converters = [_JSON[c.type][1] for c in columns]
    for chunk in _chunks(rows):
        cells = [convert(column) for convert, column in zip(converters, zip(*chunk, strict=True), strict=True)]
        yield list(map(filled, zip(*cells, strict=True)))


def _template(columns: Sequence[Col]) -> str:
    """An object with a place for each value."""
    quotes = [_JSON[c.type][0] for c in columns]
    members = [f"{dumps(c.name)}:{quote}%s{quote}" for c, quote in zip(columns, quotes, strict=True)]
    return "{" + ",".join(members) + "}"


def _truths(cells: Sequence[Any]) -> Sequence[str]:
    return ["" if v is None else "true" if v else "false" for v in cells]


def _json_texts(cells: Sequence[Any]) -> Sequence[str]:
    """What stands between the quotation marks."""
    texts, whole = joined(cells)
    return texts if _bare(whole) else [visible_json(quoted(v)[1:-1]) for v in texts]


def _bare(text: str) -> bool:
    """Whether *text* stands in JSON, and upon a terminal, as it is."""
    if text.isascii():
        raw = text.encode("ascii")
        return len(raw.translate(None, _NOT_BARE)) == len(raw)  # eight times as fast as asking for each character
    return '"' not in text and "\\" not in text and text.isprintable()


def _json_truths(cells: Sequence[Any]) -> Sequence[str]:
    return ['""' if v is None else "true" if v else "false" for v in cells]


def _json_numbers(cells: Sequence[Any]) -> Sequence[str]:
    return ['""' if v is None else str(v) for v in cells]


def _excel_texts(cells: Sequence[Any]) -> Sequence[str]:
    inert = (f"'{v}" if v.startswith(_FORMULA) else v for v in texts(cells))
    return [in_quotes(v) if _SEMICOLON(v) else v for v in inert]


def _german_days(cells: Sequence[Any]) -> Sequence[str]:
    return [german_day(v) if v else "" for v in cells]


def _german_times(cells: Sequence[Any]) -> Sequence[str]:
    return [german_time(v) if v else "" for v in cells]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


_JSON: dict[Type, tuple[str, Convert]] = {
    Type.TEXT: ('"', _json_texts),
    Type.DAY: ('"', _json_texts),
    Type.TIME: ('"', _json_texts),
    Type.INT: ("", _json_numbers),
    Type.BOOL: ("", _json_truths),
}
_CSV: dict[Type, Convert] = {
    Type.TEXT: csv_texts,
    Type.DAY: csv_texts,
    Type.TIME: csv_texts,
    Type.INT: texts,
    Type.BOOL: _truths,
}
_EXCEL: dict[Type, Convert] = {
    Type.TEXT: _excel_texts,
    Type.DAY: _german_days,
    Type.TIME: _german_times,
    Type.INT: texts,
    Type.BOOL: _truths,
}
