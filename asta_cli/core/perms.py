"""What giving and taking permissions share: rows -> plan. A single grant is a set of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from asta_cli.core import fields, perm_rows
from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.checks import company_to_change
from asta_cli.core.columns import ColumnRows
from asta_cli.core.errors import Ambiguous, AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.grants import ended, identity, key_of
from asta_cli.core.model import Action, Company, Grant, Kind, Role, Value
from asta_cli.core.naming import split_key
from asta_cli.core.office import NO_OFFICE
from asta_cli.core.perm_rows import Terms, Wanted
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row

Chosen = tuple[list[Row], list[Problem]]
_BLAMED = {"unknown_trainer": "trainer_number", "end_before_start": "valid_until"}


class PermissionPlanner(SimplePlanner, ABC):
    """Reading, finding the company, rows that say the same twice, and the last-administrator rule over the set."""

    counted = frozenset({Kind.GRANT})
    key_column = "email"
    whole: ClassVar[bool] = True

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._kept: list[Row] = []
        self._final = False
        self._administrators = AdministratorGuard(terms.asking.office if terms.orphan_ok else NO_OFFICE)
        self._read: tuple[Sequence[Row], list[tuple[Wanted | None, list[Problem]]]] | None = None

    @abstractmethod
    def may_reduce(self, row: Row) -> bool:
        """Whether *row* could take an administrator away, so that it must be judged after all that give one."""

    @abstractmethod
    def changes(self, wanted: Wanted, facts: Facts, warnings: list[Problem]) -> list[Change]:
        """What is to change for one row; nothing if it is true already. Raises AstaError to refuse it.

        Where the change is known, its refusal is put among *warnings* instead: authority over it is judged first.
        """

    @abstractmethod
    def choose(self, rows: Sequence[Row]) -> Chosen:
        """Of several rows about one account and company: which count."""

    def repeats(self, rows: Sequence[Row]) -> Chosen:
        """Rows that say the same count once, contradicting ones not at all."""
        chosen: list[Row] = []
        problems: list[Problem] = []
        for chamber, same in self._by_chamber(rows).items():
            if chamber is None:
                problems += [self._ambiguous(row, rows) for row in same]
                continue
            kept, told = self.choose(same)
            chosen += kept
            problems += told
        return chosen, problems

    def _by_chamber(self, rows: Sequence[Row]) -> dict[str | None, list[Row]]:
        """The rows by chamber. Rows without one mean the only one that others name, None if others name several."""
        named = [self._chamber(row) for row in rows]
        stated = {c for c in named if c is not None}
        otherwise = stated.pop() if len(stated) == 1 else None if stated else ""
        groups: dict[str | None, list[Row]] = {}
        for row, chamber in zip(rows, named, strict=True):
            groups.setdefault(otherwise if chamber is None else chamber, []).append(row)
        return groups

    def _chamber(self, row: Row) -> str | None:
        prefix = split_key(row.values["company"])[0]
        return row.values.get("chamber") or prefix or self.terms.chamber or None

    def _ambiguous(self, row: Row, rows: Sequence[Row]) -> Problem:
        ident = split_key(row.values["company"])[1]
        keys = sorted({f"{c}:{ident}" for c in map(self._chamber, rows) if c is not None})
        error = Ambiguous(key=ident, choices=", ".join(keys))
        return problem(row, error.code, "company", ident, error=error)

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep the rows that could orphan a company until every other row is known."""
        if isinstance(rows, ColumnRows):
            return self._hold_columns(rows)
        self._kept.extend(r for r in rows if self.may_reduce(r))
        return [r for r in rows if not self.may_reduce(r)]

    def _hold_columns(self, rows: ColumnRows) -> ColumnRows:
        kept = {at for at in self.doubtful(rows) if self.may_reduce(rows[at])}
        self._kept.extend(rows[at] for at in sorted(kept))
        return rows.pick([at for at in range(len(rows)) if at not in kept])

    def doubtful(self, rows: ColumnRows) -> Iterable[int]:
        """The places of those of *rows* of which ``may_reduce`` must be asked."""
        return range(len(rows))

    def held(self) -> Iterator[Sequence[Row]]:
        """All kept rows, as one wave."""
        self._final = True
        kept, self._kept = self._kept, []
        yield kept

    def needs(self, rows: Sequence[Row]) -> Needs:
        """Accounts, companies and the grants between them; for held rows the whole trees with their administrators."""
        needs = Needs(administrators=self._final)
        for wanted, _ in self._wanted(rows):
            if wanted is None:
                continue
            needs.accounts.add(wanted.key)
            if wanted.ident is None:
                needs.holders.add(wanted.key)
            else:
                needs.idents.add(wanted.ident)
                needs.pairs.add(wanted.pair)
                needs.trainers_of.update({wanted.ident} if wanted.role is Role.TRAINER else ())
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What these rows amount to."""
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for wanted, faults in self._wanted(rows):
            problems.extend(faults)
            if wanted is None:
                continue
            try:
                made = self.changes(wanted, facts, problems)
            except AstaError as error:
                problems.append(refusal(wanted, error))
                changes.extend(self._judged(wanted, facts))
                continue
            if self._unreasoned(wanted, made):
                problems.append(problem(wanted.row, "missing_value", "reason"))
                continue
            changes.extend(made)
            unchanged += not made
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged)

    def _unreasoned(self, wanted: Wanted, made: Sequence[Change]) -> bool:
        """Whether the reason is missing that an operator gives; what is true already needs none."""
        return self.terms.needs_reason and not wanted.reason and any(not change.hollow for change in made)

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without the rows that would take a company's last administrator."""
        return self._administrators.guard(plan, facts)

    def company(self, wanted: Wanted, facts: Facts) -> Company:
        """The company that a row names. Raises UnknownCompany, Ambiguous, OutOfReach."""
        return self.named(wanted.ident or "", wanted.chamber, facts)

    def named(self, ident: str, chamber: str | None, facts: Facts) -> Company:
        """The company called *ident*. Raises UnknownCompany, Ambiguous, OutOfReach."""
        return company_to_change(facts, ident, chamber, self.terms.asking, self.terms.usual_chamber)

    def _judged(self, wanted: Wanted, facts: Facts) -> list[Change]:
        """What stands for a refused row, so that its refusal is told only to those who might have had their way."""
        try:
            return [asked(wanted, self.company(wanted, facts), Action.CREATE)]
        except AstaError:
            return []

    def ended(self, reason: str | None) -> dict[str, Value]:
        """What is written of a grant that somebody ends now, for *reason*."""
        return ended(self.terms.now, self.terms.granted_by, reason, self.terms.run)

    def role(self, row: Row) -> Role | None:
        """The role that a row means, None for all of them. Raises BadField."""
        return fields.role(row.values["role"]) if "role" in row.values else self.terms.role

    def may_be_administrator(self, row: Row) -> bool:
        """Whether *row* may be about an administrator's grant."""
        try:
            return self.role(row) in (None, Role.ADMINISTRATOR)
        except BadField:
            return False  # it is refused for that

    def read(self, row: Row) -> Wanted | None:
        """*row* as far as it can be read."""
        return perm_rows.read(row, self.terms, whole=self.whole)[0]

    def _wanted(self, rows: Sequence[Row]) -> list[tuple[Wanted | None, list[Problem]]]:
        """The rows, read; asked for twice in a row, read once."""
        if self._read is None or self._read[0] is not rows:
            self._read = rows, [perm_rows.read(row, self.terms, whole=self.whole) for row in rows]
        return self._read[1]


def refusal(wanted: Wanted, error: AstaError) -> Problem:
    """That a row is refused for *error*, and which of its columns is to blame."""
    column = _BLAMED.get(error.code, "company")
    value = wanted.ident or "" if column == "company" else wanted.row.values.get(column, "")
    return problem(wanted.row, error.code, column, value, error=error)


def change_of(
    wanted: Wanted,
    action: Action,
    grant: Grant,
    company: Company,
    after: Mapping[str, Value],
    before: Mapping[str, Value] | None = None,
    *,
    counted: bool = True,
    hollow: bool = False,
) -> Change:
    """The change of *grant* that a row asks for. A row without company asks for what the asker may do, and no more."""
    return Change(
        Kind.GRANT,
        action,
        grant.id,
        key_of(grant, company),
        after,
        {} if action is Action.CREATE else identity(grant) | dict(before or {}),
        company.id,
        company.chamber,
        wanted.row.where,
        wanted.row.line,
        optional=wanted.ident is None,
        counted=counted,
        hollow=hollow,
    )


def asked(wanted: Wanted, company: Company, action: Action) -> Change:
    """What stands for a grant that there is not, so that it is judged whether the asker may ask for it.

    Whoever may deal with any role may deal with a trainer's.
    """
    whose: dict[str, Value] = {"email_key": wanted.key, "role": (wanted.role or Role.TRAINER).value}
    place = company.id, company.chamber, wanted.row.where, wanted.row.line
    return Change(Kind.GRANT, action, 0, f"{wanted.email} {company.key}", {}, whose, *place, hollow=True)


def once(rows: Sequence[Row], column: str) -> Chosen:
    """Of rows that say the same the first counts."""
    value = rows[0].values.get(column, "")
    return [rows[0]], [problem(r, "duplicate_in_file", column, value, warning=True) for r in rows[1:]]


def conflict(rows: Sequence[Row], column: str) -> Chosen:
    """Rows that contradict each other: none counts."""
    return [], [problem(r, "conflict_in_file", column, r.values.get(column, "")) for r in rows]
