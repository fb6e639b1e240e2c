"""``asta runs``: every change that was made as one, and what it did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, ListOptions, OrphanOk, Reason, ShowOptions
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Every change that was made as one, and what it did."))

COLUMNS = (
    Col("run", N_("Run")),
    Col("command", N_("Command")),
    Col("kind", N_("What"), wide=True),
    Col("chamber", N_("Chamber")),
    Col("state", N_("State"), words={"applied": N_("applied")}, wide=True),
    Col("started_at", N_("Started"), TIME),
    Col("finished_at", N_("Finished"), TIME, wide=True),
    Col("by", N_("By")),
    Col("created", N_("New"), INT),
    Col("updated", N_("Changed"), INT),
    Col("unchanged", N_("Unchanged"), INT),
    Col("ended", N_("Ended"), INT),
    Col("rejected", N_("Rejected"), INT),
    Col("file", N_("File")),
    Col("reopened", N_("Reopened"), INT, wide=True),
    Col("warned", N_("With warnings"), INT, wide=True),
    Col("sha256", N_("Checksum"), wide=True),
)
CHANGES = (
    Col("kind", N_("What")),
    Col("action", N_("Action")),
    Col("key", N_("Which")),
    Col("before", N_("Before")),
    Col("after", N_("After")),
)
Run = Annotated[str, typer.Argument(metavar="ID", help=N_("Its id, from asta runs list."))]
Changes = Annotated[
    int | None, typer.Option("--changes", metavar="N", min=1, help=N_("The first N changes, instead of how many."))
]


@app.verb(
    "list",
    N_("List the runs, the oldest first"),
    examples=("asta runs list --sort -run --limit 10", "asta runs list --chamber 177 --format json"),
)
def list_(ctx: typer.Context, listing: ListOptions, chamber: ChamberOption = None) -> None:
    """List the runs."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.runs(tx, scope, chamber)), listing)


@app.verb(
    "show",
    N_("Show one run, or what it changed"),
    examples=("asta runs show 0amg3kzfb9pfn", "asta runs show 0amg3kzfb9pfn --changes 20 --format json"),
)
def show(
    ctx: typer.Context,
    run: Run,
    options: ShowOptions,
    changes: Changes = None,
) -> None:
    """Show a run."""
    from asta_cli.run import reading, views

    asta = cast("App", ctx.obj)
    found = reading(asta.desk, lambda tx: views.run_shown(tx, views.scope(tx, asta.desk), run, changes or 0))
    if changes is None:
        render.record(asta, COLUMNS, found.row, options)
        return
    rows = [
        (c["kind"], c["action"], c.get("key", str(c["count"])), *(_text(c.get(side)) for side in ("before", "after")))
        for c in found.changes
    ]
    listing = ListOptions(format="json" if options.format == "json" else "table")
    render.listing(asta, CHANGES, lambda tx: rows, listing)
    if found.more:
        render.say(asta, N_("there are more changes; ask for more with --changes N"))


@app.verb(
    "undo",
    N_("Take back what a run did, as a run of its own"),
    examples=(
        "asta runs undo 0amg3kzfb9pfn --dry-run",
        "asta runs undo 0amg3kzfb9pfn --reason 'wrong file'",
    ),
)
def undo(
    ctx: typer.Context,
    run: Run,
    change: ChangeOptions,
    reason: Reason = None,
    orphan_ok: OrphanOk = False,
) -> None:
    """Undo a run."""
    from asta_cli.intake.undo import Said
    from asta_cli.intake.undo import undo as undone

    asta = cast("App", ctx.obj)
    said = Said(lambda: asta.need(reason, _("Reason"), "--reason"), orphan_ok, asta.settings.import_.lock_wait)
    render.finish(asta, undone(asta.desk, run, said, change.limits()), change)


def _text(values: object) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""
