"""What the mode of access promises of files: whose they are, and what others may not do with them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asta_cli.core.errors import N_
from asta_cli.settings import paths

if TYPE_CHECKING:
    from asta_cli.cli.context import App

_WRITABLE = N_("chown root:asta {path}; chmod 0640 (a directory: 0750): only root may write there")
_OPEN = N_("give it to the user as which asta runs and close it: chmod go-rwx {path}")


class Broken(NamedTuple):
    """A file that does not keep its promise, as it is now. ``hint`` says what to do."""

    path: Path
    mode: str
    uid: int
    hint: str


def system_file() -> Path:
    """The file that decides for the machine."""
    return paths.SYSTEM_FILE


def broken(app: App) -> Iterator[Broken]:
    """The files that others could read or write, though people must sign in. What is not there (yet) keeps it all."""
    for path, owners, denied, hint in _promises(app):
        try:
            found = os.stat(path)
        except OSError:
            continue
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid not in owners or mode & denied:
            yield Broken(path, f"{mode:04o}", found.st_uid, hint)


def _promises(app: App) -> Iterator[tuple[Path, tuple[int, ...], int, str]]:
    """A file, who may own it, and which rights nobody else may have to it."""
    mine = os.geteuid()
    yield paths.SYSTEM_FILE, (0,), 0o027, _WRITABLE
    yield paths.SYSTEM_FILE.parent, (0,), 0o022, _WRITABLE
    yield paths.state_home(), (mine,), 0o022, _OPEN
    yield paths.state_home() / "sessions", (mine,), 0o077, _OPEN
    if app.store.path is not None:
        yield app.store.path, (mine,), 0o077, _OPEN
        yield app.store.path.parent, (mine, 0), 0o022, _OPEN
