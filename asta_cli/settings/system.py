"""Whether this machine belongs to an installation in which people sign in: its file says so, and only that file.

Asked by every command, so nothing but the file is read, without pydantic, and no variable or option can point
elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from asta_cli.settings import errors, paths

MODES = TRUSTED, SIGNED_IN = "trusted", "signed-in"
FREE = frozenset({"ASTA_LANG", "ASTA_CHAMBER"})
"""The variables that everybody may set, whatever the machine's file says."""


def locked() -> bool:
    """Whether the machine's file asks people to sign in. A file that is there and cannot be read is an error.

    Raises UnreadableFile, BadToml, NotAmongChoices.
    """
    mode = _access().get("mode", TRUSTED)
    if mode not in MODES:
        raise errors.NotAmongChoices(where=paths.SYSTEM_FILE, name="access.mode", choices=", ".join(MODES))
    return bool(mode == SIGNED_IN)


def system_user() -> str:
    """The user as which asta runs on this machine, by the same file."""
    return str(_access().get("system_user", "asta"))


def only_here(config: bool, database: str | None, environ: Mapping[str, str]) -> None:
    """Raise OnlyHere if the caller brings settings: ``--config``, ``--database``, or a variable not in `FREE`."""
    given = [("--config", config), ("--database", database is not None)]
    # In whatever case: the library that reads the environment does not mind it.
    given += [(name, True) for name in sorted(environ) if name.upper().startswith("ASTA_") and name not in FREE]
    for where, is_given in given:
        if is_given:
            raise errors.OnlyHere(where=where, file=paths.SYSTEM_FILE)


def _access() -> Mapping[str, Any]:
    file = paths.SYSTEM_FILE
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise errors.UnreadableFile(file=file, reason=os.strerror(error.errno or 0)) from None
    import tomllib

    try:
        access = tomllib.loads(content.decode()).get("access", {})
    except ValueError:
        raise errors.BadToml(file=file, place="") from None
    if not isinstance(access, dict):
        raise errors.NoTable(where=file, name="access")
    return access
