"""``asta whoami``: who is asking, and what makes them so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.cli.listing import BOOL, TIME, Col
from asta_cli.cli.options import ShowOptions
from asta_cli.commands.accounts import STATES
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()

COLUMNS = (
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("state", N_("State"), words=STATES),
    Col("operator", N_("Operator"), BOOL),
    Col(
        "via", N_("By"), words={"as": N_("--as or ASTA_AS"), "session": N_("session"), "operator": N_("this terminal")}
    ),
    Col("os_user", N_("User of the machine")),
    Col("signed_in_until", N_("Signed in until"), TIME),
)


@app.verb(
    "whoami",
    N_("Show who is asking: an account, or the operator at this terminal."),
    examples=("asta whoami", "asta --as erika.muster@example.com whoami --format json"),
)
def whoami(ctx: typer.Context, show: ShowOptions) -> None:
    """Show the asker."""
    asta = cast("App", ctx.obj)
    who = asta.who
    account, session = who.account, who.session
    row = (
        account.email if account else "",
        account.name if account else "",
        account.state.value if account else "",
        who.asker.operator,
        who.via.value,
        who.asker.os_user,
        session.expires_at if session else "",
    )
    render.record(asta, COLUMNS, row, show)
