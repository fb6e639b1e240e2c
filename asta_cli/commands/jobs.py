"""``asta jobs``: work that waits to be done, such as transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ChamberOption, CompanyFilter, ListOptions
from asta_cli.commands._loop import Once, work
from asta_cli.core.errors import N_, TryLater
from asta_cli.core.model import JobState

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Work waiting to be done, such as transfers."))

KINDS = {"transfer": N_("transfer")}
STATES = {
    JobState.QUEUED.value: N_("waiting"),
    JobState.RUNNING.value: N_("running"),
    JobState.DONE.value: N_("done"),
    JobState.FAILED.value: N_("failed"),
}
COLUMNS = (
    Col("job", N_("Job"), wide=True),
    Col("kind", N_("Kind"), words=KINDS),
    Col("company", N_("Company")),
    Col("state", N_("State"), words=STATES),
    Col("attempts", N_("Attempts"), INT),
    Col("progress", N_("Progress %"), INT),
    Col("queued_at", N_("Queued"), TIME),
    Col("finished_at", N_("Finished"), TIME),
    Col("error", N_("Error")),
    Col("chamber", N_("Chamber"), wide=True),
    Col("due_at", N_("Due"), TIME, wide=True),
)


class JobsPutOff(TryLater):
    """Some jobs could not be done now."""

    code = "jobs_put_off"
    message = N_("jobs put off: {later}, given up: {failed} ({error})")
    hint = N_("asta jobs list shows them; they are tried again by themselves")


class JobsGivenUp(JobsPutOff):
    """Some jobs have failed for too long."""

    code = "jobs_given_up"
    hint = N_("asta jobs list --state failed shows them; when the cause is mended: asta jobs work --once --failed")


@app.verb(
    "list",
    N_("List the jobs and how far they are."),
    examples=("asta jobs list", "asta jobs list --state queued --format json"),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    state: Annotated[JobState | None, typer.Option("--state", help=N_("Only jobs in this state."))] = None,
) -> None:
    """List the jobs."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    where = views.JobsWhere(companies=company or (), chamber=chamber, state=state)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.jobs(tx, scope, where)), listing)


@app.verb(
    "work",
    N_(
        "Do the jobs that are due, and go on until stopped.\n\n"
        "A transfer reads the files in ASTA_REGISTER_SOURCE; without it the company is complete as of the last import. "
        "What fails is tried again later, after longer and longer pauses, for a week."
    ),
    examples=("asta jobs work --once", "asta jobs work --once --failed", "asta jobs work"),
)
def work_(
    ctx: typer.Context,
    once: Once = False,
    failed: Annotated[bool, typer.Option("--failed", help=N_("Try again what was given up, too."))] = False,
) -> None:
    """Work off the jobs."""
    from asta_cli.run.queues import operators_only, revive_jobs

    asta = cast("App", ctx.obj)
    operators_only(asta.desk, "jobs work")
    if failed:
        revive_jobs(asta.desk)
    work(asta, lambda: _round(asta), once=once)


def _round(asta: App) -> None:
    from asta_cli.cli import progress
    from asta_cli.cli.i18n import ngettext
    from asta_cli.jobs import work_once

    with progress.shown(asta, asta.desk.progress):
        tally = work_once(asta.desk, asta.register, remind_days=asta.settings.perms.remind_days)
    if tally.reminded:
        text = ngettext(
            "reminded of one permission that ends soon",
            "reminded of {count} permissions that end soon",
            tally.reminded,
        )
        render.say(asta, text, count=tally.reminded)
    if tally.done:
        render.say(asta, ngettext("one job done", "{count} jobs done", tally.done), count=tally.done)
    if tally.later or tally.failed:
        raise (JobsGivenUp if tally.failed else JobsPutOff)(later=tally.later, failed=tally.failed, error=tally.error)
