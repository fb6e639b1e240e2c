"""The transfer of one company's data."""

from __future__ import annotations

from dataclasses import replace

from asta_cli.core.errors import AstaError
from asta_cli.core.plan import Outcome
from asta_cli.core.progress import Progress, Stage, Step
from asta_cli.core.rows import from_arguments
from asta_cli.core.transfers import KIND, ClaimedJob, Register, TransferPlanner
from asta_cli.run import Attempt, Batch, Desk, Task, execute
from asta_cli.run.queues import job_progress

_STARTED, _FILE, _MOST, _READ = 10, 20, 70, 90  # percent


class _Told(Progress):
    """Tells the job how far its files are, and on to whoever watches the desk."""

    def __init__(self, desk: Desk, job: ClaimedJob, lease: int) -> None:
        self._desk, self._job, self._lease = desk, job, lease
        self._percent = _STARTED

    def enter(self, stage: Stage | None) -> None:
        """Only what is read lies outside the transaction of the import, which nobody may write beside."""
        self._desk.progress.enter(stage)
        if stage is not None and stage.step is Step.READ:
            job_progress(self._desk, self._job, self._percent, self._lease)
            self._percent = min(self._percent + _FILE, _MOST)


class TransferRefused(AstaError):
    """The register's files, or the state of the company, do not let the transfer end."""

    code = "transfer_refused"


def transfer(desk: Desk, job: ClaimedJob, register: Register | None, lease: int) -> None:
    """Read what *register* says of the company, if there is one, and end the transfer.

    Repeating it changes nothing but what has changed in between. Raises what reading raises.
    """
    if register is not None:
        from asta_cli.intake.transfers import import_company

        job_progress(desk, job, _STARTED, lease)
        told = replace(desk, progress=_Told(desk, job, lease))
        try:
            import_company(told, register, job.chamber, job.ident_number)
        finally:
            desk.progress.enter(None)
        job_progress(desk, job, _READ, lease)

    def batches(attempt: Attempt) -> list[Batch]:
        planner = TransferPlanner(job, attempt.now, fresh=register is not None)
        return [Batch(planner, [[from_arguments()]], kind=KIND)]

    target = f"company {job.key}"
    report = execute(desk, Task(KIND, batches, target=target, kind=KIND, chamber=job.chamber, single=True))
    if report.outcome is not Outcome.APPLIED:
        raise TransferRefused()
