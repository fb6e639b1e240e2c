"""``asta accounts list``, ``show`` and ``duplicates``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ChamberOption, ListOptions, ShowOptions
from asta_cli.commands._holders import ACCOUNT_STATES
from asta_cli.core.errors import N_
from asta_cli.core.model import AccountState

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Tx

COLUMNS = (
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("chamber", N_("Chamber")),
    Col("state", N_("State"), words=ACCOUNT_STATES),
    Col("language", N_("Language")),
    Col("created_at", N_("Registered"), TIME),
    Col("last_sign_in", N_("Last sign-in"), TIME),
    Col("confirmed_at", N_("Confirmed"), TIME, wide=True),
)

SHOWN = (
    *COLUMNS,
    Col("state_since", N_("Decided"), TIME),
    Col("state_reason", N_("Reason")),
    Col("new_email", N_("New address, not confirmed yet")),
    Col("grants", N_("Permissions"), INT),
    Col("sessions", N_("Sessions"), INT),
)
LIKENESS = (
    Col("group", N_("Group"), INT),
    Col("reason", N_("Alike by")),
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("chamber", N_("Chamber")),
    Col("state", N_("State"), words=ACCOUNT_STATES),
    Col("grants", N_("Permissions"), INT),
    Col("created_at", N_("Registered"), TIME),
    Col("last_sign_in", N_("Last sign-in"), TIME),
)
Address = Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Address of the account."))]


def list_(
    ctx: typer.Context,
    listing: ListOptions,
    chamber: ChamberOption = None,
    state: Annotated[AccountState | None, typer.Option("--state", help=N_("Only accounts in this state."))] = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help=N_("Somewhere in address or name."))
    ] = None,
) -> None:
    """List the accounts."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    where = views.AccountsWhere(chamber=chamber, state=state, search=search)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.accounts(tx, scope, where)), listing)


def show(ctx: typer.Context, email: Address, show: ShowOptions) -> None:
    """Show one account."""
    from asta_cli.joining.signing import email_key
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    key = email_key(email)
    row = views.one(asta.desk, lambda tx, scope: views.account(tx, scope, email, key))
    render.record(asta, SHOWN, row, show)


def duplicates(ctx: typer.Context, listing: ListOptions, chamber: ChamberOption = None) -> None:
    """List probable duplicates; disabled accounts with --all."""
    from asta_cli.run import views

    def view(tx: Tx, scope: views.Scope) -> views.Listed:
        return views.duplicates(tx, scope, chamber, all=listing.all)

    asta = cast("App", ctx.obj)
    count = views.count(asta.desk, view)
    render.listing(asta, LIKENESS, views.rows(asta.desk, view), listing, ids="email", count=count)
