"""``asta tokens``: what programs sign in with, for an account and never with more than it may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.listing import DAY, TIME, Col
from asta_cli.cli.options import ChamberOption, ChangeOptions, ListOptions
from asta_cli.core.errors import N_, MissingAnswer, UsageError

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Service tokens, with which programs act for an account."))

STATES = {
    "active": N_("in force"),
    "expired": N_("expired"),
    "ended": N_("revoked"),
    "blocked": N_("account locked"),
}
COLUMNS = (
    Col("token", N_("Token")),
    Col("email", N_("E-mail")),
    Col("state", N_("State"), words=STATES),
    Col("verbs", N_("Commands")),
    Col("companies", N_("Companies (empty: all)")),
    Col("created_at", N_("Created"), TIME, wide=True),
    Col("valid_until", N_("Until"), DAY),
    Col("used_at", N_("Last used"), TIME),
)
Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("What the token is called."))]


class OneEnd(UsageError):
    """A token must expire, on one day."""

    message = N_("until when? --for 90d or --until DAY, not both")
    hint = N_("every token must expire; a new one can be made in time")


@app.verb(
    "create",
    N_(
        "Make a token with which a program acts for your account, and print it once: asta keeps only a hash of it.\n\n"
        "It is good for the commands named, at the companies named and their sites, and for nothing that hands out "
        "power: no tokens, no operators, no administrators, no passwords, no --as. While your account is locked it is "
        "good for nothing."
    ),
    examples=(
        "asta tokens create nightly --for 90d --verb 'perms grant' --verb 'perms revoke' --output nightly.token",
        "asta tokens create report --until 2027-03-31 --verb 'trainees list' --company 0001234",
    ),
)
def create(
    ctx: typer.Context,
    name: Name,
    change: ChangeOptions,
    verb: Annotated[
        list[str] | None,
        typer.Option("--verb", metavar="COMMAND", help=N_("A command that it is for; may be repeated.")),
    ] = None,
    company: Annotated[
        list[str] | None,
        typer.Option("--company", metavar="IDENT", help=N_("Only for this company and its sites; may be repeated.")),
    ] = None,
    chamber: ChamberOption = None,
    duration: Annotated[str | None, typer.Option("--for", metavar="90d", help=N_("How many days it is good."))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help=N_("The last day it is good."))] = None,
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help=N_("Write it to this file, which only you can read."))
    ] = None,
) -> None:
    """Make a token."""
    from asta_cli.commands import _minting

    asta = cast("App", ctx.obj)
    if (duration is None) == (until is None):
        raise OneEnd()
    if not verb:
        raise MissingAnswer(what=_("a command that the token is for"), option="--verb 'perms grant'")
    wanted = _minting.Wanted(name, _minting.verbs(verb), company or (), chamber, _minting.end(asta, duration, until))
    _minting.mint(asta, wanted, output, change)


@app.verb(
    "list",
    N_("List your tokens, never what opens doors: when they end, and when they were used last."),
    examples=("asta tokens list", "asta tokens list --all --format json"),
)
def list_(ctx: typer.Context, listing: ListOptions) -> None:
    """List tokens."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    rows = views.rows(asta.desk, lambda tx, scope: views.tokens(tx, scope, all=listing.all))
    render.listing(asta, COLUMNS, rows, listing)


@app.verb(
    "revoke",
    N_("End a token; the very next command with it is refused."),
    examples=("asta tokens revoke nightly", "asta tokens revoke nightly --account erika.muster@example.com"),
)
def revoke(
    ctx: typer.Context,
    name: Name,
    change: ChangeOptions,
    account: Annotated[
        str | None, typer.Option("--account", metavar="EMAIL", help=N_("Whose token; your own unless you say it."))
    ] = None,
) -> None:
    """End a token."""
    from asta_cli import run
    from asta_cli.addresses import normalise
    from asta_cli.core.fields import read_option
    from asta_cli.core.service_tokens import RevokeTokenPlanner
    from asta_cli.intake.arguments import arguments

    asta = cast("App", ctx.obj)
    email = account or asta.asker.email or asta.need(account, _("the account's e-mail address"), "--account")
    key = read_option("--account", email, normalise, "name@company.example")[1]

    def batches(attempt: run.Attempt) -> list[run.Batch]:
        planner = RevokeTokenPlanner(key, email, asta.asker.name, attempt.run, attempt.now)
        return [run.Batch(planner, [[arguments(name=name)]], kind="tokens")]

    task = run.Task("tokens revoke", batches, target=f"{email} {name}", kind="tokens", single=True)
    render.finish(asta, run.execute(asta.desk, task, change.limits()), change)
