"""``asta exam-periods``: by when trainees have to be registered for an exam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import DAY, INT, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, ListOptions
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Exam periods and their deadlines."))

COLUMNS = (
    Col("chamber", N_("Chamber")),
    Col("period", N_("Exam period")),
    Col("deadline", N_("Deadline"), DAY),
    Col("days_left", N_("Days left"), INT),
)


@app.verb(
    "list",
    N_("List the exam periods of the chambers that concern you. The days left are negative when a deadline is over."),
    examples=("asta exam-periods list",),
)
def list_(ctx: typer.Context, listing: ListOptions, chamber: ChamberOption = None) -> None:
    """List exam periods."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    rows = views.rows(asta.desk, lambda tx, scope: views.exam_periods(tx, scope, chamber))
    render.listing(asta, COLUMNS, rows, listing, ids="period")


@app.verb(
    "set",
    N_("Set the last day on which a trainee can be registered for an exam period."),
    examples=("asta exam-periods set 2027-S --deadline 2027-02-01",),
)
def set_(
    ctx: typer.Context,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help=N_("Such as 2027-S or 'Winter 2026/27'."))],
    change: ChangeOptions,
    deadline: Annotated[str, typer.Option("--deadline", metavar="DAY", help=N_("The last day, inclusive."))],
    chamber: ChamberOption = None,
) -> None:
    """Set a deadline."""
    from asta_cli import run
    from asta_cli.core.exam_periods import ExamPeriodPlanner
    from asta_cli.intake.arguments import arguments
    from asta_cli.run.asking import for_operators

    asta = cast("App", ctx.obj)
    number = asta.chamber(chamber)
    row = arguments(chamber=number, period=period, deadline=deadline)
    task = run.Task(
        "exam-periods set",
        lambda attempt: [run.Batch(ExamPeriodPlanner(attempt.ids), [[row]])],
        target=f"{number} {period}",
        kind="exam-periods",
        chamber=number,
        single=True,
    )
    render.finish(asta, run.execute(asta.desk, for_operators(asta.desk, task), change.limits()), change)
