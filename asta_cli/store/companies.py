"""Companies and their chambers as planners need them: keys -> facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from asta_cli.core.facts import Chamber, Facts, Letter, Needs
from asta_cli.core.model import Company, RecordStatus, Service, ServiceState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among, driver_rows, listed, names, rows_among

_COMPANY: tuple[Any, ...] = (
    t.company.c.id,
    t.company.c.chamber,
    t.company.c.ident_number,
    t.company.c.name,
    t.company.c.parent_id,
    t.company.c.status,
    t.company.c.activated_at,
    t.company.c.email,
)
DEEPEST = 64
"""So many head offices above one another: what is deeper is damage, and must not send a query round in circles."""


def with_chain(tx: Tx, facts: Facts, ids: Iterable[int]) -> None:
    """Add the companies *ids* and everything above them."""
    wanted = set(ids) - facts.by_id.keys()
    if wanted:
        for row in tx.execute(select(*_COMPANY).where(among(tx, t.company.c.id, wanted))):
            facts.add_company(company(row))
    ancestors(tx, facts)


def company(row: Sequence[Any]) -> Company:
    """A company from a row that begins with the columns of ``_COMPANY``."""
    return Company(row[0], row[1], row[2], row[3], row[4], row[5] == RecordStatus.OPEN, row[6] is not None, row[7])


def chambers(tx: Tx, numbers: set[str], facts: Facts) -> None:
    """Add the chambers with these *numbers*."""
    if numbers:
        c = t.chamber.c
        columns = (c.id, c.number, c.name, c.email, c.imported_at)
        for row in tx.execute(select(*columns).where(among(tx, c.number, numbers))):
            facts.chambers[row[1]] = Chamber(*row)


def companies(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add the companies that *needs* names."""
    conditions: list[ColumnElement[bool]] = []
    if needs.idents and not needs.company_ids and not needs.whole_chamber:
        mine = f"chamber = {tx.placeholder}" if needs.chamber else "true"
        sql = f"SELECT {names(_COMPANY)} FROM company WHERE {mine}"  # noqa: S608 - names are ours
        params = (needs.chamber,) if needs.chamber else ()
        for row in rows_among(tx, sql, "ident_number", needs.idents, params):
            facts.add_company(company(row))
        return
    if needs.idents:
        named = among(tx, t.company.c.ident_number, needs.idents)
        conditions.append(named if needs.chamber is None else and_(t.company.c.chamber == needs.chamber, named))
    if needs.company_ids:
        conditions.append(among(tx, t.company.c.id, needs.company_ids))
    if needs.whole_chamber:
        conditions.append(t.company.c.chamber == needs.chamber)
    if conditions:
        for row in tx.execute(select(*_COMPANY).where(or_(*conditions))).all():
            facts.add_company(company(row))


def ancestors(tx: Tx, facts: Facts) -> None:
    """Everything above the companies known so far."""
    missing = {c.parent for c in facts.by_id.values() if c.parent is not None} - facts.by_id.keys()
    if missing:
        start, params = listed(tx, "company.id", missing)
        columns = names(_COMPANY)
        # Whole rows climb: with their numbers alone, each level would be a table that is joined in the end.
        sql = (
            f"WITH RECURSIVE above AS (SELECT {columns}, 1 AS height FROM company WHERE {start} UNION ALL"  # noqa: S608
            f" SELECT {columns}, height + 1 FROM above JOIN company ON company.id = above.parent_id"
            f" WHERE height < {DEEPEST}) SELECT * FROM above"
        )
        for row in driver_rows(tx, sql, params):
            facts.add_company(company(row))


def descendants(tx: Tx, facts: Facts) -> None:
    """Everything below the companies known so far."""
    level = set(facts.by_id)
    while level:
        found = {}
        for row in tx.execute(select(*_COMPANY).where(among(tx, t.company.c.parent_id, level))):
            if row[0] not in facts.by_id:
                found[row[0]] = company(row)
        for item in found.values():
            facts.add_company(item)
        level = set(found)


def addresses(tx: Tx, facts: Facts) -> None:
    """Add where the companies known so far get their post."""
    for row in rows_among(tx, "SELECT id, street, postal_code, city FROM company WHERE true", "id", facts.by_id, ()):
        facts.addresses[row[0]] = row[1:]


def services(tx: Tx, facts: Facts) -> None:
    """Add which services there are, and who uses them."""
    chambers(tx, {company.chamber for company in facts.by_id.values()}, facts)
    s, p, c = t.service_state.c, t.service_pilot.c, t.company_service.c
    for row in tx.execute(select(s.chamber, s.service, s.id, s.state, s.since)):
        facts.states[row[0], Service(row[1])] = (row[2], ServiceState(row[3]), row[4])
    pilots = select(p.company_id, p.service, p.id).where(p.ended_at.is_(None), among(tx, p.company_id, facts.by_id))
    for row in tx.execute(pilots):
        facts.pilots[row[0], Service(row[1])] = row[2]
    active = select(c.company_id, c.service, c.id).where(c.ended_at.is_(None), among(tx, c.company_id, facts.by_id))
    for row in tx.execute(active):
        facts.services[row[0], Service(row[1])] = row[2]


def letters_of(tx: Tx, companies: Iterable[int], facts: Facts) -> None:
    """Add the letters of *companies*."""
    c = t.letter.c
    columns = (c.id, c.company_id, c.code_mac, c.valid_until, c.used_at, c.void_at, c.used_by)
    for row in tx.execute(select(*columns).where(among(tx, c.company_id, companies)).order_by(c.id)):
        facts.letters.setdefault(row[1], []).append(Letter(*row))
