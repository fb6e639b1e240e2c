"""``asta login``: sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.commands._passwords import PasswordFile, hasher, password
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()


@app.verb(
    "login",
    N_(
        "Sign in: commands at this terminal then act as this account.\n\n"
        "A session ends an hour after its last use, and after twelve hours."
    ),
    examples=(
        "asta login erika.muster@example.com",
        "asta login erika.muster@example.com --password-file password.txt",
    ),
)
def login(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Address of the account."))],
    password_file: PasswordFile = None,
) -> None:
    """Sign in."""
    from asta_cli.cli import session_file
    from asta_cli.joining import signing

    asta = cast("App", ctx.obj)
    signing.email_key(email)
    session_file.place(asta)  # whoever cannot have a session is told before a password is typed
    secret = password(password_file)
    token, account = signing.sign_in(asta.desk_for, asta.caller.name, email, secret, hasher(asta))
    session_file.write(asta, token)
    render.say(asta, N_("You are signed in as {email}."), email=account.email)
