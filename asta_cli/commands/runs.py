"""``asta runs``: every change that was made as one, and what it did."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, ListOptions, OrphanOk, Reason, ReportFile, ShowOptions
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.core.changes import Line
    from asta_cli.run import Tx, views

app = Noun(N_("Every change that was made as one, and what it did."))

STATES = {
    "applied": N_("applied"),
    "held": N_("held"),
    "superseded": N_("replaced by a later one"),
    "approved": N_("approved"),
    "undone": N_("undone"),
    "expired": N_("expired"),
}
KINDS = {
    "company": N_("company"),
    "trainer": N_("trainer"),
    "trainee": N_("trainee"),
    "access_grant": N_("permission"),
    "chamber": N_("chamber"),
    "account": N_("account"),
    "letter": N_("letter"),
    "service_state": N_("service"),
    "service_pilot": N_("pilot"),
    "company_service": N_("use of a service"),
    "exam_period": N_("exam period"),
    "link": N_("link"),
    "session": N_("sign-in"),
    "job": N_("job"),
    "operator": N_("office"),
    "service_token": N_("service token"),
}
ACTIONS = {
    "create": N_("created"),
    "update": N_("updated"),
    "end": N_("ended"),
    "reopen": N_("reopened"),
}
COLUMNS = (
    Col("run", N_("Run")),
    Col("command", N_("Command")),
    Col("kind", N_("What"), wide=True),
    Col("chamber", N_("Chamber")),
    Col("state", N_("State"), words=STATES),
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
    Col("kept", N_("Kept"), INT, wide=True),
    Col("warned", N_("With warnings"), INT, wide=True),
    Col("of_run", N_("Of run"), wide=True),
    Col("expires_at", N_("Kept until"), TIME, wide=True),
    Col("sha256", N_("Checksum"), wide=True),
)
STATE = [column.name for column in COLUMNS].index("state")
CHANGES = (
    Col("kind", N_("What"), words=KINDS),
    Col("key", N_("Which")),
    Col("action", N_("Action"), words=ACTIONS),
    Col("field", N_("Field")),
    Col("before", N_("Before")),
    Col("after", N_("After")),
)
Run = Annotated[str, typer.Argument(metavar="ID", help=N_("Its id, from asta runs list."))]
Changes = Annotated[
    int | None, typer.Option("--changes", metavar="N", min=1, help=N_("The first N changes, instead of how many."))
]
LockWait = Annotated[
    str | None,
    typer.Option("--lock-wait", metavar="60s", help=N_("Wait so long for an import into the same chamber.")),
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
    examples=(
        "asta runs show 0amg3kzfb9pfn",
        "asta runs show 0amg3kzfb9pfn --changes 20 --format json",
        "asta runs show 0amg3kzfb9pfn --report changes.csv",
    ),
)
def show(
    ctx: typer.Context,
    run: Run,
    options: ShowOptions,
    changes: Changes = None,
    report: ReportFile = None,
) -> None:
    """Show a run, or the plan of one that is held."""
    from itertools import chain, islice

    from asta_cli.files.changes import ChangesFile
    from asta_cli.run import reading, views
    from asta_cli.run.change_log import told

    asta = cast("App", ctx.obj)
    with ExitStack() as stack:
        file = stack.enter_context(ChangesFile(report)) if report else None

        def look(tx: Tx) -> tuple[views.Row, list[list[Line]]]:
            found = views.run_shown(tx, views.scope(tx, asta.desk), run)
            if file is not None:
                file.begin()
                for line in chain.from_iterable(told(tx, found.run)):
                    file.write(line)
            return found.row, list(islice(told(tx, found.run), changes + 1)) if changes else []

        row, shown = reading(asta.desk, look)
        if file is not None:
            file.publish()
    if changes is None:
        render.record(asta, COLUMNS, row, options)
        if row[STATE] == "held":
            render.say(
                asta,
                N_("asta runs approve {run} applies this plan; asta runs show {run} --changes 20 shows it"),
                run=row[0],
            )
        return
    _changes(asta, shown, changes, options)


@app.verb(
    "approve",
    N_("Write the plan of a run that a guard held, exactly as it was shown"),
    examples=("asta runs approve 0amg3kzfb9pfn --dry-run", "asta runs approve 0amg3kzfb9pfn"),
)
def approve(
    ctx: typer.Context,
    run: Run,
    change: ChangeOptions,
    orphan_ok: OrphanOk = False,
    lock_wait: LockWait = None,
    report: ReportFile = None,
) -> None:
    """Approve a held run."""
    from asta_cli.intake import answers
    from asta_cli.intake.change_report import change_report

    asta = cast("App", ctx.obj)
    with change_report(report) as told:
        said = answers.Said(orphan_ok=orphan_ok, lock_wait=_seconds(asta, lock_wait), watch=told.watch)
        done = answers.approve(asta.desk, run, said, change.limits())
        told.publish()
    render.finish(asta, done, change)


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
    lock_wait: LockWait = None,
    report: ReportFile = None,
) -> None:
    """Undo a run."""
    from asta_cli.intake import answers
    from asta_cli.intake.change_report import change_report

    asta = cast("App", ctx.obj)
    with change_report(report) as told:
        said = answers.Said(
            lambda: asta.need(reason, _("Reason"), "--reason"), orphan_ok, _seconds(asta, lock_wait), told.watch
        )
        done = answers.undo(asta.desk, run, said, change.limits())
        told.publish()
    render.finish(asta, done, change)


def _seconds(asta: App, text: str | None) -> float:
    """How long to wait for an import into the same chamber."""
    from asta_cli.commands._looking import option
    from asta_cli.core.timeline import read_duration

    waited = option("--lock-wait", text, read_duration, "60s, 10m")
    return asta.settings.import_.lock_wait if waited is None else waited


def _changes(asta: App, shown: list[list[Line]], wanted: int, options: ShowOptions) -> None:
    """The lines of as many changes as *wanted*."""
    rows = [line for found in shown[:wanted] for line in found]
    listing = ListOptions(format="json" if options.format == "json" else "table")
    render.listing(asta, CHANGES, lambda tx: rows, listing)
    if len(shown) > wanted:
        render.say(asta, N_("there are more changes; ask for more with --changes N"))
