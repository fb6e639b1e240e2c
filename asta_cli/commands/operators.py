"""``asta operators``: who sits at the desk of a chamber."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import BOOL, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, ListOptions, Reason
from asta_cli.core.errors import N_, Forbidden, UsageError

if TYPE_CHECKING:
    from asta_cli import run
    from asta_cli.cli.context import App
    from asta_cli.core.operators import OfficePlanner, Terms

app = Noun(N_("Who is an operator of a chamber, or of every one."))

STATES = {
    "active": N_("in force"),
    "invited": N_("not confirmed"),
    "blocked": N_("account locked"),
    "ended": N_("ended"),
}
COLUMNS = (
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("chamber", N_("Chamber (empty: all)")),
    Col("impersonate", N_("May act as others"), BOOL),
    Col("state", N_("State"), words=STATES),
    Col("added_at", N_("Since"), TIME),
    Col("added_by", N_("By"), wide=True),
    Col("reason", N_("Reason"), wide=True),
    Col("ended_at", N_("Ended"), TIME, wide=True),
)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Address of the account, which need not exist yet."))]
Everywhere = Annotated[bool, typer.Option("--everywhere", help=N_("Of every chamber, also of those to come."))]


class WhichDesk(UsageError):
    """An operator is one of a chamber or of every one; neither is a default."""

    message = N_("of which chamber? --chamber NO or --everywhere, not both")
    hint = N_("an operator of every chamber may do everything, everywhere")


class RootOnly(Forbidden):
    """The first operator is made by whoever runs the machine."""

    code = "root_only"
    message = N_("{what} is for root of this machine")
    hint = N_("log in as root and run asta there; sudo as another user does not do")


@app.verb(
    "add",
    N_(
        "Make somebody operator of a chamber, or of every one. It is in force once their account is confirmed.\n\n"
        "Operators of every chamber may do it, those of a chamber for theirs; nobody for themselves."
    ),
    examples=(
        "asta operators add erika.muster@ihk.example --chamber 177 --reason 'joins the registry'",
        "asta operators add admin@ihk.example --everywhere --impersonate --reason 'IT on call'",
        "asta operators add admin@ihk.example --bootstrap",
    ),
)
def add(
    ctx: typer.Context,
    email: Email,
    change: ChangeOptions,
    chamber: ChamberOption = None,
    everywhere: Everywhere = False,
    impersonate: Annotated[
        bool, typer.Option("--impersonate", help=N_("They may act as accounts of theirs (--as); it goes into the log."))
    ] = False,
    bootstrap: Annotated[
        bool, typer.Option("--bootstrap", help=N_("The first one, of every chamber, made by root of this machine."))
    ] = False,
    reason: Reason = None,
) -> None:
    """Add an operator."""
    from asta_cli.core.operators import AppointPlanner

    asta = cast("App", ctx.obj)
    if bootstrap:
        if not asta.caller.administrator:
            raise RootOnly(what="--bootstrap")
        everywhere, reason = chamber is None, reason or "bootstrap"
    if everywhere == (chamber is not None):
        raise WhichDesk()

    def planner(terms: Terms) -> OfficePlanner:
        return AppointPlanner(terms, impersonate=impersonate or bootstrap, bootstrap=bootstrap)

    _change(asta, "operators add", email, chamber or "", reason, planner, change)


@app.verb(
    "remove",
    N_(
        "End an office: that of a chamber, that of every one, or all that you may end.\n\n"
        "With somebody's last office their service tokens end, too. "
        "Anyone may give up their own."
    ),
    examples=(
        "asta operators remove erika.muster@ihk.example --reason 'left the chamber'",
        "asta operators remove erika.muster@ihk.example --chamber 177 --reason 'other tasks'",
    ),
)
def remove(
    ctx: typer.Context,
    email: Email,
    change: ChangeOptions,
    chamber: ChamberOption = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help=N_("Only the office for every chamber."))] = False,
    reason: Reason = None,
) -> None:
    """Remove an operator."""
    from asta_cli.core.operators import DismissPlanner

    asta = cast("App", ctx.obj)
    if everywhere and chamber is not None:
        raise WhichDesk()
    _change(asta, "operators remove", email, "" if everywhere else chamber, reason, DismissPlanner, change)


@app.verb(
    "list",
    N_("List the operators of your chambers."),
    examples=("asta operators list", "asta operators list --all --format csv"),
)
def list_(ctx: typer.Context, listing: ListOptions) -> None:
    """List operators."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    rows = views.rows(asta.desk, lambda tx, scope: views.operators(tx, scope, all=listing.all))
    render.listing(asta, COLUMNS, rows, listing)


def _change(
    asta: App,
    command: str,
    email: str,
    chamber: str | None,
    reason: str | None,
    planner: Callable[[Terms], OfficePlanner],
    change: ChangeOptions,
) -> None:
    """Change who is an operator: *chamber* is "" for every one, None for all that the asker may decide about."""
    from asta_cli import run
    from asta_cli.addresses import normalise
    from asta_cli.cli.i18n import _
    from asta_cli.core.operators import Terms
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import clean_reason
    from asta_cli.run.asking import for_operators

    row = arguments(email=email, chamber=chamber)
    why = clean_reason(asta.need(reason, _("Reason"), "--reason") if asta.asker.operator else reason) or ""

    def batches(attempt: run.Attempt) -> list[run.Batch]:
        terms = Terms(attempt.run, attempt.now, attempt.ids, normalise, asta.asker.name, why)
        return [run.Batch(planner(terms), [[row]], kind="operators")]

    task = run.Task(command, batches, target=email, kind="operators", single=True)
    render.finish(asta, run.execute(asta.desk, for_operators(asta.desk, task), change.limits()), change)
