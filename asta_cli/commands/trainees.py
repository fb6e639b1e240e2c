"""``asta trainees``: trainees, whether they have an account, and how many days are left.

Reading them is logged before anything is shown (DSGVO Art. 5 (2)): what cannot be logged is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import BOOL, DAY, INT, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, CompanyFilter, ListOptions, ShowOptions
from asta_cli.commands._edits import BY_HAND, SET, Assignments, FromFile, edit
from asta_cli.commands._looking import Completeness, option, show_listing
from asta_cli.core import fields
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Trainees, their accounts and the days left."))

ACCOUNT = {
    "none": N_("no account"),
    "code_issued": N_("code issued"),
    "registered": N_("registered"),
    "active": N_("active"),
    "locked": N_("locked"),
    "closed": N_("closed"),
}
KINDS = {"trainee": N_("trainee"), "retrainee": N_("retrainee")}
COLUMNS = (
    Col("trainee_number", N_("Trainee number")),
    Col("chamber", N_("Chamber"), wide=True),
    Col("company", N_("Company")),
    Col("first_name", N_("First name")),
    Col("last_name", N_("Last name"), vital=True),
    Col("occupation", N_("Occupation")),
    Col("specialisation", N_("Specialisation"), wide=True),
    Col("contract_start", N_("Contract from"), DAY, wide=True),
    Col("contract_end", N_("Contract until"), DAY),
    Col("terminated_on", N_("Terminated on"), DAY, wide=True),
    Col("exam_period", N_("Exam period")),
    Col("trainer_number", N_("Trainer number"), wide=True),
    Col("account_status", N_("Account"), words=ACCOUNT, alarm="has_account"),
    Col("has_account", N_("Has account"), BOOL, wide=True),
    Col("days_left", N_("Days left"), INT, vital=True),
    Col("as_of", N_("As of"), TIME),
    Col("complete", N_("Complete"), BOOL, wide=True),
)
SHOWN = (
    *COLUMNS,
    Col("kind", N_("Kind"), words=KINDS),
    Col("email", N_("E-mail")),
    Col("birth_date", N_("Date of birth"), DAY),
    Col("ended_at", N_("Ended on"), TIME),
    BY_HAND,
)


@app.verb(
    "list",
    N_(
        "List the trainees that you may see. ● marks those without an active account of the Azubi-Infocenter. The days"
        " left are counted to the deadline of the exam period; they are negative when it is over."
    ),
    examples=(
        "asta trainees list",
        "asta trainees list --missing-account --exam-period 2027-S --sort days_left",
        "asta trainees list --company 0001234 --format csv --output trainees.csv",
    ),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    missing_account: Annotated[
        bool, typer.Option("--missing-account", help=N_("Only those without an active account."))
    ] = False,
    exam_period: Annotated[
        str | None,
        typer.Option("--exam-period", metavar="PERIOD", help=N_("Only of this exam period, such as 2027-S.")),
    ] = None,
    trainer: Annotated[
        str | None, typer.Option("--trainer", metavar="NUMBER", help=N_("Only those of this trainer."))
    ] = None,
    ending_before: Annotated[
        str | None,
        typer.Option("--ending-before", metavar="DAY", help=N_("Only if training ends before this day.")),
    ] = None,
) -> None:
    """List trainees."""
    from asta_cli.run import views

    where = views.TraineesWhere(
        companies=company or (),
        chamber=chamber,
        all=listing.all,
        missing_account=missing_account,
        exam_period=option("--exam-period", exam_period, fields.exam_period, "2027-S, 2026-W"),
        trainer=trainer,
        ending_before=option("--ending-before", ending_before, fields.read_date, "2027-07-31"),
    )
    asta = cast("App", ctx.obj)
    show_listing(
        asta,
        COLUMNS,
        lambda tx, scope: views.trainees(tx, scope, where),
        listing,
        before=lambda count: _log(asta, "trainees list", where.words(), count),
    )


@app.verb("show", N_("Show a trainee."), examples=("asta trainees show T-4711",))
def show(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The trainee's number (Azubinummer)."))],
    show: ShowOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
) -> None:
    """Show one trainee."""
    from asta_cli.run import views

    asta, where = cast("App", ctx.obj), views.Where(companies=company or (), chamber=chamber, all=True)
    row = views.one(asta.desk, lambda tx, scope: views.trainee(tx, scope, number, where))
    _log(asta, "trainees show", f"{row[1]}:{row[0]}", 1)
    completeness = Completeness(SHOWN)
    list(completeness.watch([row]))
    render.record(asta, SHOWN, row, show)
    completeness.tell(asta)


@app.verb(
    "set",
    SET,
    examples=(
        "asta trainees set T-4711 terminated_on=2027-03-31",
        "asta trainees set T-4711 exam_period=2027-W --dry-run",
        "asta trainees set 177:T-4711 --from-file account_status",
    ),
)
def set_(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The trainee's number (Azubinummer)."))],
    change: ChangeOptions,
    assignments: Assignments = None,
    from_file: FromFile = None,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
) -> None:
    """Edit one of them by hand."""
    from asta_cli.intake.edits import Edit

    edit(ctx.obj, Edit("trainees", number, assignments or (), from_file or (), company or (), chamber), change)


def _log(asta: App, action: str, target: str, rows: int) -> None:
    from asta_cli import run

    run.note(asta.desk, action, "ok", target, rows=rows)
