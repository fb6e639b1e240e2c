"""``asta whoami``: who is asking, and what makes them so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.cli.listing import BOOL, TIME, Col
from asta_cli.cli.options import ShowOptions
from asta_cli.commands._holders import ACCOUNT_STATES
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()

VIA = {
    "as": N_("--as or ASTA_AS"),
    "token": N_("service token"),
    "session": N_("session"),
    "operator": N_("this terminal"),
}
COLUMNS = (
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("state", N_("State"), words=ACCOUNT_STATES),
    Col("operator", N_("Operator"), BOOL),
    Col("chambers", N_("Chambers"), words={"all": N_("all chambers")}),
    Col("via", N_("By"), words=VIA),
    Col("os_user", N_("User of the machine")),
    Col("signed_in_until", N_("Signed in until"), TIME),
    Col("stand_in", N_("Acting for it")),
    Col("token", N_("Token")),
    Col("verbs", N_("Commands")),
    Col("token_until", N_("Token until"), TIME),
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
    account, session, token = who.account, who.session, who.token
    office, mandate = who.asker.office, who.asker.mandate
    row = (
        account.email if account else "",
        account.name if account else "",
        account.state.value if account else "",
        who.asker.operator,
        "all" if office.everywhere else ", ".join(sorted(office.chambers)),
        who.via.value,
        who.asker.os_user,
        session.expires_at if session else "",
        mandate.stand_in if mandate else "",
        token.name if token else "",
        ", ".join(sorted(token.verbs)) if token else "",
        token.expires_at if token else "",
    )
    render.record(asta, COLUMNS, row, show)
