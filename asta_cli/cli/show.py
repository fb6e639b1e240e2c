"""A listing on its way from the database to its reader."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asta_cli.cli import escape, listing, outlet, render
from asta_cli.cli.i18n import ngettext
from asta_cli.cli.listing import Cells, Choice, Col
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.cli.options import ListOptions
    from asta_cli.run import Tx

TABLE_ROWS = 1000
_HARMLESS = {"json": escape.visible_json, "jsonl": escape.visible_json}
Rows = Callable[["Tx"], Iterable[Cells]]
Count = Callable[["Tx"], int]
Before = Callable[[int], None]
Writer = Callable[[Iterable[Cells], outlet.Sink], int]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a listing comes from, and what has to happen between the database and the first byte."""

    rows: Rows
    ids: str = ""
    count: Count | None = None
    before: Before | None = None

    def ready(self, count: int) -> None:
        """*count* rows were read; the transaction is over, nothing is out yet."""
        if self.before is not None:
            self.before(count)


def listed(app: App, columns: Sequence[Col], source: Source, options: ListOptions) -> None:
    """As ``render.listing``."""
    choice = listing.choose(columns, options)
    form = listing.format_of(options)
    if options.output is None:
        _put(app, choice, source, options, form, None)
        return
    with outlet.whole_file(options.output) as target:  # opened first: a name that cannot be is told at once
        _put(app, choice, source, options, form, target)


def _put(app: App, choice: Choice, source: Source, options: ListOptions, form: str, target: outlet.Sink | None) -> None:
    from asta_cli import run

    if form == "table":
        found = run.reading(app.desk, lambda tx: list(listing.arrange(source.rows(tx), choice, TABLE_ROWS + 1)))
        source.ready(min(len(found), TABLE_ROWS))
        _table(app, found, choice, options, target)
        return
    write = _writer(form, choice, source.ids, excel=options.excel)
    if target is not None:
        source.ready(run.reading(app.desk, lambda tx: _write(tx, write, source, form, choice, target)))
        return
    with listing.spooled() as file:
        source.ready(run.reading(app.desk, lambda tx: _write(tx, write, source, form, choice, file)))
        file.seek(0)
        render.copy(file, _HARMLESS.get(form, escape.visible_lines))


def _write(tx: Tx, write: Writer, source: Source, form: str, choice: Choice, out: outlet.Sink) -> int:
    """Write the listing and return its number of rows, which the database counts where it can."""
    if form != "count" or source.count is None:
        return write(listing.arrange(source.rows(tx), choice), out)
    count = source.count(tx)
    count = count if choice.limit is None else min(count, choice.limit)
    out.write(f"{count}\n".encode())
    return count


def _writer(form: str, choice: Choice, ids: str, *, excel: bool) -> Writer:
    from asta_cli.cli import formats

    if form == "count":
        return formats.count
    if form == "ids":
        key = choice.names.index(ids) if ids else 0
        return lambda rows, out: formats.ids(rows, key, out)
    if form == "csv":
        return lambda rows, out: formats.csv(listing.pick(rows, choice), choice.shown, out, excel=excel)
    objects = formats.json_array if form == "json" else formats.json_lines
    return lambda rows, out: objects(listing.pick(rows, choice), choice.shown, out)


def _table(app: App, rows: list[Cells], choice: Choice, options: ListOptions, target: outlet.Sink | None) -> None:
    more = len(rows) > TABLE_ROWS
    del rows[TABLE_ROWS:]
    if not rows:
        render.say(app, N_("nothing found"))
        return
    from asta_cli.cli import table

    screen = target is None and render.terminal(sys.stdout)
    room = shutil.get_terminal_size().columns if screen and not options.wide else None
    colour = screen and render.coloured(app, sys.stdout)
    laid = table.lay_out(rows, choice, room=room, wide=options.wide, colour=colour)
    if target is None:
        render.page(laid.text)
    else:
        target.write(f"{laid.text}\n".encode())
    if more:
        message = N_("only the first {count} rows are shown; --format csv and the other formats give all")
        render.say(app, message, count=TABLE_ROWS)
    if laid.left_out:
        message = ngettext(
            "one column does not fit and is not shown; --wide shows it",
            "{count} columns do not fit and are not shown; --wide shows them",
            laid.left_out,
        )
        render.tell(app, "columns", message.format(count=laid.left_out))
