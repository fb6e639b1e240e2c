"""``runs undo``: the changes of a run, turned round. All of them or none: what was changed since is not overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.cases import Cases
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.history import REGISTER, Entry, RunRecord, Touched
from asta_cli.core.ids import show_id
from asta_cli.core.model import Action, Company, Kind, MailKind, Record
from asta_cli.core.moves import Moves
from asta_cli.core.office import NO_OFFICE
from asta_cli.core.operators import told_of_office
from asta_cli.core.outbox import mail
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.reversal import GIVEN_ANEW, By, bookkeeping, key_of, obstacles, reverse
from asta_cli.core.rows import Row
from asta_cli.core.run_refusals import Circle, not_applied

COUNTED = frozenset({*REGISTER, *GIVEN_ANEW, Kind.CHAMBER, Kind.SERVICE_STATE, Kind.EXAM_PERIOD, Kind.ACCOUNT})


class UndoPlanner(SimplePlanner):
    """Entries of a run's history -> what takes them back. The first row stands for the run itself.

    Grants that come back are judged before those that go, so that the last administrator is whoever remains in the end.
    """

    counted = COUNTED

    def __init__(self, run: RunRecord, touched: Touched, by: By, ids: Iterator[int], *, orphan_ok: bool) -> None:
        self._run = run
        self._refused = False
        self._touched = touched
        self._by = by
        self._ids = ids
        self._administrators = AdministratorGuard(by.office if orphan_ok else NO_OFFICE)
        self._moves = Moves(Pending())
        self._taken: list[Row] = []
        self._waiting: list[Row] = []
        self._taking = False
        self._cases = Cases()
        self._mails: list[Change] = []

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep what takes a grant, or part of it, until everything that gives one is known."""
        self._taken.extend(row for row in rows if _takes(row))
        return [row for row in rows if not _takes(row)]

    def held(self) -> Iterator[Sequence[Row]]:
        """What takes; then what could not come back before."""
        self._taking = True
        taken, self._taken = self._taken, []
        yield taken
        waiting, self._waiting = self._waiting, []
        yield waiting

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The records as they are, what became of them since, and what hangs on them."""
        needs = Needs(chamber=self._run.chamber, since=self._run.id, administrators=self._taking)
        needs.met = self._touched.met
        for entry in _entries(rows):
            needs.records.setdefault(entry.kind, set()).add(entry.record)
            if entry.action in (Action.CREATE, Action.REOPEN):
                needs.ending.setdefault(entry.kind, set()).add(entry.record)
            elif entry.action is Action.END and entry.kind in GIVEN_ANEW:
                needs.returning.setdefault(entry.kind, set()).add(entry.record)
            needs.whole_accounts = needs.whole_accounts or entry.kind is Kind.ACCOUNT
            if entry.kind is Kind.COMPANY and "parent_id" in entry.after:
                needs.administrators = True
                needs.company_ids.add(entry.record)
                needs.company_ids.update(p for p in self._touched.parents.values() if isinstance(p, int))
        if not all(isinstance(row, Entry) for row in rows):
            needs.runs.add(self._run.id)
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What takes these entries back, and what stands against it; no word of them once the run itself is refused."""
        if self._refused:
            return Plan()
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for row in rows:
            if not isinstance(row, Entry):
                return self._undone(facts)
            key = key_of(row, facts)
            if self._must_wait(row, facts):
                self._waiting.append(row)
                continue
            error = next(self._obstacles(row, key, facts), None)
            if error is not None:
                told = Problem(row.where, row.line, error.code, _field(error), value=key, error=error)
                problems += self._cases.tell(told)
                continue
            change = reverse(row, key, facts, self._by, self._ids)
            changes += [] if change is None else [change, *_unread(row, facts, self._run.chamber)]
            unchanged += change is None and not bookkeeping(row)
        counted = sum(not bookkeeping(entry) for entry in _entries(rows))
        return Plan(tuple(changes), tuple(problems), counted, unchanged)

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without what takes a last administrator; a company's return to its head office is only warned of."""
        for change in plan.changes:
            if change.kind is Kind.COMPANY:
                self._moves.note(change, facts)
        plan = replace(plan, problems=plan.problems + tuple(self._moves.orphaned(plan.changes, facts)))
        return self._administrators.guard(plan, facts)

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Whose account, and who gets an office back, is told so."""
        now, by = self._by.now, self._by.name
        for change in plan.changes:
            account = facts.accounts_by_id.get(change.id) if change.kind is Kind.ACCOUNT else None
            if account is not None and account.confirmed_at is not None:
                params = {"at": now, "name": account.name}
                to = account.email, account.language, now
                self._mails.append(mail(next(self._ids), MailKind.ACCOUNT_UNLOCKED, *to, params))
            if change.kind is Kind.OPERATOR:
                holder = facts.accounts.get(str(change.after["email_key"]))
                self._mails.append(told_of_office(MailKind.OPERATOR_ADDED, change, holder, next(self._ids), now, by))

    def finish(self, facts: Facts) -> Plan:
        """What was not told one by one, and the mails."""
        return Plan(tuple(self._mails), self._cases.rest())

    def _undone(self, facts: Facts) -> Plan:
        """That the run counts as undone from now on; or why it cannot be."""
        run = facts.runs.get(self._run.id, self._run)
        refused = not_applied(run, facts.now)
        if refused is not None:
            self._refused = True
            return Plan(problems=(Problem("arguments", 0, refused.code, error=refused),), rows=1)
        states = {"state": "undone"}, {"state": "applied"}
        return Plan(
            (Change(Kind.RUN, Action.UPDATE, run.id, show_id(run.id), *states, chamber=run.chamber, counted=False),)
        )

    def _obstacles(self, entry: Entry, key: str, facts: Facts) -> Iterator[AstaError]:
        yield from obstacles(entry, key, facts, self._touched)
        if entry.kind is Kind.COMPANY and self._below_itself(entry, facts):
            yield Circle(key=key)

    def _below_itself(self, entry: Entry, facts: Facts) -> bool:
        """Whether the former head office of a company lies below it now."""
        parent = entry.before.get("parent_id") if "parent_id" in entry.after else None
        seen: set[object] = set()
        while isinstance(parent, int) and parent not in seen:
            if parent == entry.record:
                return True
            seen.add(parent)
            parents = self._touched.parents
            parent = parents[parent] if parent in parents else _parent(facts.by_id.get(parent))
        return False

    def _must_wait(self, entry: Entry, facts: Facts) -> bool:
        """Whether the place of what would be given again is still taken by what this very run gave."""
        if entry.action is not Action.END or entry.kind not in GIVEN_ANEW or self._taking:
            return False
        return any(self._touched.made(b.kind, b.id) for b in facts.blockers.get((entry.kind, entry.record), ()))


def _entries(rows: Iterable[Row]) -> Iterator[Entry]:
    return (row for row in rows if isinstance(row, Entry))


def _unread(entry: Entry, facts: Facts, chamber: str | None) -> Iterator[Change]:
    """The records below one that had reopened and ends again: their lines must be judged anew."""
    if entry.action is not Action.REOPEN:
        return
    for below in facts.blockers.get((entry.kind, entry.record), ()):
        if below.kind in REGISTER and below.kind is not Kind.COMPANY:
            place = None, chamber, entry.where, entry.line
            after: Record = {"line_hash": None}
            yield Change(below.kind, Action.UPDATE, below.id, below.key, after, {}, *place, counted=False)


def _takes(row: Row) -> bool:
    return isinstance(row, Entry) and row.kind is Kind.GRANT and row.action is not Action.END


def _parent(company: Company | None) -> int | None:
    return company.parent if company else None


def _field(error: AstaError) -> str:
    return str(error.fields.get("field", ""))
