"""Claiming and settling of mails and jobs, each in a short transaction of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from asta_cli.core import timeline
from asta_cli.core.errors import OperatorsOnly
from asta_cli.core.model import JobState, MailKind, MailState
from asta_cli.core.transfers import ClaimedJob
from asta_cli.run import Desk, reading
from asta_cli.store import queues, truth
from asta_cli.store.db import Tx
from asta_cli.store.queues import ClaimedMail

__all__ = ["ClaimedJob", "ClaimedMail"]
T = TypeVar("T")


def operators_only(desk: Desk, what: str) -> None:
    """Raise OperatorsOnly unless the asker is an operator of every chamber: the queues are shared by all."""
    if not desk.asker.office.everywhere:
        raise OperatorsOnly(who=desk.asker.name, what=what)


def claim_mail(desk: Desk, lease: int) -> ClaimedMail | None:
    """The next message that is due, ours for *lease* seconds."""
    now = desk.now()
    return _write(desk, lambda tx: queues.claim_mail(tx, now, timeline.plus(now, lease)))


def settle_mail(desk: Desk, mail: ClaimedMail, state: MailState, *, due_at: str | None, error: str | None) -> None:
    """Write what became of *mail*."""
    now = desk.now()
    _write(desk, lambda tx: queues.settle_mail(tx, mail, state, now=now, due_at=due_at, error=error))


def still_true(desk: Desk, mail: ClaimedMail) -> Mapping[str, Any] | None:
    """What *mail* tells, as far as it is still true; None if nothing of it is."""
    params, now = json.loads(mail.params), desk.now()
    return reading(desk, lambda tx: truth.still_true(tx, MailKind(mail.kind), params, now))


def claim_job(desk: Desk, lease: int, only: int | None = None) -> ClaimedJob | None:
    """The next job that is due (or that one, if it is), ours for *lease* seconds."""
    now = desk.now()
    return _write(desk, lambda tx: queues.claim_job(tx, now, timeline.plus(now, lease), only))


def put_off_job(desk: Desk, job: ClaimedJob, seconds: int, error: str) -> None:
    """Leave *job* for later, because of *error*, a short code."""
    due_at = timeline.plus(desk.now(), seconds)
    _write(desk, lambda tx: queues.put_off_job(tx, job, due_at=due_at, error=error))


def fail_job(desk: Desk, job: ClaimedJob, error: str) -> None:
    """Give *job* up for good."""
    now = desk.now()
    _write(desk, lambda tx: queues.fail_job(tx, job, now=now, error=error))


def revive_jobs(desk: Desk) -> int:
    """Put every job that was given up back into the queue, as if it were new; how many there were."""
    now = desk.now()
    return _write(desk, lambda tx: queues.revive_jobs(tx, now))


def job_progress(desk: Desk, job: ClaimedJob, percent: int, lease: int) -> None:
    """Say how far *job* is."""
    until = timeline.plus(desk.now(), lease)
    _write(desk, lambda tx: queues.job_progress(tx, job, percent, until))


def open_job(desk: Desk, company: int) -> int | None:
    """The job of *company* that is not done yet."""
    return reading(desk, lambda tx: queues.open_job(tx, company))


def job_state(desk: Desk, id_: int) -> tuple[JobState, int, str | None] | None:
    """State, progress and last error of a job."""
    return reading(desk, lambda tx: queues.job_state(tx, id_))


def _write(desk: Desk, work: Callable[[Tx], T]) -> T:
    def write() -> T:
        with desk.store.write() as tx:
            return work(tx)

    return desk.store.retrying(write)
