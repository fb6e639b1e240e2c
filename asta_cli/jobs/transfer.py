"""The transfer of one company's data."""

from __future__ import annotations

from asta_cli.core.errors import AstaError
from asta_cli.core.plan import Outcome
from asta_cli.core.rows import from_arguments
from asta_cli.core.transfers import KIND, ClaimedJob, TransferPlanner
from asta_cli.run import Attempt, Batch, Desk, Task, execute
from asta_cli.run.queues import job_progress

_STARTED, _READ = 10, 90  # percent


class TransferRefused(AstaError):
    """The register's files, or the state of the company, do not let the transfer end."""

    code = "transfer_refused"


def transfer(desk: Desk, job: ClaimedJob, source: str | None, lease: int, *, store_birth_date: bool) -> None:
    """Read what *source* says of the company, if there is one, and end the transfer.

    Repeating it changes nothing but what has changed in between. Raises what reading raises.
    """
    if source is not None:
        from asta_cli.intake.transfers import import_company

        job_progress(desk, job, _STARTED, lease)
        import_company(desk, source, job.chamber, job.ident_number, store_birth_date=store_birth_date)
        job_progress(desk, job, _READ, lease)

    def batches(attempt: Attempt) -> list[Batch]:
        planner = TransferPlanner(job, attempt.now, fresh=source is not None)
        return [Batch(planner, [[from_arguments()]], kind=KIND)]

    target = f"company {job.key}"
    report = execute(desk, Task(KIND, batches, target=target, kind=KIND, chamber=job.chamber, single=True))
    if report.outcome is not Outcome.APPLIED:
        raise TransferRefused()
