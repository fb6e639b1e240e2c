"""``perms sync``: a file made true for some companies. What it names is given; what it does not name ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from asta_cli.core import fields
from asta_cli.core.columns import ColumnRows
from asta_cli.core.errors import N_, Ambiguous, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.matrix import grant_permission
from asta_cli.core.model import Action, Company, Role
from asta_cli.core.naming import split_key
from asta_cli.core.perm_rows import Terms, Wanted, is_over
from asta_cli.core.perms import asked, change_of
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import problem
from asta_cli.core.rows import Row

_REMEMBERED = 1 << 14
Held = tuple[str, int, str]
"""Whose a grant is (e-mail key), at which company (id), in which role."""


class Only(StrEnum):
    """What a sync is to do; otherwise all of it."""

    ALL = "all"
    ADD = "add"
    REMOVE = "remove"


class NotNamed(AstaError):
    """A row is about a company for which the file is not to be made true."""

    code = "bad_value"
    status = Status.REFUSED
    message = N_("company {company} is not one of those named with --company")
    hint = N_("name it with --company, too, or take the row out")


@dataclass(frozen=True, slots=True)
class Places:
    """The companies named, and which of them a row means; ``chamber`` is that of rows that say none."""

    companies: tuple[Company, ...]
    chamber: str | None = None
    _called: dict[str, list[Company]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _keys: dict[tuple[str, str], str | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for company in self.companies:
            self._called.setdefault(company.ident_number, []).append(company)

    def key(self, chamber: str, company: str) -> str | None:
        """What a row with these cells is about, whatever the spelling; None where it cannot be told."""
        cells = chamber, company
        if cells not in self._keys:
            if len(self._keys) >= _REMEMBERED:
                self._keys.clear()
            self._keys[cells] = self._key(chamber, company)
        return self._keys[cells]

    def _key(self, chamber: str, company: str) -> str | None:
        try:
            prefix, ident = split_key(company)
            said = (fields.chamber_number(chamber) if chamber else prefix) or self.chamber
        except BadField:
            return None
        found = self.find(ident, said)
        if len(found) > 1:
            return None
        return found[0].key if found else f"{said or ''}:{ident}"

    def find(self, ident: str, chamber: str | None) -> list[Company]:
        """Those of the companies named that are called *ident*."""
        return [c for c in self._called.get(ident, ()) if chamber in (None, c.chamber)]


@dataclass(frozen=True, slots=True)
class Missing(Row):
    """A grant that the file does not name, as a row of its own. Its line is below all lines of the file."""

    key: str = ""
    company: Company | None = None
    role: Role = Role.ADMINISTRATOR


class SyncPlanner(GrantPlanner):
    """Rows of permissions that are to be all there is at some companies, and what they do not name."""

    def __init__(self, terms: Terms, places: Places, only: Only, key_of: Callable[[Row], object]) -> None:
        super().__init__(terms)
        self._places = places
        self._only = only
        self._key_of = key_of
        self._keyless: dict[int, Row] = {}

    @property
    def keyless(self) -> bool:
        """Whether there is a row of which nobody can tell which grant it is about: that one must not end."""
        return bool(self._keyless)

    def by_columns(self, rows: ColumnRows) -> bool:
        """Not where nothing may come into being: then each row only names."""
        return self._only is not Only.REMOVE and super().by_columns(rows)

    def named(self, ident: str, chamber: str | None, facts: Facts) -> Company:
        """The company called *ident* among those named. Raises NotNamed, Ambiguous."""
        found = self._places.find(ident, chamber)
        if not found:
            raise NotNamed(company=f"{chamber}:{ident}" if chamber else ident)
        if len(found) > 1:
            raise Ambiguous(key=ident, choices=", ".join(company.key for company in found))
        return facts.by_id.get(found[0].id, found[0])

    def needs(self, rows: Sequence[Row]) -> Needs:
        """For what the file does not name, the grants as they are once the companies are locked."""
        missing = list(_missing(rows))
        if not missing:
            return super().needs(rows)
        needs = Needs(administrators=True)
        for row in missing:
            assert row.company is not None
            needs.accounts.add(row.key)
            needs.idents.add(row.company.ident_number)
            needs.pairs.add((row.key, row.company.ident_number))
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What the rows amount to, and the end of what they do not name."""
        missing = list(_missing(rows))
        if not missing:
            return super().plan(rows, facts)
        return Plan(tuple(change for row in missing for change in self._ended(row, facts)))

    def changes(self, wanted: Wanted, facts: Facts, warnings: list[Problem]) -> list[Change]:
        """As for a grant, as far as this may add and change."""
        if is_over(wanted.row):
            return []
        if self._only is Only.ALL:
            return super().changes(wanted, facts, warnings)
        company = self.company(wanted, facts)
        held = facts.grants.get((wanted.key, company.id), ())
        grant = next((g for g in held if g.role is wanted.role and g.open(facts.now)), None)
        if grant is not None:
            return [change_of(wanted, Action.UPDATE, grant, company, {}, hollow=True)]
        if self._only is Only.REMOVE:
            return [asked(wanted, company, Action.UPDATE)]
        return super().changes(wanted, facts, warnings)

    def _wanted(self, rows: Sequence[Row]) -> list[tuple[Wanted | None, list[Problem]]]:
        for row in rows:
            unclear = any(not fault.column for fault in row.problems)
            if unclear or self._key_of(row) is None:
                self._keyless[row.line] = row
        return super()._wanted(rows)

    def _ended(self, row: Missing, facts: Facts) -> Iterator[Change]:
        """The end of what nobody named, if the asker may end it; others are neither touched nor told.

        Anyone may give up what is their own, but by saying so: a manager who makes the trainers true keeps their role.
        """
        assert row.company is not None
        if not self._gives(row.role, row.company, facts):
            return
        wanted = Wanted(row, row.key, row.key)
        after = self.ended(self.terms.reason)
        for grant in facts.grants.get((row.key, row.company.id), ()):
            if grant.role is row.role and grant.open(facts.now):
                yield change_of(wanted, Action.END, grant, facts.by_id[grant.company], after)

    def _gives(self, role: Role, company: Company, facts: Facts) -> bool:
        """Whether the asker may give and take *role* at *company*."""
        return self.terms.asking.may(grant_permission(role), facts.by_id.get(company.id, company), facts)

    def finish(self, facts: Facts) -> Plan:
        """The mails, and that nothing ended because a row names nobody."""
        plan = super().finish(facts)
        if not self._keyless or self._only is Only.ADD:
            return plan
        first = self._keyless[min(self._keyless)]
        told = problem(first, "nothing_ended", self.key_column, str(len(self._keyless)), warning=True)
        return Plan(plan.changes, problems=(*plan.problems, told))


def missing(
    held: Iterable[Held], places: Places, is_named: Callable[[tuple[str, str, str]], bool]
) -> Iterator[Missing]:
    """The rows that stand for what of *held* nobody named."""
    companies = {company.id: (company, company.key) for company in places.companies}
    line = 0
    for key, at, role in held:
        company, name = companies[at]
        if not is_named((key, name, role)):
            line -= 1
            yield Missing("arguments", line, {}, frozenset(), key=key, company=company, role=Role(role))


def _missing(rows: Sequence[Row]) -> Iterator[Missing]:
    if isinstance(rows, ColumnRows):
        return iter(())
    return (row for row in rows if isinstance(row, Missing))
