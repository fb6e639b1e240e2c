"""The formats for programs. Rows go column by column through C functions: a million rows must not take a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO

from asta_cli.cli.listing import Cells, Col, Type, chunks
from asta_cli.core.timeline import local

Column = Callable[[Sequence[Any]], Iterable[Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_lines(rows: Iterable[Cells], columns: Sequence[Col], out: BinaryIO) -> int:
    """One JSON object a line; return their number."""
    return _json(rows, columns, out, ("", "\n", "\n"))


def json_array(rows: Iterable[Cells], columns: Sequence[Col], out: BinaryIO) -> int:
    """An array of JSON objects, one a line; return their number."""
    out.write(b"[")
    count = _json(rows, columns, out, ("\n", ",\n", ""))
    out.write(b"\n]\n" if count else b"]\n")
    return count


def csv(rows: Iterable[Cells], columns: Sequence[Col], out: BinaryIO, *, excel: bool = False) -> int:
    """A header and the rows (RFC 4180); return their number. *excel*: semicolons, German dates, no formulas."""
    import csv as library
    from io import StringIO

    if excel:
        out.write(b"\xef\xbb\xbf")
    buffer = StringIO()
    writer = library.writer(buffer, delimiter=";" if excel else ",", lineterminator="\r\n")
    writer.writerow([c.name for c in columns])
    converters = [_excel(c.type) if excel else _CSV.get(c.type) for c in columns]
    count = 0
    for chunk in chunks(rows):
        writer.writerows(_converted(chunk, converters) if any(converters) else chunk)
        count += len(chunk)
        out.write(_bytes(buffer.getvalue()))
        buffer.seek(0)
        buffer.truncate()
    out.write(_bytes(buffer.getvalue()))
    return count


def ids(rows: Iterable[Cells], position: int, out: BinaryIO) -> int:
    """The names of things, one a line; return their number."""
    count = 0
    for chunk in chunks(rows):
        out.write(_bytes("".join(f"{'' if row[position] is None else row[position]}\n" for row in chunk)))
        count += len(chunk)
    return count


def one_json(row: Cells, columns: Sequence[Col]) -> str:
    """A single row as a JSON object on several lines."""
    from json import dumps

    values = {c.name: plain(v, c.type) for c, v in zip(columns, row, strict=True)}
    return dumps(values, ensure_ascii=False, indent=2)


def plain(value: Any, kind: Type) -> Any:
    """*value* as JSON shows it: never null, truth values as such."""
    if value is None:
        return ""
    if kind is Type.BOOL:
        return bool(value)
    return value if kind is Type.INT else str(value)


def german_day(day: str) -> str:
    """ISO *day* as ``31.07.2027``."""
    return f"{day[8:10]}.{day[5:7]}.{day[0:4]}" if len(day) == 10 else day


def german_time(instant: str) -> str:
    """*instant* as ``31.07.2027 14:30:00``, on the clocks of Berlin."""
    day, _, clock = local(instant).partition(" ")
    return f"{german_day(day)} {clock}"


def _json(rows: Iterable[Cells], columns: Sequence[Col], out: BinaryIO, around: tuple[str, str, str]) -> int:
    from json import dumps

    before, between, after = around
    template = "{" + ", ".join(f"{dumps(c.name)}: %s" for c in columns).replace("%%", "%") + "}"
    converters = [_json_column(c.type) for c in columns]
    count = 0
    for chunk in chunks(rows):
        lines = [template % cells for cells in zip(*map(_apply, converters, zip(*chunk, strict=True)), strict=True)]
        out.write(_bytes((between if count and not after else before) + between.join(lines) + after))
        count += len(lines)
    return count


def _apply(convert: Column, cells: Sequence[Any]) -> Iterable[Any]:
    return convert(cells)


def _json_column(kind: Type) -> Column:
    from json.encoder import encode_basestring as quoted

    if kind is Type.BOOL:
        return lambda cells: ['""' if v is None else "true" if v else "false" for v in cells]
    if kind is Type.INT:
        return lambda cells: ['""' if v is None else v for v in cells]
    return lambda cells: ['""' if v is None else quoted(v) for v in cells]


def _converted(chunk: Sequence[Cells], converters: Sequence[Column | None]) -> Iterable[Cells]:
    columns: Iterable[Any] = zip(*chunk, strict=True)
    return zip(*(c(cells) if c else cells for c, cells in zip(converters, columns, strict=True)), strict=True)


def _truth(cells: Sequence[Any]) -> list[str]:
    return ["" if v is None else "true" if v else "false" for v in cells]


def _inert(cells: Sequence[Any]) -> list[Any]:
    return [f"'{v}" if v is not None and v.startswith(_FORMULA) else v for v in cells]


def _german(cells: Sequence[Any]) -> list[Any]:
    return [v and german_day(v) for v in cells]


def _german_time(cells: Sequence[Any]) -> list[Any]:
    return [v and german_time(v) for v in cells]


_CSV: dict[Type, Column] = {Type.BOOL: _truth}


def _excel(kind: Type) -> Column | None:
    return {Type.BOOL: _truth, Type.TEXT: _inert, Type.DAY: _german, Type.TIME: _german_time}.get(kind)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
