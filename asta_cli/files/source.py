"""Opening a file of rows, whatever its format."""

from __future__ import annotations

import os
from dataclasses import replace

from asta_cli.core.errors import BadOption
from asta_cli.core.layouts import Layout
from asta_cli.files.base import Notice, ReadOptions, Record, Source
from asta_cli.files.errors import OtherWorkbook
from asta_cli.files.raw import RawFile, open_raw
from asta_cli.files.survey import WORKBOOK, canonical, survey

__all__ = ["Notice", "ReadOptions", "Record", "Source", "open_source"]

FORMATS = ("csv", "jsonl", "xlsx")
_BY_SUFFIX = {
    **dict.fromkeys((".csv", ".txt", ".tsv"), "csv"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "jsonl"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
}
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")


def open_source(name: str, layout: Layout, *, options: ReadOptions | None = None, secret: bytes = b"") -> Source:
    """Open the file *name* (``-``: standard input) as rows of *layout*; use it in a ``with``.

    *secret* keys the digests of the lines, so that nobody without it can guess a line from its digest.
    Raises an ``InputError`` (exit status 65) if the file is not what it should be, ``BadOption`` for an impossible
    option.
    """
    options = options or ReadOptions()
    return _mapped(name, layout, options, secret) if options.mapping else _open(name, layout, options, secret)


def _mapped(name: str, layout: Layout, options: ReadOptions, secret: bytes) -> Source:
    from asta_cli.files.mapped import MappedSource
    from asta_cli.files.mapping import read_mapping

    rules = read_mapping(options.mapping, layout, several=options.several)
    salted = replace(options, salt=options.salt + rules.salt, digits_known=frozenset(rules.digits))
    beneath = _open(name, rules.layout, salted, secret)
    if not rules.rewrites:
        return beneath
    try:
        return MappedSource(beneath, rules)
    except BaseException:
        beneath.close()
        raise


def _open(name: str, layout: Layout, options: ReadOptions, secret: bytes) -> Source:
    encoding = canonical(options.encoding) if options.encoding else ""
    raw = open_raw(name)
    try:
        kind = options.input_format or _format_of(raw)
        if kind == "xlsx":
            return _workbook(raw, layout, options, secret)
        found = survey(raw, encoding)
        if kind == "csv":
            from asta_cli.files.csv_source import CsvSource

            return CsvSource(raw, found, layout, options, secret)
        if kind == "jsonl":
            from asta_cli.files.jsonl_source import JsonlSource

            return JsonlSource(raw, found, layout, options, secret)
        raise BadOption(option="--input-format", value=kind, choices=", ".join(FORMATS))
    except BaseException:
        raw.file.close()
        raise


def _workbook(raw: RawFile, layout: Layout, options: ReadOptions, secret: bytes) -> Source:
    from asta_cli.files.workbook import sheet
    from asta_cli.files.workbook.source import WorkbookSource

    return WorkbookSource(raw, sheet.survey(raw), layout, options, secret)


def _format_of(raw: RawFile) -> str:
    """The format that the name tells, else the first bytes: no heading begins with a brace, as JSON Lines do."""
    suffix = os.path.splitext(raw.base)[1].lower()
    if suffix in _OTHER_WORKBOOKS:
        raise OtherWorkbook(file=raw.shown)
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    with raw.reading() as file:
        file.seek(0)
        head = file.read(1024)
    if head.startswith(WORKBOOK):
        return "xlsx"
    return "jsonl" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "csv"
