"""A listing on its way from the database to its reader."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
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
Writer = Callable[[Iterable[Cells], outlet.Sink], int]


def listed(app: App, columns: Sequence[Col], rows: Rows, options: ListOptions, ids: str) -> None:
    """As ``render.listing``."""
    choice = listing.choose(columns, options)
    form = listing.format_of(options)
    if options.output is None:
        _put(app, choice, rows, options, form, ids, None)
        return
    with outlet.whole_file(options.output) as target:  # opened first: a name that cannot be is told at once
        _put(app, choice, rows, options, form, ids, target)


def _put(
    app: App, choice: Choice, rows: Rows, options: ListOptions, form: str, ids: str, target: outlet.Sink | None
) -> None:
    from asta_cli import run

    if form == "table":
        found = run.reading(app.desk, lambda tx: list(listing.arrange(rows(tx), choice, TABLE_ROWS + 1)))
        _table(app, found, choice, options, target)
        return
    write = _writer(form, choice, ids, excel=options.excel)
    if target is not None:
        run.reading(app.desk, lambda tx: write(listing.arrange(rows(tx), choice), target))
        return
    with listing.spooled() as file:
        run.reading(app.desk, lambda tx: write(listing.arrange(rows(tx), choice), file))
        file.seek(0)
        render.copy(file, _HARMLESS.get(form, escape.visible_lines))


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
