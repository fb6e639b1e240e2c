"""``asta perms check``, ``list`` and ``who``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.options import At, ChamberOption, CompanyFilter, ListOptions, ShowOptions
from asta_cli.commands._perms_set import RoleOption
from asta_cli.core.errors import N_, Status
from asta_cli.core.model import Permission

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Tx

YES, NO = "yes", "no"  # the contract's words: scripts compare them, so they are not translated


def check(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Who."))],
    permission: Annotated[Permission, typer.Argument(metavar="PERMISSION", help=N_("May do what."))],
    company: Annotated[str, typer.Argument(metavar="COMPANY", help=N_("Where."))],
    show: ShowOptions,
    chamber: ChamberOption = None,
    at: At = None,
) -> None:
    """Exit 0 for yes, 1 for no."""
    from asta_cli.intake.explaining import Asked, may

    asta = cast("App", ctx.obj)
    moment = asta.moment(at)
    asked = Asked(email, company, chamber, moment if at else None, asta.settings.chamber)
    found, allowed = may(asta.desk, asked, permission)
    if show.format == "json":
        from asta_cli.commands._holders import CHECK

        row = (email.strip(), permission.value, found.chamber, found.ident_number, moment, allowed)
        render.record(asta, CHECK, row, show)
    else:
        render.answer(asta, YES if allowed else NO)
    raise typer.Exit(Status.OK if allowed else Status.NO)


def list_(
    ctx: typer.Context,
    listing: ListOptions,
    account: Annotated[
        str | None, typer.Option("--account", metavar="EMAIL", help=N_("Only those of this person."))
    ] = None,
    role: RoleOption = None,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    expiring: Annotated[
        str | None, typer.Option("--expiring", metavar="30d", help=N_("Only those that end within this time."))
    ] = None,
    invited: Annotated[
        bool, typer.Option("--invited", help=N_("Only those whose address is not confirmed yet."))
    ] = False,
    at: At = None,
) -> None:
    """List grants; with --company those that the company itself carries."""
    from asta_cli.commands._holders import GRANTS
    from asta_cli.commands._looking import option
    from asta_cli.core import timeline
    from asta_cli.joining.signing import email_key
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    where = views.GrantsWhere(
        account=option("--account", account, email_key, "name@company.example"),
        role=role,
        companies=company or (),
        chamber=chamber,
        expiring=option("--expiring", expiring, timeline.read_duration, "30d"),
        invited=invited,
        all=listing.all,
    )
    moment = asta.moment(at) if at else None
    rows = views.rows(asta.desk, lambda tx, scope: views.grants(tx, scope, where, moment))
    render.listing(asta, GRANTS, rows, listing)


def who(
    ctx: typer.Context,
    company: Annotated[str, typer.Argument(metavar="COMPANY", help=N_("Where."))],
    listing: ListOptions,
    permission: Annotated[
        Permission | None, typer.Argument(metavar="PERMISSION", help=N_("May do what; anything if left out."))
    ] = None,
    chamber: ChamberOption = None,
    at: At = None,
) -> None:
    """List the people with a permission, inherited ones too."""
    from asta_cli.commands._holders import HOLDERS
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    moment = asta.moment(at) if at else None

    def view(tx: Tx, scope: views.Scope) -> views.View:
        return views.who(tx, scope, company, permission, chamber=chamber, at=moment, all=listing.all)

    render.listing(asta, HOLDERS, views.rows(asta.desk, view), listing)
