"""A listing from the database to its reader."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, BinaryIO

from asta_cli.cli import formats, listing, outlet, render, table
from asta_cli.cli.listing import TABLE_ROWS, Cells, Choice, Col
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.cli.options import ListOptions
    from asta_cli.run import Tx

Rows = Callable[["Tx"], Iterable[Cells]]


def listed(app: App, columns: Sequence[Col], rows: Rows, options: ListOptions, ids: str) -> None:
    """As ``render.listing``."""
    from asta_cli import run

    choice = listing.choose(columns, options)
    form = listing.format_of(options)
    if form == "table":
        found = run.reading(app.desk, lambda tx: list(listing.arrange(rows(tx), choice, TABLE_ROWS + 1)))
        _table(app, found, choice, options)
        return
    key = listing.key_position(columns, ids)
    file, count = run.reading(
        app.desk,
        lambda tx: listing.spool(
            lambda out: _write(listing.arrange(rows(tx), choice), choice, form, key, out, excel=options.excel)
        ),
    )
    with file:
        if form == "count":
            file.write(f"{count}\n".encode())
            file.seek(0)
        _deliver(file, options.output)


def _write(rows: Iterable[Cells], choice: Choice, form: str, key: int, out: BinaryIO, *, excel: bool) -> int:
    if form == "ids":
        return formats.ids(rows, key, out)
    if form == "count":
        return sum(1 for _ in rows)
    picked = listing.pick(rows, choice)
    if form == "csv":
        return formats.csv(picked, choice.shown, out, excel=excel)
    return (formats.json_array if form == "json" else formats.json_lines)(picked, choice.shown, out)


def _deliver(file: BinaryIO, path: str | None) -> None:
    if path is None:
        render.copy(file)
        return
    with outlet.whole_file(path) as target:
        shutil.copyfileobj(file, target)


def _table(app: App, rows: list[Cells], choice: Choice, options: ListOptions) -> None:
    if not rows:
        render.say(app, N_("nothing found"))
    more = len(rows) > TABLE_ROWS
    wide = options.wide or options.output is not None or not render.terminal(sys.stdout)
    width = None if wide else shutil.get_terminal_size().columns
    colour = options.output is None and render.coloured(app, sys.stdout)
    laid = table.lay_out(rows[:TABLE_ROWS], choice, width=width, colour=colour) if rows else table.Table("", 0)
    if options.output is not None:
        with outlet.whole_file(options.output) as target:
            target.write((laid.text + "\n").encode() if rows else b"")
    elif rows:
        render.page(laid.text)
    if laid.left_out:
        render.say(app, N_("not shown for want of room: {count} columns; --wide shows them"), count=laid.left_out)
    if more:
        render.say(app, N_("only the first {count} rows are shown; --format csv gives all"), count=TABLE_ROWS)
