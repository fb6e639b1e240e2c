"""What an operator should know of a database that works: what waits too long, and whose clock is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from asta_cli.core.model import JobState, MailState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx

STUBBORN = 5
"""Attempts after which it is not bad luck any more."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Numbers of mails and jobs: waiting at all, waiting too long, given up; and jobs that fail again and again."""

    mails: int
    late_mails: int
    failed_mails: int
    jobs: int
    late_jobs: int
    failed_jobs: int
    stubborn_jobs: int


def backlog(tx: Tx, before: str) -> Backlog:
    """What waits; what has been due since *before* waits too long."""
    m, j = t.mail.c, t.job.c
    waiting = m.state == MailState.QUEUED.value
    unfinished = j.state.in_((JobState.QUEUED.value, JobState.RUNNING.value))
    unclaimed = or_(j.lease_until.is_(None), j.lease_until <= before)
    return Backlog(
        mails=_count(tx, waiting),
        late_mails=_count(tx, and_(waiting, m.due_at < before)),
        failed_mails=_count(tx, m.state == MailState.FAILED.value),
        jobs=_count(tx, unfinished),
        late_jobs=_count(tx, and_(unfinished, unclaimed, j.due_at < before)),
        failed_jobs=_count(tx, j.state == JobState.FAILED.value),
        stubborn_jobs=_count(tx, and_(unfinished, j.attempts >= STUBBORN)),
    )


def files_of(tx: Tx, command: str) -> list[str]:
    """The files that runs of *command* have named."""
    c = t.run.c
    found = tx.execute(select(c.file).distinct().where(c.command == command, c.file.is_not(None)))
    return sorted(str(row[0]) for row in found)


def server_time(tx: Tx) -> str | None:
    """The time of the database server, RFC 3339 UTC; None for an embedded database, which has no clock of its own."""
    if tx.dialect == "sqlite":
        return None
    query = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    return str(tx.driver(query).scalar_one())


def _count(tx: Tx, condition: ColumnElement[Any]) -> int:
    return int(tx.execute(select(func.count()).where(condition)).scalar_one())
