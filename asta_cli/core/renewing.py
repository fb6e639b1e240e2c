"""``perms renew``: ends put off, never brought forward."""

from __future__ import annotations

from dataclasses import replace

from asta_cli.core import timeline
from asta_cli.core.errors import N_, AstaError, NotFound, Status
from asta_cli.core.facts import Facts
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.model import Action, Grant
from asta_cli.core.perm_rows import NEVER, Terms, Wanted
from asta_cli.core.perms import change_of
from asta_cli.core.plan import Change, Problem
from asta_cli.core.planner import problem
from asta_cli.core.rows import Row


class NoGrant(NotFound):
    """There is no such permission that could be renewed."""

    message = N_("{email} has no open permission {role} at company {company}")
    hint = N_("asta perms list --all shows what there is; what is over must be granted again")


class Shortens(AstaError):
    """The new end would come before the one there is; a warning."""

    code = "shortens"
    status = Status.REFUSED
    message = N_("the permission {role} of {email} at company {company} lasts longer than that already")
    hint = N_("perms renew never brings an end forward; perms grant --until does")


class RenewPlanner(GrantPlanner):
    """Rows of permissions whose end is to be put off to ``valid_until``, or *until* where a row says nothing."""

    def __init__(self, terms: Terms, until: str | None) -> None:
        super().__init__(terms)
        self._until = until

    def by_columns(self, rows: object) -> bool:
        """Each row is looked at by itself."""
        return False

    def may_reduce(self, row: Row) -> bool:
        """An end is only ever put off."""
        return False

    def changes(self, wanted: Wanted, facts: Facts, warnings: list[Problem]) -> list[Change]:
        """The later end. An earlier one is no renewal: it is left as it is, with a warning. Raises NoGrant."""
        company = self.company(wanted, facts)
        held = facts.grants.get((wanted.key, company.id), ())
        grant = next((g for g in held if g.role is wanted.role and g.open(facts.now)), None)
        picked = isinstance(wanted.row, Picked)
        if grant is None:
            if picked:
                return []  # it has ended since it was picked
            raise NoGrant(email=wanted.email, role=str(wanted.role), company=company.key)
        until = wanted.valid_until or self._until
        if until is not None and _before(until, grant.valid_until):
            error = Shortens(role=str(wanted.role), email=wanted.email, company=company.key)
            warnings.append(problem(wanted.row, error.code, "valid_until", _shown(grant), warning=True, error=error))
            return [change_of(wanted, Action.UPDATE, grant, company, {}, hollow=True)]
        only = Wanted(wanted.row, *(wanted.email, wanted.key, wanted.chamber, wanted.ident, wanted.role))
        only = replace(only, valid_until=until, reason=wanted.reason)
        return [replace(change, optional=picked) for change in super().changes(only, facts, warnings)]


class Picked(Row):
    """A permission that is to be renewed because it ends soon, if the asker may."""

    __slots__ = ()


def _before(until: str, end: str | None) -> bool:
    return until != NEVER and (end is None or until < end)


def _shown(grant: Grant) -> str:
    return timeline.last_day(grant.valid_until) if grant.valid_until else NEVER
