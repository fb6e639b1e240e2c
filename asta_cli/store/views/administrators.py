"""Who administers what: the companies of a person, and the companies that lack one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, Text, bindparam, distinct, func, literal, or_, select

from asta_cli.core import timeline
from asta_cli.core.matrix import INHERITED
from asta_cli.core.model import Permission, Role
from asta_cli.store import tables as t
from asta_cli.store.companies import DEEPEST
from asta_cli.store.db import Tx
from asta_cli.store.grants import in_force, with_holder
from asta_cli.store.views.companies import columns, order, source
from asta_cli.store.views.places import Where
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import OPEN, Asked, Question, View


def administrable(tx: Tx, holder: str, now: str, role: Role = Role.ADMINISTRATOR, *, ended: bool = False) -> Asked:
    """``chamber ident_number name role via valid_until`` of the companies where the e-mail key *holder* has *role*.

    Each is named once, with its nearest grant: ``via`` is the Identnummer of the company that carries it,
    ``valid_until`` its last day in Berlin. Companies ended in the register are among them only if *ended*.
    """
    question = _administrable(tx.dialect, sites=role in INHERITED, ended=ended)
    return Asked(tx, question, {"holder": holder, "now": now, "role": role.value}, last_cell_day, few=True)


def without_administrator(tx: Tx, scope: Scope, where: Where, at_most: int = 0) -> View:
    """The columns of ``companies`` and ``administrators``: activated companies with *at_most* so many usable ones.

    Usable means what the last-administrator rule means by it (``core.coverage``), inherited ones included.
    """
    c = t.company.c
    conditions = [
        *where.conditions(tx, scope, t.company),
        scope.within(tx, c.id, Permission.COMPANY_VIEW),
        c.activated_at.is_not(None),
    ]
    counted = _administrators(scope.now, conditions)
    number = func.coalesce(counted.c.administrators, 0)
    base, joined = (table.outerjoin(counted, counted.c.company_id == c.id) for table in (t.company, source()))
    shown = (*columns(tx.dialect), number)
    return View(tx, base, joined, shown, [*conditions, number <= at_most], order(tx.dialect))


def chains(*conditions: Any) -> CTE:
    """For the companies that meet *conditions*: (``company_id``, ``carrier_id``) for each and everything above it."""
    c, above = t.company.c, t.company.alias()
    start = select(c.id.label("company_id"), c.id.label("carrier_id"), c.parent_id).where(*conditions)
    chain = start.cte(recursive=True)
    return chain.union(
        select(chain.c.company_id, above.c.id, above.c.parent_id).join(above, above.c.id == chain.c.parent_id)
    )


def last_cell_day(row: Sequence[Any]) -> Sequence[Any]:
    """*row* with the end of a validity, in its last cell, as the last day that belongs to it."""
    return row if row[-1] is None else (*row[:-1], timeline.last_day(row[-1]))


@cache
def _administrable(dialect: str, *, sites: bool, ended: bool) -> Question:
    """Made once: making it takes several times as long as answering it for a person with a few companies."""
    near, c = _nearest(dialect, sites=sites), t.company.c
    base = near.join(t.company, c.id == near.c.company_id)
    shown = (c.chamber, c.ident_number, c.name, bindparam("role", type_=Text), near.c.via, near.c.valid_until)
    return Question(base, base, shown, [] if ended else [c.status == OPEN], order(dialect))


def _nearest(dialect: str, *, sites: bool) -> Subquery:
    """(company, via, valid until): the nearest of the grants of ``holder`` that reach a company."""
    g, c, site = t.access_grant.c, t.company.c, t.company.alias("site")
    start = (c.ident_number.label("via"), g.valid_until, literal(0).label("depth"), g.sites.label("wide"))
    reach = (
        select(g.company_id, *start)
        .select_from(with_holder().join(t.company, c.id == g.company_id))
        .where(g.email_key == bindparam("holder"), g.role == bindparam("role"), in_force(bindparam("now", type_=Text)))
        .where(c.status == OPEN)
        .cte("reach", recursive=True)
    )
    if sites:
        deeper = select(site.c.id, reach.c.via, reach.c.valid_until, reach.c.depth + 1, reach.c.wide)
        joined = deeper.join(reach, site.c.parent_id == reach.c.company_id)
        reach = reach.union_all(joined.where(reach.c.wide, reach.c.depth < DEEPEST))
    found = select(reach.c.company_id, reach.c.via, reach.c.valid_until)
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import distinct_on  # loaded there anyhow

        return found.ext(distinct_on(reach.c.company_id)).order_by(reach.c.company_id, reach.c.depth).subquery()
    # SQLite takes what stands beside a minimum from the row that has it; numbering the rows takes half as long again.
    return found.add_columns(func.min(reach.c.depth)).group_by(reach.c.company_id).subquery()


def _administrators(now: str, conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """(company, number): how many usable administrators the companies have that meet *conditions*."""
    chain, g, carrier = chains(*conditions), t.access_grant.c, t.company.alias("carrier")
    carriers = chain.join(carrier, carrier.c.id == chain.c.carrier_id)
    return (
        select(chain.c.company_id, func.count(distinct(g.email_key)).label("administrators"))
        .select_from(with_holder(carriers.join(t.access_grant, g.company_id == carrier.c.id)))
        .where(
            g.role == Role.ADMINISTRATOR.value,
            in_force(now),
            carrier.c.status == OPEN,
            or_(chain.c.carrier_id == chain.c.company_id, g.sites),
        )
        .group_by(chain.c.company_id)
        .subquery()
    )
