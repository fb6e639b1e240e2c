"""Keys -> facts, one query per kind; what each kind needs stands beside it."""

from __future__ import annotations

from sqlalchemy import or_, select

from asta_cli.core.facts import Facts, Needs
from asta_cli.store import holders
from asta_cli.store import tables as t
from asta_cli.store.companies import addresses, ancestors, chambers, companies, letters_of, services
from asta_cli.store.db import Tx
from asta_cli.store.given import administrators, grants
from asta_cli.store.keysets import among
from asta_cli.store.locks import lock_chambers, lock_operators
from asta_cli.store.people import accounts_of, links, of_accounts
from asta_cli.store.registers import references_of, register, trainers


def load(tx: Tx, needs: Needs, now: str) -> Facts:
    """The facts that *needs* names, as this transaction sees them."""
    facts = Facts(now)
    if needs.in_columns:
        from asta_cli.store import rosters

        rosters.load(tx, needs, facts)
        return facts
    needs = holders.named(tx, needs)
    chambers(tx, needs.chambers, facts)
    companies(tx, needs, facts)
    accounts_of(tx, needs.accounts, facts)
    register(tx, needs, facts)
    trainers(tx, needs, facts)
    references_of(tx, needs, facts)
    if needs.records or needs.runs:
        from asta_cli.store import traces

        traces.load(tx, needs, facts)
    grants(tx, needs, facts)
    administrators(tx, needs, facts)
    ancestors(tx, facts)
    _extras(tx, needs, facts)
    _staff(tx, needs, facts)
    return facts


def lock(tx: Tx, needs: Needs) -> None:
    """Have the chambers concerned to ourselves until the commit, before anything is read that the plan relies on.

    Writers of one chamber take turns, as all writers do on SQLite: a check of who administers a company looks at whole
    trees, and under READ COMMITTED two such checks would each count on what the other one takes away.
    """
    if tx.dialect != "postgresql":
        return
    needs = holders.named(tx, needs)
    holders.lock(tx, needs)
    mine: set[str] = set()
    # While we waited for one chamber, a grant in another may have come to the person whose grants are all to end.
    while missing := _concerned(tx, needs) - mine:
        lock_chambers(tx, missing)
        mine |= missing
    if needs.officers:
        lock_operators(tx)


def _concerned(tx: Tx, needs: Needs) -> set[str]:
    numbers = {needs.chamber} if needs.chamber else set(needs.chambers)
    conditions = []
    if needs.idents and not needs.chamber:
        conditions.append(among(tx, t.company.c.ident_number, needs.idents))
    if needs.company_ids and not needs.chamber:
        conditions.append(among(tx, t.company.c.id, needs.company_ids))
    if needs.holders:
        held = select(t.access_grant.c.company_id).where(among(tx, t.access_grant.c.email_key, needs.holders))
        conditions.append(t.company.c.id.in_(held.where(t.access_grant.c.ended_at.is_(None))))
    if needs.records and not needs.chamber:
        from asta_cli.store import traces

        numbers |= traces.chambers_of(tx, needs)
    if conditions:
        numbers |= set(tx.execute(select(t.company.c.chamber).distinct().where(or_(*conditions))).scalars())
    return numbers


def _extras(tx: Tx, needs: Needs, facts: Facts) -> None:
    if needs.parents:
        site, head = t.company, t.company.alias()
        query = select(site.c.ident_number, head.c.ident_number).join(head, head.c.id == site.c.parent_id)
        facts.parents = {row[0]: row[1] for row in tx.execute(query.where(site.c.chamber == needs.chamber))}
    if needs.letters:
        letters_of(tx, facts.by_id, facts)
    if needs.addresses:
        addresses(tx, facts)
    if needs.links:
        links(tx, needs, facts)
    of_accounts(tx, needs, facts)
    holders.load(tx, needs, facts)
    if needs.services:
        services(tx, facts)
    if needs.exam_periods:
        p = t.exam_period.c
        for row in tx.execute(select(p.chamber, p.period, p.id, p.deadline)):
            facts.deadlines[row[0], row[1]] = (row[2], row[3])


def _staff(tx: Tx, needs: Needs, facts: Facts) -> None:
    if needs.officers:
        from asta_cli.store import staff

        staff.load(tx, facts)
