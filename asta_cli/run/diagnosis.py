"""What ``asta doctor`` asks the database, one question at a time, so that one that fails does not hide the others."""

from __future__ import annotations

from asta_cli.run import Desk
from asta_cli.store import diagnosis
from asta_cli.store.db import Store
from asta_cli.store.diagnosis import STUBBORN, Backlog
from asta_cli.store.health import info

__all__ = ["STUBBORN", "Backlog", "backlog", "files_of", "info", "server_time"]


def backlog(desk: Desk, before: str) -> Backlog:
    """What waits; what has been due since *before* waits too long."""
    with desk.store.read() as tx:
        return diagnosis.backlog(tx, before)


def files_of(desk: Desk, command: str) -> list[str]:
    """The files that runs of *command* have named."""
    with desk.store.read() as tx:
        return diagnosis.files_of(tx, command)


def server_time(store: Store) -> str | None:
    """The time of the database server; None for an embedded one."""
    with store.read() as tx:
        return diagnosis.server_time(tx)
