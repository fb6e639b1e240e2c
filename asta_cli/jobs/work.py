"""Working off what is due: claim, do, settle. A job that fails comes back later and is never given up silently."""

from __future__ import annotations

from dataclasses import dataclass, replace

from asta_cli.core.errors import AstaError
from asta_cli.core.policy import Asker
from asta_cli.core.transfers import KIND, ClaimedJob
from asta_cli.jobs.transfer import transfer
from asta_cli.run import Desk
from asta_cli.run.queues import claim_job, fail_job, put_off_job

LEASE = 900  # seconds; a job that takes longer says in between that it is alive
_PAUSES = (60, 300, 900, 3_600, 21_600)  # seconds; the last one repeats: the company is incomplete until it works


@dataclass(slots=True)
class Tally:
    """What one round did. ``error`` is the code of the last trouble."""

    done: int = 0
    later: int = 0
    failed: int = 0
    error: str = ""


def work_once(desk: Desk, source: str | None, *, job: int | None = None, store_birth_date: bool = False) -> Tally:
    """Work off every job that is due, or only *job*, as the system: whoever queued it had the right to.

    *source* is the directory of the register's files (``ASTA_REGISTER_SOURCE``); None: transfers end at once, as of the
    chamber's last import. An error that is none of asta's puts the job off and goes on its way.
    """
    desk = replace(desk, asker=Asker.at_desk(desk.asker.os_user))
    tally = Tally()
    while (claimed := claim_job(desk, LEASE, job)) is not None:
        _do(desk, claimed, source, store_birth_date, tally)
    return tally


def _do(desk: Desk, job: ClaimedJob, source: str | None, store_birth_date: bool, tally: Tally) -> None:
    if job.kind != KIND:  # queued by a newer asta that shares this database
        fail_job(desk, job, "unknown_kind")
        tally.failed += 1
        tally.error = "unknown_kind"
        return
    try:
        transfer(desk, job, source, LEASE, store_birth_date=store_birth_date)
    except AstaError as error:
        put_off_job(desk, job, pause(job.attempt), error.code)
        tally.later += 1
        tally.error = error.code
    except Exception:
        put_off_job(desk, job, pause(job.attempt), "bug")
        raise
    else:
        tally.done += 1


def pause(attempt: int) -> int:
    """Seconds to wait after the *attempt*-th attempt (from 1)."""
    return _PAUSES[min(max(attempt, 1), len(_PAUSES)) - 1]
