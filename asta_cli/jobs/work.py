"""Working off what is due: claim, do, settle. A job that fails comes back later, for a week; then it is given up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from asta_cli.core.errors import AstaError
from asta_cli.core.model import Action
from asta_cli.core.policy import Asker
from asta_cli.core.transfers import KIND, ClaimedJob, Register
from asta_cli.jobs.reminders import remind
from asta_cli.jobs.transfer import transfer
from asta_cli.run import Desk
from asta_cli.run.queues import claim_job, fail_job, put_off_job

LEASE = 900  # seconds; a job that takes longer says in between that it is alive
ATTEMPTS = 32  # the last one is made after a week
_PAUSES = (60, 300, 900, 3_600, 21_600)  # seconds; the last one repeats


@dataclass(slots=True)
class Tally:
    """What one round did. ``reminded`` counts permissions; ``error`` is the code of the last trouble."""

    done: int = 0
    later: int = 0
    failed: int = 0
    error: str = ""
    reminded: int = 0


def work_once(desk: Desk, register: Register | None, *, job: int | None = None, remind_days: int = 0) -> Tally:
    """Work off every job that is due, or only *job*, as the system: whoever queued it had the right to.

    Before that, whoever can renew permissions that end within *remind_days* is told of them.

    Without *register*, transfers end at once, as of the chamber's last import. An error that is none of asta's puts the
    job off and goes on its way.
    """
    desk = replace(desk, asker=Asker.at_desk(desk.asker.os_user))
    tally = Tally()
    if job is None:
        told = remind(desk, remind_days)
        tally.reminded = told.actions[Action.UPDATE] if told else 0
    while (claimed := claim_job(desk, LEASE, job)) is not None:
        _do(desk, claimed, register, tally)
    return tally


def _do(desk: Desk, job: ClaimedJob, register: Register | None, tally: Tally) -> None:
    if job.kind != KIND:  # queued by a newer asta that shares this database
        _give_up(desk, job, "unknown_kind", tally)
        return
    if job.attempt > ATTEMPTS:  # whoever had it died with it, again and again
        _give_up(desk, job, "died", tally)
        return
    try:
        transfer(desk, job, register, LEASE)
    except AstaError as error:
        if job.attempt == ATTEMPTS:
            _give_up(desk, job, error.code, tally)
            return
        put_off_job(desk, job, pause(job.attempt), error.code)
        tally.later += 1
        tally.error = error.code
    except Exception:
        put_off_job(desk, job, pause(job.attempt), "bug")
        raise
    else:
        tally.done += 1


def _give_up(desk: Desk, job: ClaimedJob, error: str, tally: Tally) -> None:
    """Somebody has to look: the company stays incomplete until the job is taken up again and done."""
    fail_job(desk, job, error)
    tally.failed += 1
    tally.error = error


def pause(attempt: int) -> int:
    """Seconds to wait after the *attempt*-th attempt (from 1)."""
    return _PAUSES[min(max(attempt, 1), len(_PAUSES)) - 1]
