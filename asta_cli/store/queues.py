"""The outbox and the jobs as queues: claim under a lease, work outside any transaction, settle.

A claim counts the attempt. Who dies with one leaves it to lapse; who settles late finds that it is no longer his and
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select, update

from asta_cli.core.model import JobState, MailState
from asta_cli.core.transfers import ClaimedJob
from asta_cli.store import tables as t
from asta_cli.store.db import Tx


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A message that this process is to deliver. ``params`` is JSON."""

    id: int
    kind: str
    recipient: str
    language: str
    params: str = field(repr=False)
    queued_at: str
    attempt: int


def claim_mail(tx: Tx, now: str, lease_until: str) -> ClaimedMail | None:
    """The next message that is due, ours until *lease_until*; None if there is none."""
    c = t.mail.c
    columns = (c.id, c.kind, c.recipient, c.language, c.params, c.queued_at, c.attempts)
    waiting = c.state == MailState.QUEUED.value
    row = tx.execute(_first(tx, select(*columns), t.mail, and_(waiting, _due(t.mail, now)))).first()
    if row is None:
        return None
    claimed = ClaimedMail(row[0], row[1], row[2], row[3], row[4], row[5], row[6] + 1)
    tx.execute(update(t.mail).where(c.id == claimed.id), {"attempts": claimed.attempt, "lease_until": lease_until})
    return claimed


def settle_mail(
    tx: Tx, mail: ClaimedMail, state: MailState, *, now: str, due_at: str | None, error: str | None
) -> bool:
    """Write what became of *mail*; whether it was still ours. What was sent is sent, whoever else has it by now."""
    c = t.mail.c
    conditions = [c.id == mail.id, c.state == MailState.QUEUED.value]
    values: dict[str, Any] = {"state": state.value, "lease_until": None, "error": error}
    if state is MailState.SENT:
        values["sent_at"] = now
    else:
        conditions.append(c.attempts == mail.attempt)
    if due_at is not None:
        values["due_at"] = due_at
    return tx.execute(update(t.mail).where(*conditions), values).rowcount == 1


def claim_job(tx: Tx, now: str, lease_until: str, only: int | None = None) -> ClaimedJob | None:
    """The next job that is due, or the job *only* if it is, ours until *lease_until*; None if there is none."""
    c, company = t.job.c, t.company.c
    columns = (c.id, c.kind, c.attempts, company.id, company.chamber, company.ident_number)
    query = select(*columns).join(t.company, company.id == c.company_id)
    unfinished = c.state.in_((JobState.QUEUED.value, JobState.RUNNING.value))
    condition = and_(unfinished, _due(t.job, now))
    row = tx.execute(_first(tx, query, t.job, condition if only is None else and_(condition, c.id == only))).first()
    if row is None:
        return None
    claimed = ClaimedJob(row[0], row[1], row[2] + 1, row[3], row[4], row[5])
    values = {"state": JobState.RUNNING.value, "attempts": claimed.attempt, "lease_until": lease_until, "progress": 0}
    tx.execute(update(t.job).where(c.id == claimed.id), values)
    tx.execute(update(t.job).where(c.id == claimed.id, c.started_at.is_(None)), {"started_at": now})
    return claimed


def put_off_job(tx: Tx, job: ClaimedJob, *, due_at: str, error: str) -> bool:
    """Leave *job* for later; whether it was still ours."""
    values = {"state": JobState.QUEUED.value, "lease_until": None, "due_at": due_at, "error": error, "progress": 0}
    return _settle_job(tx, job, values)


def fail_job(tx: Tx, job: ClaimedJob, *, now: str, error: str) -> bool:
    """Give *job* up for good; whether it was still ours."""
    values = {"state": JobState.FAILED.value, "lease_until": None, "finished_at": now, "error": error}
    return _settle_job(tx, job, values)


def revive_jobs(tx: Tx, now: str) -> int:
    """Queue what was given up anew, due at once; how many jobs there were."""
    values = {"state": JobState.QUEUED.value, "attempts": 0, "progress": 0, "due_at": now, "finished_at": None}
    return tx.execute(update(t.job).where(t.job.c.state == JobState.FAILED.value), values).rowcount


def job_progress(tx: Tx, job: ClaimedJob, percent: int, lease_until: str) -> bool:
    """Say how far *job* is, and keep it ours for longer; whether it was still ours."""
    return _settle_job(tx, job, {"progress": percent, "lease_until": lease_until})


def open_job(tx: Tx, company: int) -> int | None:
    """The job of *company* that is not done yet; of several, the first that was queued."""
    c = t.job.c
    unfinished = c.state.in_((JobState.QUEUED.value, JobState.RUNNING.value))
    return tx.execute(select(c.id).where(c.company_id == company, unfinished).order_by(c.id).limit(1)).scalar()


def job_state(tx: Tx, id_: int) -> tuple[JobState, int, str | None] | None:
    """State, progress and last error of a job; None if there is no such one."""
    c = t.job.c
    row = tx.execute(select(c.state, c.progress, c.error).where(c.id == id_)).first()
    return None if row is None else (JobState(row[0]), row[1], row[2])


def _settle_job(tx: Tx, job: ClaimedJob, values: dict[str, Any]) -> bool:
    c = t.job.c
    ours = (c.id == job.id, c.state == JobState.RUNNING.value, c.attempts == job.attempt)
    return tx.execute(update(t.job).where(*ours), values).rowcount == 1


def _due(table: Table, now: str) -> ColumnElement[bool]:
    c = table.c
    return and_(c.due_at <= now, or_(c.lease_until.is_(None), c.lease_until <= now))


def _first(tx: Tx, query: Select[Any], table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    """The one that has waited longest; on PostgreSQL without waiting for those that others are just claiming."""
    found = query.where(condition).order_by(table.c.due_at, table.c.id).limit(1)
    return found.with_for_update(of=table, skip_locked=True) if tx.dialect == "postgresql" else found
