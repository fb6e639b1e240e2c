"""``asta companies``: companies, and who administers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.listing import BOOL, DAY, INT, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, CompanyFilter, ListOptions, ShowOptions
from asta_cli.commands._edits import BY_HAND, SET, Assignments, FromFile, edit
from asta_cli.commands._holders import HOLDERS, ROLES
from asta_cli.commands._looking import Completeness, option, show_listing
from asta_cli.core.errors import N_, Forbidden
from asta_cli.core.model import Role

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Tx

app = Noun(N_("Companies and who administers them."))

STATUS = {"open": N_("open"), "ended": N_("ended")}
COLUMNS = (
    Col("chamber", N_("Chamber")),
    Col("ident_number", N_("Ident number")),
    Col("name", N_("Name")),
    Col("parent", N_("Head office")),
    Col("city", N_("City")),
    Col("email", N_("E-mail"), wide=True),
    Col("status", N_("Status"), words=STATUS),
    Col("active", N_("Activated"), BOOL),
    Col("as_of", N_("As of"), TIME),
    Col("complete", N_("Complete"), BOOL),
)
SHOWN = (
    *COLUMNS,
    Col("street", N_("Street")),
    Col("postal_code", N_("Postal code")),
    Col("establishment_number", N_("Establishment number")),
    Col("activated_at", N_("Activated on"), TIME),
    Col("transferred_at", N_("Transferred on"), TIME),
    Col("ended_at", N_("Ended on"), TIME),
    Col("sites", N_("Sites"), INT),
    BY_HAND,
)
LACKING = (*COLUMNS, Col("administrators", N_("Administrators"), INT))
ADMINISTRABLE = (
    Col("chamber", N_("Chamber")),
    Col("ident_number", N_("Ident number")),
    Col("name", N_("Name")),
    Col("role", N_("Role"), words=ROLES),
    Col("via", N_("Through")),
    Col("valid_until", N_("Until"), DAY),
)
Ident = Annotated[str, typer.Argument(metavar="IDENT", help=N_("The company, by its Identnummer or CHAMBER:IDENT."))]


class OtherAccount(Forbidden):
    """Only an operator may ask about somebody else."""

    message = N_("{who} may only ask about the own account")
    hint = N_("leave out --account, or ask the chamber")


@app.verb(
    "list",
    N_("List the companies and sites that you may see."),
    examples=(
        "asta companies list",
        "asta companies list --search müller --format csv",
        "asta companies list --not-activated --chamber 177",
    ),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help=N_("Somewhere in number, name or city."))
    ] = None,
    city: Annotated[str | None, typer.Option("--city", metavar="CITY", help=N_("Only in this city."))] = None,
    not_activated: Annotated[
        bool, typer.Option("--not-activated", help=N_("Only those that are not activated yet."))
    ] = False,
) -> None:
    """List companies."""
    from asta_cli.run import views

    where = views.CompaniesWhere(
        companies=company or (), chamber=chamber, all=listing.all, search=search, city=city, not_activated=not_activated
    )
    show_listing(ctx.obj, COLUMNS, lambda tx, scope: views.companies(tx, scope, where), listing, ids="ident_number")


@app.verb(
    "show",
    N_("Show a company."),
    examples=("asta companies show 0001234", "asta companies show 177:0001234 --format json"),
)
def show(ctx: typer.Context, ident: Ident, show: ShowOptions, chamber: ChamberOption = None) -> None:
    """Show one company."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    row = views.one(asta.desk, lambda tx, scope: views.company(tx, scope, ident, chamber))
    render.record(asta, SHOWN, row, show)
    completeness = Completeness(SHOWN)
    list(completeness.watch([row]))
    completeness.tell(asta)


@app.verb(
    "set",
    SET,
    examples=(
        "asta companies set 0001234 city=Dresden postal_code=01067",
        "asta companies set 177:0001234 --from-file email",
    ),
)
def set_(
    ctx: typer.Context,
    ident: Ident,
    change: ChangeOptions,
    assignments: Assignments = None,
    from_file: FromFile = None,
    chamber: ChamberOption = None,
) -> None:
    """Edit one of them by hand."""
    from asta_cli.intake.edits import Edit

    edit(ctx.obj, Edit("companies", ident, assignments or (), from_file or (), chamber=chamber), change)


@app.verb(
    "admins",
    N_("Say who administers a company, also through its head office."),
    examples=("asta companies admins 0001234",),
)
def admins(ctx: typer.Context, ident: Ident, listing: ListOptions, chamber: ChamberOption = None) -> None:
    """List the administrators of one company."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    rows = views.rows(asta.desk, lambda tx, scope: views.admins(tx, scope, ident, chamber=chamber, all=listing.all))
    render.listing(asta, HOLDERS, rows, listing)


@app.verb(
    "without-admin",
    N_("List activated companies without a usable administrator, own or inherited."),
    examples=("asta companies without-admin", "asta companies without-admin --at-most 1 --format csv"),
)
def without_admin(
    ctx: typer.Context,
    listing: ListOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    at_most: Annotated[
        int, typer.Option("--at-most", metavar="N", min=0, help=N_("Also those with so many administrators."))
    ] = 0,
) -> None:
    """List companies that lack an administrator."""
    from asta_cli.run import views

    where = views.Where(companies=company or (), chamber=chamber, all=listing.all)
    show_listing(
        ctx.obj,
        LACKING,
        lambda tx, scope: views.without_administrator(tx, scope, where, at_most),
        listing,
        ids="ident_number",
    )


@app.verb(
    "administrable",
    N_("List the companies that one may administer, and through which grant."),
    examples=(
        "asta --as hr@example.com companies administrable",
        "asta companies administrable --account hr@example.com --role manager",
    ),
)
def administrable(
    ctx: typer.Context,
    listing: ListOptions,
    account: Annotated[
        str | None, typer.Option("--account", metavar="EMAIL", help=N_("Whose companies; your own unless you say it."))
    ] = None,
    role: Annotated[Role, typer.Option("--role", help=N_("Which role they have there."))] = Role.ADMINISTRATOR,
) -> None:
    """List the companies of a person."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    holder, now = _holder(asta, account), asta.now()

    def view(tx: Tx, scope: views.Scope) -> views.Asked:
        return views.administrable(tx, holder, now, role, ended=listing.all)

    count = views.count(asta.desk, view)
    render.listing(asta, ADMINISTRABLE, views.rows(asta.desk, view), listing, ids="ident_number", count=count)


def _holder(asta: App, account: str | None) -> str:
    """The e-mail key of the account asked about. Raises MissingAnswer, BadOption, OtherAccount."""
    from asta_cli.addresses import normalise

    own = asta.asker.email_key
    if own is not None and account is None:
        return own
    email = asta.need(account, _("the account's e-mail address"), "--account")
    found = option("--account", email, normalise, "erika.muster@example.com")
    key = found[1] if found else ""
    if own not in (None, key):
        raise OtherAccount(who=asta.asker.name)
    return key
