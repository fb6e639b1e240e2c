"""Passwords as commands take them: typed at a terminal, or the first line of a file; never on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from asta_cli.cli.i18n import _
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.credentials.hashing import Hasher

OPTION = "--password-file"
PasswordFile = Annotated[
    str | None,
    typer.Option(OPTION, metavar="FILE", help=N_("The password is the first line of this file; - is standard input.")),
]


def hasher(asta: App) -> Hasher:
    """What hashes passwords, at the cost that the settings name."""
    from asta_cli.credentials.hashing import Hasher

    cost = asta.settings.password
    return Hasher(cost.argon2_memory_kib, cost.argon2_passes, cost.argon2_lanes)


def password(file: str | None) -> str:
    """The password of somebody who has one. Raises MissingAnswer where nobody can be asked."""
    from asta_cli.cli import ask

    return ask.secret_from(file) if file else ask.secret(_("Password"), option=OPTION)


def new_password(file: str | None) -> str:
    """A password chosen now, typed twice at a terminal. Raises MissingAnswer where nobody can be asked."""
    from asta_cli.cli import ask

    return ask.secret_from(file) if file else ask.secret(_("New password"), repeat=True, option=OPTION)


def chosen_later(file: str | None) -> str | None:
    """A password chosen now, or None: nobody can be asked, or nothing was typed."""
    from asta_cli.cli import ask

    if file:
        return ask.secret_from(file)
    if not ask.interactive():
        return None
    return ask.secret(_("Password (empty: choose it later)"), repeat=True) or None
