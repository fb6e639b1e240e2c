"""``asta logout``: sign out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()


@app.verb("logout", N_("Sign out. Nobody being signed in is no error."), examples=("asta logout",))
def logout(ctx: typer.Context) -> None:
    """End the session of this user of the machine."""
    from asta_cli.cli import session_file
    from asta_cli.joining import signing

    asta = cast("App", ctx.obj)
    token = session_file.read(asta)
    email = signing.sign_out(asta.desk_for, asta.caller.name, token) if token else ""
    session_file.remove(asta)
    if email:
        render.say(asta, N_("{email} is signed out."), email=email)
    else:
        render.say(asta, N_("Nobody was signed in."))
