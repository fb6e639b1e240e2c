"""What the asker may see, as conditions for SQL. The rules are those of ``core.policy``; nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, Select, false, or_, select, true, tuple_, union

from asta_cli.core import timeline
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import INHERITED, OPERATOR, Toggles
from asta_cli.core.model import Company, Permission
from asta_cli.core.office import Office
from asta_cli.core.policy import Asker, Authority
from asta_cli.store import authority
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.views.view import OPEN


@dataclass(frozen=True, slots=True)
class Scope:
    """Who looks, with the rights they have at the moment ``now`` (RFC 3339 UTC).

    ``usual_chamber`` is the one meant where the number of a company is not enough to name it.
    """

    authority: Authority
    now: str
    usual_chamber: str | None = None

    @property
    def office(self) -> Office:
        """The chambers of which the asker is an operator."""
        return self.authority.office

    @property
    def own_key(self) -> str | None:
        """The e-mail key of the asker; None for whoever has no account, or acts for single companies of one only."""
        mandate = self.authority.asker.mandate
        return None if mandate and mandate.companies is not None else self.authority.asker.email_key

    @property
    def today(self) -> str:
        """The day in Berlin."""
        return timeline.today(self.now)

    def may(self, permission: Permission, company: Company, facts: Facts) -> bool:
        """Whether the asker has *permission* on *company*."""
        return self.authority.may(permission, company, facts)

    def within(self, tx: Tx, company: ColumnElement[int], permission: Permission) -> ColumnElement[bool]:
        """Whether *company*, a column of ids, is one on which the asker has *permission*, inherited or not."""
        desk = permission in OPERATOR and bool(self.office)
        if desk and self.office.everywhere:
            return true()
        reach = self._reach(tx, permission)
        granted = false() if reach is None else company.in_(reach)
        return or_(self.at_desk_of(company), granted) if desk else granted

    def at_desk(self, chamber: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether the asker is an operator of *chamber*, a column of numbers; it may be empty."""
        if self.office.everywhere:
            return true()
        return chamber.in_(sorted(self.office.chambers)) if self.office else false()

    def at_desk_of(self, company: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether the asker is an operator of the chamber of *company*, a column of ids; it may be empty."""
        if self.office.everywhere or not self.office:
            return true() if self.office else false()
        c = t.company.alias("of_office").c
        return company.in_(select(c.id).where(self.at_desk(c.chamber)))

    def assigned(self, tx: Tx, trainer: ColumnElement[int | None], company: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether *trainer* and *company* are those of a grant by which trainers see themselves and whom they train."""
        gives, g = self.authority.toggles.gives, t.access_grant.c
        seen, every = Permission.TRAINEES_VIEW_ASSIGNED, Permission.TRAINEES_VIEW
        bound = {
            grant.id
            for grant in self.authority.grants
            if grant.trainer is not None and gives(grant.role, seen) and not gives(grant.role, every)
        }
        if not bound:
            return false()
        pairs = select(g.trainer_id, g.company_id).join(t.company, t.company.c.id == g.company_id)
        open_ = t.company.c.status == OPEN
        return tuple_(trainer, company).in_(pairs.where(among(tx, g.id, bound), open_))

    def _reach(self, tx: Tx, permission: Permission) -> Select[tuple[int]] | None:
        given = [g for g in self.authority.grants if self.authority.toggles.gives(g.role, permission)]
        wide = {g.company for g in given if g.sites and g.role in INHERITED}
        narrow = {g.company for g in given} - wide
        if not wide:
            return _open(tx, narrow) if narrow else None
        reach = below(_open(tx, wide))
        return select(union(select(reach.c.id), _open(tx, narrow)).subquery()) if narrow else select(reach.c.id)


def scope_of(tx: Tx, asker: Asker, toggles: Toggles, now: str, usual_chamber: str | None = None) -> Scope:
    """The scope of *asker* at *now*."""
    return Scope(authority.authority(tx, asker, toggles, now), now, usual_chamber)


def below(tops: Select[tuple[int]]) -> CTE:
    """The companies *tops*, which select ids, and every site below them."""
    reach = tops.cte(recursive=True)
    site = t.company.alias()
    return reach.union(select(site.c.id).join(reach, site.c.parent_id == reach.c.id))


def _open(tx: Tx, ids: set[int]) -> Select[tuple[int]]:
    c = t.company.c
    return select(c.id).where(among(tx, c.id, ids), c.status == OPEN)
