"""``asta accounts``: who has an account, and in which state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import TIME, Col
from asta_cli.cli.options import ChamberOption, ListOptions, ShowOptions
from asta_cli.core.errors import N_
from asta_cli.core.model import AccountState

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Accounts: who has one, and in which state."))

STATES = {
    "unconfirmed": N_("unconfirmed"),
    "confirmed": N_("confirmed"),
    "locked": N_("locked"),
    "disabled": N_("disabled"),
}
COLUMNS = (
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("chamber", N_("Chamber")),
    Col("state", N_("State"), words=STATES),
    Col("language", N_("Language")),
    Col("created_at", N_("Registered"), TIME),
    Col("last_sign_in", N_("Last sign-in"), TIME),
    Col("confirmed_at", N_("Confirmed"), TIME, wide=True),
)


@app.verb(
    "list",
    N_("List the accounts. Whoever is not an operator sees their own."),
    examples=("asta accounts list", "asta accounts list --state unconfirmed --format csv"),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    chamber: ChamberOption = None,
    state: Annotated[AccountState | None, typer.Option("--state", help=N_("Only accounts in this state."))] = None,
) -> None:
    """List the accounts."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    where = views.AccountsWhere(chamber=chamber, state=state)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.accounts(tx, scope, where)), listing)


@app.verb("show", N_("Show an account."), examples=("asta accounts show erika.muster@example.com",))
def show(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Address of the account."))],
    show: ShowOptions,
) -> None:
    """Show one account."""
    from asta_cli.joining.signing import email_key
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    key = email_key(email)
    row = views.one(asta.desk, lambda tx, scope: views.account(tx, scope, email, key))
    render.record(asta, COLUMNS, row, show)
