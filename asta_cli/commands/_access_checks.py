"""What ``asta doctor`` says about who may use this installation, and whether the files hold what the mode promises."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asta_cli.core.errors import N_, Status
from asta_cli.settings import paths

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.commands._checks import Finding


class _Promise(NamedTuple):
    """Who must own *path*, and which rights nobody else may have to it."""

    path: Path
    owners: tuple[int, ...]
    denied: int
    hint: str


_WRITABLE = N_("chown root:asta {path}; chmod 0640 (a directory: 0750): only root may write there")
_OPEN = N_("give it to the user as which asta runs and close it: chmod go-rwx {path}")


def access(asta: App) -> Iterator[Finding]:
    """Which mode is on, and every file that does not hold what it promises."""
    from asta_cli.commands._checks import NOTE, OK, WARNING, Finding

    if not asta.must_sign_in:
        yield Finding(
            "access",
            NOTE,
            N_("access.mode is trusted: whoever can open the database and its key could do anything with it"),
            N_("who may act as operator is decided by who may read those files or knows the password of the database"),
        )
        return
    if not asta.locked:
        yield Finding(
            "access",
            WARNING,
            N_("access.mode is signed-in, but not in {file}: whoever calls asta could give other settings"),
            N_("on a shared machine it belongs into that file"),
            {"file": paths.SYSTEM_FILE},
        )
        return
    broken = list(_broken(asta))
    yield from broken
    if not broken:
        yield Finding(
            "access", OK, N_("people sign in; all settings come from {file}"), "", {"file": paths.SYSTEM_FILE}
        )


def _broken(asta: App) -> Iterator[Finding]:
    from asta_cli.commands._checks import ERROR, Finding

    for promise in _promises(asta):
        try:
            found = os.stat(promise.path)
        except OSError:
            continue  # not there (yet): it is made as it should be
        if found.st_uid in promise.owners and not stat.S_IMODE(found.st_mode) & promise.denied:
            continue
        fields = {"path": promise.path, "mode": f"{stat.S_IMODE(found.st_mode):04o}", "uid": found.st_uid}
        text = N_("{path} (mode {mode}, user {uid}) is not closed to others")
        yield Finding("access", ERROR, text, promise.hint, fields, Status.CONFIG)


def _promises(asta: App) -> Iterator[_Promise]:
    mine = os.geteuid()
    yield _Promise(paths.SYSTEM_FILE, (0,), 0o027, _WRITABLE)
    yield _Promise(paths.SYSTEM_FILE.parent, (0,), 0o022, _WRITABLE)
    yield _Promise(paths.state_home(), (mine,), 0o022, _OPEN)
    yield _Promise(paths.state_home() / "sessions", (mine,), 0o077, _OPEN)
    if asta.store.path is not None:
        yield _Promise(asta.store.path, (mine,), 0o077, _OPEN)
        yield _Promise(asta.store.path.parent, (mine, 0), 0o022, _OPEN)
