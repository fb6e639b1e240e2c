"""Files without rows, to be filled in."""

from __future__ import annotations

from codecs import BOM_UTF8

from asta_cli.core.layouts import Column, Layout


def template(layout: Layout, *, german: bool = False, excel: bool = False) -> bytes:
    """The header of *layout* as CSV, in English or German; *excel*: as a German Excel opens it by double click."""
    names = (_german(column) if german else column.name for column in layout.columns)
    line = (";" if excel else ",").join(names) + "\r\n"
    return (BOM_UTF8 if excel else b"") + line.encode()


def _german(column: Column) -> str:
    """The first German heading; the English ones, which our own listings write, are in small letters."""
    return next((name for name in column.aliases if not name.islower()), column.name)
