"""``asta confirm``: confirm an address with the token of its mail, or have that mail sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from asta_cli.cli.command import Single
from asta_cli.cli.options import ShowOptions
from asta_cli.commands._single import done
from asta_cli.core.errors import N_, MissingAnswer, UsageError
from asta_cli.core.links import Found

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.joining.registering import Confirmed

app = Single()

RESENT = {
    None: N_("If {email} still has to be confirmed, a new message is on its way there."),
    Found.UNCONFIRMED: N_("A new message is on its way to {email}."),
    Found.CONFIRMED: N_("{email} is confirmed already; nothing was sent."),
    Found.BLOCKED: N_("{email} is locked or disabled; nothing was sent."),
}
CONFIRMED = N_("{email} is confirmed. Sign in with: asta login {email}")
WITHOUT_PASSWORD = N_("{email} is confirmed. Now choose a password: asta password reset {email}")
ALREADY = N_("{email} was confirmed already; there is nothing to do.")
MOVED = N_("{email} is the address of the account from now on. Sign in with: asta login {email}")


class TokenOrAddress(UsageError):
    """Both, where one is meant."""

    message = N_("give either a token or --resend")
    hint = N_("asta confirm TOKEN confirms, asta confirm --resend EMAIL sends a new message")


@app.verb(
    "confirm",
    N_(
        "Confirm an e-mail address. Doing it again does no harm.\n\n"
        "It signs nobody in and needs no password. The new address of an account is confirmed in the same way."
    ),
    examples=(
        "asta confirm 05xk9c4t…",
        "asta confirm - < token.txt",
        "asta confirm --resend erika.muster@example.com",
    ),
)
def confirm(
    ctx: typer.Context,
    show: ShowOptions,
    token: Annotated[
        str | None,
        typer.Argument(metavar="TOKEN", help=N_("The token of the message; - reads it from standard input.")),
    ] = None,
    resend: Annotated[
        str | None, typer.Option("--resend", metavar="EMAIL", help=N_("Send a new message to this address."))
    ] = None,
) -> None:
    """Confirm or resend."""
    asta = cast("App", ctx.obj)
    if token and resend:
        raise TokenOrAddress()
    if resend:
        _resend(asta, resend, show)
    if not token:
        raise MissingAnswer(what="TOKEN", option="asta confirm TOKEN")
    _confirm(asta, token, show)


def _confirm(asta: App, token: str, show: ShowOptions) -> NoReturn:
    from asta_cli.cli import ask
    from asta_cli.joining import registering

    text = ask.secret_from("-") if token == "-" else token  # noqa: S105 - a dash is no secret
    confirmed = registering.confirm(asta.desk_for, asta.caller.name, text)
    done(asta, confirmed.report, show.format, _said(confirmed), {"email": confirmed.email}, email=confirmed.email)


def _said(confirmed: Confirmed) -> str:
    if confirmed.already:
        return ALREADY
    if confirmed.moved and confirmed.has_password:
        return MOVED
    return CONFIRMED if confirmed.has_password else WITHOUT_PASSWORD


def _resend(asta: App, email: str, show: ShowOptions) -> NoReturn:
    from asta_cli.core.links import ResendPlanner
    from asta_cli.core.plan import Limits
    from asta_cli.joining import registering

    answer = registering.mail_link(asta.desk, "confirm --resend", email, ResendPlanner, tell=True, limits=Limits())
    done(asta, answer.report, show.format, RESENT.get(answer.found, ""), {"email": email}, email=email)
