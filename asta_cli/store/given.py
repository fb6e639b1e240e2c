"""What is given to people, and who administers companies: keys -> facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import AccountState, Grant, Role
from asta_cli.core.policy import Asker
from asta_cli.store import tables as t
from asta_cli.store.companies import ancestors, descendants, with_chain
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among, driver_rows, names, paired
from asta_cli.store.people import accounts_of

GRANT: tuple[Any, ...] = (
    t.access_grant.c.id,
    t.access_grant.c.email,
    t.access_grant.c.email_key,
    t.access_grant.c.company_id,
    t.access_grant.c.role,
    t.access_grant.c.sites,
    t.access_grant.c.trainer_id,
    t.access_grant.c.valid_from,
    t.access_grant.c.valid_until,
    t.access_grant.c.ended_at,
    t.account.c.state,
    t.access_grant.c.reason,
    t.access_grant.c.invited_until,
    t.account.c.confirmed_at,
)
_PLAIN_GRANT = tuple(column for column in GRANT if column.table is t.access_grant and column.name != "ended_at")
"""Of open grants, what their own table has."""
# Looked up by the thousand, for which an enumeration is slow.
_ROLES = {role.value: role for role in Role}
_grant_at_once = partial(tuple.__new__, Grant)


def _granted(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    joined = t.access_grant.outerjoin(t.account, t.account.c.email_key == t.access_grant.c.email_key)
    return select(*GRANT).select_from(joined).where(condition)


def _open_grants(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _granted(and_(t.access_grant.c.ended_at.is_(None), condition))


def read_grant(row: Sequence[Any]) -> Grant:
    """A grant from a row that begins with the columns of ``GRANT``."""
    return Grant(
        row[0], row[1], row[2], row[3], _ROLES[row[4]], bool(row[5]), row[6], row[7], row[8], row[9],
        row[10] == AccountState.CONFIRMED, row[11], row[12], row[13],
    )  # fmt: skip


def grants(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add the open grants that *needs* names."""
    if needs.pairs:
        for grant in _between(tx, needs, facts):
            facts.grants.setdefault((grant.email_key, grant.company), []).append(grant)
    if needs.holders:
        for grant in map(read_grant, tx.execute(_open_grants(among(tx, t.access_grant.c.email_key, needs.holders)))):
            known = facts.grants.setdefault((grant.email_key, grant.company), [])
            if all(g.id != grant.id for g in known):
                known.append(grant)
        with_chain(tx, facts, (company for _, company in facts.grants))


def _between(tx: Tx, needs: Needs, facts: Facts) -> Iterator[Grant]:
    """The open grants between the pairs of *needs*."""
    wanted = _wanted(needs, facts)
    accounts_of(tx, wanted.keys() - needs.accounts, facts)
    p = paired(tx, wanted)
    sql = (
        f"SELECT {names(_PLAIN_GRANT)} FROM {p.table} JOIN access_grant"  # noqa: S608 - names are ours
        f" ON access_grant.email_key = {p.text} AND access_grant.company_id = {p.number} AND ended_at IS NULL"
    )
    rows = driver_rows(tx, sql, p.params)
    if not rows:
        return iter(())
    # Column by column: read one by one, a hundred thousand would take three times as long.
    ids, emails, keys, companies, roles, sites, trainers, starts, ends, reasons, invited = zip(*rows, strict=True)
    confirmed = {key: account.state is AccountState.CONFIRMED for key, account in facts.accounts.items()}
    since = {key: account.confirmed_at for key, account in facts.accounts.items()}
    yes = [confirmed.get(key, False) for key in keys]
    named, wide, ended = map(_ROLES.__getitem__, roles), map(bool, sites), repeat(None, len(rows))
    columns = ids, emails, keys, companies, named, wide, trainers, starts, ends, ended, yes, reasons, invited
    return map(_grant_at_once, zip(*columns, map(since.get, keys), strict=True))


def _wanted(needs: Needs, facts: Facts) -> dict[str, list[int]]:
    """The companies, by their ids, at which each e-mail key is asked for."""
    ids = {ident: [company.id for company in found] for ident, found in facts.companies.items()}
    wanted: dict[str, list[int]] = {}
    for key, ident in needs.pairs:
        if ident in ids:
            wanted.setdefault(key, []).extend(ids[ident])
    return wanted


def administrators(tx: Tx, needs: Needs, facts: Facts) -> None:
    """All administrators of the whole trees around the companies: the last-administrator rule looks up and down."""
    if not needs.administrators or not facts.by_id:
        return
    ancestors(tx, facts)
    descendants(tx, facts)
    administrators_of(tx, facts.by_id, facts)
    if needs.whole_chamber or needs.readers:
        accounts_of(tx, {g.email_key for g in facts.administrators}, facts)


def administrators_of(tx: Tx, companies: Iterable[int], facts: Facts) -> None:
    """Add the administrators' open grants that *companies* carry."""
    where = and_(t.access_grant.c.role == Role.ADMINISTRATOR.value, among(tx, t.access_grant.c.company_id, companies))
    facts.administrators.extend(map(read_grant, tx.execute(_open_grants(where))))


def held_by(tx: Tx, email_key: str) -> list[Grant]:
    """The open grants of a person."""
    sql = (
        f"SELECT {names(GRANT)} FROM access_grant"  # noqa: S608 - names are ours
        " LEFT JOIN account ON account.email_key = access_grant.email_key"
        f" WHERE access_grant.email_key = {tx.placeholder} AND access_grant.ended_at IS NULL"
    )
    return list(map(read_grant, driver_rows(tx, sql, (email_key,))))


def ever_held(tx: Tx, asker: Asker, condition: ColumnElement[bool]) -> Iterator[Grant]:
    """What *asker* has ever held that meets *condition*."""
    return map(read_grant, tx.execute(_granted(and_(t.access_grant.c.email_key == asker.email_key, condition))))
