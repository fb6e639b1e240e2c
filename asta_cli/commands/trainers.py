"""``asta trainers``: the trainers of the companies one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import BOOL, DAY, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, CompanyFilter, ListOptions, ShowOptions
from asta_cli.commands._edits import BY_HAND, SET, Assignments, FromFile, edit
from asta_cli.commands._looking import Completeness, show_listing
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Trainers."))

APTITUDE = {
    "aevo": N_("examined (AEVO)"),
    "exempt": N_("exempt"),
    "equivalent": N_("equivalent"),
    "provisional": N_("provisional"),
    "none": N_("none"),
}
COLUMNS = (
    Col("trainer_number", N_("Trainer number")),
    Col("chamber", N_("Chamber"), wide=True),
    Col("company", N_("Company")),
    Col("first_name", N_("First name")),
    Col("last_name", N_("Last name")),
    Col("email", N_("E-mail")),
    Col("aptitude", N_("Aptitude"), words=APTITUDE),
    Col("occupations", N_("Occupations"), wide=True),
    Col("valid_from", N_("From"), DAY, wide=True),
    Col("valid_until", N_("Until"), DAY),
    Col("has_account", N_("Account"), BOOL, alarm="has_account"),
    Col("as_of", N_("As of"), TIME),
    Col("complete", N_("Complete"), BOOL),
)
SHOWN = (*COLUMNS, Col("ended_at", N_("Ended on"), TIME), BY_HAND)


@app.verb(
    "list",
    N_("List the trainers that you may see. ● marks those without a confirmed account."),
    examples=("asta trainers list", "asta trainers list --missing-account --company 0001234"),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    missing_account: Annotated[
        bool, typer.Option("--missing-account", help=N_("Only those without a confirmed account."))
    ] = False,
) -> None:
    """List trainers."""
    from asta_cli.run import views

    where = views.TrainersWhere(
        companies=company or (), chamber=chamber, all=listing.all, missing_account=missing_account
    )
    show_listing(ctx.obj, COLUMNS, lambda tx, scope: views.trainers(tx, scope, where), listing)


@app.verb("show", N_("Show a trainer."), examples=("asta trainers show A-17 --company 0001234",))
def show(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The trainer's number (Ausbildernummer)."))],
    show: ShowOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
) -> None:
    """Show one trainer."""
    from asta_cli.run import views

    asta, where = cast("App", ctx.obj), views.Where(companies=company or (), chamber=chamber, all=True)
    row = views.one(asta.desk, lambda tx, scope: views.trainer(tx, scope, number, where))
    completeness = Completeness(SHOWN)
    list(completeness.watch([row]))
    render.record(asta, SHOWN, row, show)
    completeness.tell(asta)


@app.verb(
    "set",
    SET,
    examples=(
        "asta trainers set A-17 email=k.gross@firma.example --company 0001234",
        "asta trainers set A-17 --from-file valid_until",
    ),
)
def set_(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The trainer's number (Ausbildernummer)."))],
    change: ChangeOptions,
    assignments: Assignments = None,
    from_file: FromFile = None,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
) -> None:
    """Edit one of them by hand."""
    from asta_cli.intake.edits import Edit

    edit(ctx.obj, Edit("trainers", number, assignments or (), from_file or (), company or (), chamber), change)
