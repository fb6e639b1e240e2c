"""The file that holds the token of the caller's session: private, written whole or not at all.

Where everybody runs asta as themselves it lies in their own home. Where asta is one user for all of them it lies in the
home of that user, under the number of whoever called.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asta_cli.cli import outlet
from asta_cli.cli.private import NotPrivate, make_private, read_private
from asta_cli.core.errors import N_, AstaError, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App


class SessionExposed(AstaError):
    """Others could have taken the token, or put theirs in its place."""

    code = "session_exposed"
    status = Status.CONFIG
    message = N_("the file of your session, {path}, is not yours alone")
    hint = N_("remove it and sign in again: asta login EMAIL")


class NobodyToSignIn(AstaError):
    """The system user is no person: several could come as it, and would share what one signed in."""

    code = "not_through_sudo"
    status = Status.FORBIDDEN
    message = N_("{user} is the user of asta itself and cannot sign in")
    hint = N_("sign in as yourself, through sudo; a program gives --token-file")


def place(app: App) -> Path:
    """Where the token lies. Raises NobodyToSignIn, ConfigError."""
    from asta_cli.settings.paths import state_home

    if not app.locked:
        return state_home() / "session"
    caller = app.caller
    if caller.system:
        raise NobodyToSignIn(user=caller.name)
    return state_home() / "sessions" / str(caller.uid)


def read(app: App) -> str | None:
    """The token, None if nobody is signed in. Raises SessionExposed, ConfigError."""
    try:
        path = place(app)
    except NobodyToSignIn:
        return None
    try:
        if app.locked and path.parent.exists():
            make_private(path.parent)
        return read_private(path)
    except NotPrivate:
        raise SessionExposed(path=path) from None


def write(app: App, token: str) -> None:
    """Keep *token*. Raises NobodyToSignIn, SessionExposed, and what writing files raises."""
    path = place(app)
    try:
        make_private(path.parent)
    except NotPrivate:
        raise SessionExposed(path=path) from None
    if path.is_symlink():
        path.unlink()  # in a directory of our own nobody has any business with a link
    with outlet.whole_file(str(path)) as file:
        file.write(f"{token}\n".encode())


def remove(app: App) -> None:
    """Forget the token."""
    place(app).unlink(missing_ok=True)
