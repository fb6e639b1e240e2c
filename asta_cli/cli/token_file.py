"""The service token of a program: in a private file, or the first line of standard input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asta_cli.cli.admission import FilesByName
from asta_cli.cli.private import NotPrivate, read_private
from asta_cli.core.errors import N_, AstaError, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App


class TokenExposed(AstaError):
    """Others could have read the token."""

    code = "token_exposed"
    status = Status.CONFIG
    message = N_("the file of the service token, {path}, is not yours alone")
    hint = N_("only its owner may have access: chmod 600 {path}; and think about whether somebody has read it")


class NoTokenFile(AstaError):
    """The file is not there."""

    code = "token_missing"
    status = Status.CONFIG
    message = N_("the file of the service token, {path}, does not exist")
    hint = N_("check ASTA_TOKEN_FILE or --token-file; asta tokens create NAME makes a token")


def read(app: App, name: str) -> str:
    """The token in the file *name*; ``-`` is the first line of standard input, what follows it stays to be read.

    Raises TokenExposed, NoTokenFile, FilesByName, SecretUnreadable and the like.
    """
    if name == "-":
        from asta_cli.cli import ask

        return ask.secret_from(name)
    if app.locked and app.caller.through_sudo:
        raise FilesByName(option="--token-file", who=app.caller.name)
    try:
        text = read_private(Path(name), given=True)
    except NotPrivate:
        raise TokenExposed(path=name) from None
    if text is None:
        raise NoTokenFile(path=name)
    return text
