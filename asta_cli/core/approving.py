"""``runs approve``: the kept plan of a run that a guard held, as it was shown, unless the data moved since.

Permissions begin when they are written, not when they were planned, and an invitation is open for as long as it was
meant to be; the last-administrator rule is held once more, for what was there beside the plan may have gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asta_cli.core import timeline
from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.cases import Cases
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.history import REGISTER, RunRecord
from asta_cli.core.ids import show_id
from asta_cli.core.model import Action, Kind, Record, Value
from asta_cli.core.office import Office
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.reversal import NUMBERS
from asta_cli.core.rows import Row
from asta_cli.core.run_refusals import CompanyGone, DataMoved, ExistsAlready, RecordMissing, not_held
from asta_cli.core.shown import NAMES
from asta_cli.core.trainers import trainer_key

_HASHES = ("line_hash", "feed_hash")


@dataclass(frozen=True, slots=True)
class Kept(Row):
    """One change of the plan, as a row of the run that writes it."""

    change: Change | None = None


def kept(line: int, change: Change) -> Kept:
    """The row that stands for *change*."""
    where = "arguments"
    return Kept(where, line, {}, frozenset(), change=replace(change, where=where, line=line))


class ApprovePlanner(SimplePlanner):
    """Changes of a kept plan -> the same, each looked at once more. The first row stands for the run itself."""

    counted = frozenset({*REGISTER, Kind.GRANT})

    def __init__(self, run: RunRecord, now: str, pardon: Office) -> None:
        self._run = run
        self._now = now
        self._refused = False
        self._alive: set[int] = set()
        self._cases = Cases()
        self._administrators = AdministratorGuard(pardon)
        self._taken: list[Row] = []
        self._taking = False

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep what takes a permission, or part of it, until everything that gives one is known."""
        self._taken.extend(row for row in rows if _takes(row))
        return [row for row in rows if not _takes(row)]

    def held(self) -> Iterator[Sequence[Row]]:
        """What takes."""
        self._taking = True
        taken, self._taken = self._taken, []
        yield taken

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The records as they are, those that have the keys of new ones, and the companies that are named."""
        needs = Needs(chamber=self._run.chamber, administrators=self._taking)
        for change in _changes(rows):
            if change.action is not Action.CREATE:
                needs.records.setdefault(change.kind, set()).add(change.id)
            elif change.kind in NUMBERS:
                needs.register.setdefault(change.kind, set()).add(str(change.after[NUMBERS[change.kind]]))
            elif change.kind is Kind.GRANT:
                needs.holders.add(str(change.after["email_key"]))
                needs.accounts.add(str(change.after["email_key"]))
            company = change.after.get("company_id")
            needs.company_ids.update({company} if isinstance(company, int) else ())
        if not all(isinstance(row, Kept) for row in rows):
            needs.runs.add(self._run.id)
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The changes that still fit, and what does not; no word of them once the run itself is refused."""
        if self._refused:
            return Plan()
        changes: list[Change] = []
        problems: list[Problem] = []
        for row in rows:
            if not isinstance(row, Kept) or row.change is None:
                return self._approved(facts)
            change = row.change
            if change.kind is Kind.COMPANY and change.action in (Action.CREATE, Action.REOPEN):
                self._alive.add(change.id)
            error = next(self._moved(change, facts), None)
            if error is None:
                changes += self._rewritten(change)
            else:
                field = str(error.fields.get("field", ""))
                told = Problem(row.where, row.line, error.code, field, value=change.key, error=error)
                problems += self._cases.tell(told)
        return Plan(
            tuple(changes),
            tuple(problems),
            sum(change.counted and change.kind in self.counted for change in _changes(rows)),
        )

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without what takes a last administrator."""
        return self._administrators.guard(plan, facts)

    def _rewritten(self, change: Change) -> Iterator[Change]:
        """*change* as it is to be written today.

        Without the hash of its line: other fields of the record may have come from another line since.
        """
        if change.action is Action.CREATE:
            yield self._of_today(change)
        elif not change.after.keys() <= set(_HASHES):
            after: dict[str, Value] = {n: None if n in _HASHES else value for n, value in change.after.items()}
            before = {name: value for name, value in change.before.items() if name not in _HASHES}
            ends = change.kind is Kind.GRANT and change.counted and "ended_by" in after
            yield replace(change, after=after | ({"ended_at": self._now} if ends else {}), before=before)

    def _of_today(self, change: Change) -> Change:
        if change.kind is Kind.GRANT:
            span = timeline.seconds_between(str(change.after["granted_at"]), self._now)
            return replace(change, after={**change.after, "granted_at": self._now} | _later(change.after, span))
        if change.kind is Kind.MAIL:
            span = timeline.seconds_between(str(change.after["queued_at"]), self._now)
            params = json.loads(str(change.after["params"]))
            if "until" in params:
                params["until"] = timeline.plus(params["until"], span)
            text = json.dumps(params, ensure_ascii=False, sort_keys=True)
            return replace(change, after={**change.after, "params": text, "queued_at": self._now, "due_at": self._now})
        return change

    def finish(self, facts: Facts) -> Plan:
        """What was not told one by one."""
        return Plan(problems=self._cases.rest())

    def _approved(self, facts: Facts) -> Plan:
        """That the run counts as approved from now on; or why it cannot be."""
        run = facts.runs.get(self._run.id, self._run)
        refused = not_held(run, facts.now)
        if refused is not None:
            self._refused = True
            return Plan(problems=(Problem("arguments", 0, refused.code, error=refused),), rows=1)
        states = {"state": "approved"}, {"state": "held"}
        return Plan(
            (Change(Kind.RUN, Action.UPDATE, run.id, show_id(run.id), *states, chamber=run.chamber, counted=False),)
        )

    def _moved(self, change: Change, facts: Facts) -> Iterator[AstaError]:
        """What is no longer as it was when *change* was planned."""
        if change.action is Action.CREATE:
            if _exists(change, facts):
                yield ExistsAlready(key=change.key)
        elif (record := facts.by_record.get((change.kind, change.id))) is None:
            yield RecordMissing(key=change.key)
        else:
            moved = (name for name, value in change.before.items() if name not in _HASHES and record.get(name) != value)
            yield from (DataMoved(key=change.key, field=NAMES.get(name, name)) for name in moved)
        company = facts.by_id.get(_company(change))
        if company is not None and not company.open and company.id not in self._alive:
            yield CompanyGone(key=change.key, company=company.key)


def _changes(rows: Sequence[Row]) -> Iterator[Change]:
    return (row.change for row in rows if isinstance(row, Kept) and row.change is not None)


def _takes(row: Row) -> bool:
    """Whether *row* takes a permission or changes one. That an expired one is written off must come before its heir."""
    change = row.change if isinstance(row, Kept) else None
    return change is not None and change.kind is Kind.GRANT and change.action is not Action.CREATE and change.counted


def _exists(change: Change, facts: Facts) -> bool:
    """Whether there is by now what *change* is to create."""
    if change.kind is Kind.GRANT:
        held = facts.grants.get((str(change.after["email_key"]), _company(change)), ())
        return any(grant.role == change.after["role"] and grant.open(facts.now) for grant in held)
    return change.kind in NUMBERS and (change.kind, _key(change)) in facts.records


def _later(after: Record, seconds: int) -> dict[str, Value]:
    until = after.get("invited_until")
    return {} if until is None else {"invited_until": timeline.plus(str(until), seconds)}


def _key(change: Change) -> str:
    """The key under which the facts would have a record like the one to be created."""
    number = str(change.after[NUMBERS[change.kind]])
    return trainer_key(number, _company(change)) if change.kind is Kind.TRAINER else number


def _company(change: Change) -> int:
    company = change.after.get("company_id")
    return company if isinstance(company, int) else 0
