"""The file that holds the token of the user's session: theirs alone, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from asta_cli.cli import outlet
from asta_cli.core.errors import N_, AstaError, Status

_LONGEST = 1024


class SessionExposed(AstaError):
    """Others could have taken the token, or put theirs in its place."""

    code = "session_exposed"
    status = Status.CONFIG
    message = N_("the file of your session, {path}, is not yours alone")
    hint = N_("remove it and sign in again: asta login EMAIL")


def place() -> Path:
    """Where the token lies."""
    from asta_cli.settings.paths import state_home

    return state_home() / "session"


def read() -> str | None:
    """The token, None if nobody is signed in. Raises SessionExposed."""
    path = place()
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError:
        raise SessionExposed(path=path) from None
    with open(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise SessionExposed(path=path)
        return file.read(_LONGEST).decode("ascii", "replace").strip()


def write(token: str) -> None:
    """Keep *token*. Raises what writing files raises."""
    path = place()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with outlet.whole_file(str(path)) as file:
        file.write(f"{token}\n".encode())


def remove() -> None:
    """Forget the token."""
    place().unlink(missing_ok=True)
