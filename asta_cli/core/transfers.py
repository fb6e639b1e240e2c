"""The end of a transfer: the company's data are complete and its job is done, in one change or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, JobState, Kind
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.rows import Row

KIND = "transfer"


@dataclass(frozen=True, slots=True)
class Register:
    """Where transfers read: the directory of the chambers' files, and how these are to be understood.

    ``mapping`` is a mapping file, or a directory with one for each chamber (``177.toml``).
    """

    source: str
    mapping: str | None = None
    store_birth_date: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this process works on, until its lease ends. ``attempt`` counts from 1 and tells claims apart."""

    id: int
    kind: str
    attempt: int
    company: int
    chamber: str
    ident_number: str

    @property
    def key(self) -> str:
        """The company, unique everywhere."""
        return f"{self.chamber}:{self.ident_number}"


class TransferPlanner(SimplePlanner):
    """Ends the transfer of *job*.

    *fresh*: the data were read for it; else they are those of the chamber's last import.
    """

    counted = frozenset({Kind.COMPANY})

    def __init__(self, job: ClaimedJob, now: str, *, fresh: bool) -> None:
        self._job = job
        self._now = now
        self._fresh = fresh

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The chamber, for the time of its last import, and the company."""
        return Needs(chambers={self._job.chamber}, company_ids={self._job.company})

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """Both records, on the condition that the job is still ours."""
        job, now = self._job, self._now
        chamber = facts.chambers[job.chamber]
        of = now if self._fresh else chamber.imported_at or now
        company = Change(
            Kind.COMPANY,
            Action.UPDATE,
            job.company,
            job.key,
            {"transfer_open": False, "transferred_at": of},
            {"transfer_open": True},
            job.company,
            job.chamber,
        )
        done = Change(
            Kind.JOB,
            Action.UPDATE,
            job.id,
            job.key,
            {"state": JobState.DONE.value, "progress": 100, "finished_at": now, "lease_until": None, "error": None},
            {"state": JobState.RUNNING.value, "attempts": job.attempt},
            job.company,
            job.chamber,
        )
        return Plan((company, done), rows=len(rows))
