"""Keys -> facts, one query per kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import repeat
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from asta_cli.core.facts import Chamber, Facts, Letter, Link, Needs, TrainerRecord
from asta_cli.core.mandate import narrowed
from asta_cli.core.model import (
    Account,
    AccountState,
    Company,
    Grant,
    Kind,
    RecordStatus,
    Role,
    Service,
    ServiceState,
)
from asta_cli.core.office import Office
from asta_cli.core.policy import Asker, Authority, Toggles
from asta_cli.core.said import references
from asta_cli.core.trainers import trainer_key
from asta_cli.store import holders
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among, driver_rows, listed, paired, rows_among
from asta_cli.store.locks import lock_chambers, lock_operators

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
_ACCOUNT: tuple[Any, ...] = (
    t.account.c.id,
    t.account.c.email,
    t.account.c.email_key,
    t.account.c.name,
    t.account.c.chamber,
    t.account.c.state,
    t.account.c.language,
    t.account.c.password_hash.is_not(None),
    t.account.c.confirmed_at,
)
_LINK: tuple[Any, ...] = (
    t.link.c.id,
    t.link.c.purpose,
    t.link.c.account_id,
    t.link.c.expires_at,
    t.link.c.used_at,
    t.link.c.password_hash,
    t.link.c.email,
    t.link.c.email_key,
)
DEEPEST = 64
"""So many head offices above one another: what is deeper is damage, and must not send a query round in circles."""
# Looked up by the thousand, for which an enumeration is slow.
_ROLES, _STATES = {role.value: role for role in Role}, {state.value: state for state in AccountState}
_trainer_at_once = partial(tuple.__new__, TrainerRecord)  # a quarter of the time of its own way, for thousands
_grant_at_once = partial(tuple.__new__, Grant)
_REGISTER = {
    Kind.COMPANY: t.company.c.ident_number,
    Kind.TRAINER: t.trainer.c.trainer_number,
    Kind.TRAINEE: t.trainee.c.trainee_number,
}


@cache
def _names(columns: tuple[Any, ...]) -> str:
    """*columns* for a statement of the driver's own: building one of SQLAlchemy takes longer than answering it."""
    return ", ".join(map(str, columns))


def load(tx: Tx, needs: Needs, now: str) -> Facts:
    """The facts that *needs* names, as this transaction sees them."""
    facts = Facts(now)
    if needs.in_columns:
        from asta_cli.store import rosters

        rosters.load(tx, needs, facts)
        return facts
    needs = holders.named(tx, needs)
    _chambers(tx, needs.chambers, facts)
    _companies(tx, needs, facts)
    accounts_of(tx, needs.accounts, facts)
    _register(tx, needs, facts)
    _trainers(tx, needs, facts)
    _references(tx, needs, facts)
    if needs.records or needs.runs:
        from asta_cli.store import traces

        traces.load(tx, needs, facts)
    _grants(tx, needs, facts)
    _administrators(tx, needs, facts)
    _ancestors(tx, facts)
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


def authority(
    tx: Tx, asker: Asker, toggles: Toggles, now: str, *, run: int | None = None, known: Sequence[Grant] = ()
) -> Authority:
    """What *asker* may do at *now*: the grants in force of a confirmed account, nothing for any other.

    *run* is judged by what its asker could do before it, so that giving up one's own permission does not decide, by
    the order of rows, what else is done: those of the *known* grants count that it has ended itself.
    """
    if asker.email_key is None:
        return Authority(asker, toggles=toggles)
    g = t.access_grant.c
    held = _held(tx, asker.email_key)
    gone = {grant.id for grant in known} - {grant.id for grant in held}
    if gone:
        given_up = and_(among(tx, g.id, gone), g.end_run_id == run)
        held += [grant._replace(ended_at=None) for grant in _grants_of(tx, asker, given_up)]
    return _authority(tx, asker, (grant for grant in held if grant.in_force(now)), toggles)


def _in_office(tx: Tx, asker: Asker) -> Asker:
    """*asker* with the office that is left of theirs; nobody gains one while a command runs."""
    return replace(asker, office=office_of(tx, asker.email_key)) if asker.office else asker


def office_of(tx: Tx, email_key: str | None) -> Office:
    """For which chambers the confirmed account with this key is an operator."""
    c, a = t.operator.c, t.account.c
    joined = select(c.chamber, c.impersonate).join(t.account, a.email_key == c.email_key)
    held = joined.where(c.email_key == email_key, c.ended_at.is_(None), a.state == AccountState.CONFIRMED.value)
    return Office.of((row[0], bool(row[1])) for row in tx.execute(held))


def authority_at(tx: Tx, asker: Asker, toggles: Toggles, moment: str, now: str) -> Authority:
    """What *asker* may do by the grants of another *moment*, accounts being as they are *now*."""
    if asker.email_key is None or moment >= now:
        return authority(tx, asker, toggles, moment)
    g = t.access_grant.c
    then = and_(g.granted_at <= moment, or_(g.ended_at.is_(None), g.ended_at > moment))
    found = (grant._replace(ended_at=None) for grant in _grants_of(tx, asker, then))
    return _authority(tx, asker, (grant for grant in found if grant.in_force(moment)), toggles)


def _authority(tx: Tx, asker: Asker, grants: Iterable[Grant], toggles: Toggles) -> Authority:
    """What *asker* may do by *grants*, as far as their mandate goes."""
    companies = asker.mandate.companies if asker.mandate else None
    if companies is not None:
        grants = list(grants)
        facts = Facts("")
        with_chain(tx, facts, {*companies, *(grant.company for grant in grants)})
        grants = narrowed(grants, companies, facts)
    return Authority(_in_office(tx, asker), tuple(grants), toggles)


def _held(tx: Tx, email_key: str) -> list[Grant]:
    """The open grants of a person."""
    sql = (
        f"SELECT {_names(GRANT)} FROM access_grant"  # noqa: S608 - names are ours
        " LEFT JOIN account ON account.email_key = access_grant.email_key"
        f" WHERE access_grant.email_key = {tx.placeholder} AND access_grant.ended_at IS NULL"
    )
    return list(map(read_grant, driver_rows(tx, sql, (email_key,))))


def _grants_of(tx: Tx, asker: Asker, condition: ColumnElement[bool]) -> Iterator[Grant]:
    return map(read_grant, tx.execute(_granted(and_(t.access_grant.c.email_key == asker.email_key, condition))))


def with_chain(tx: Tx, facts: Facts, ids: Iterable[int]) -> None:
    """Add the companies *ids* and everything above them."""
    wanted = set(ids) - facts.by_id.keys()
    if wanted:
        for row in tx.execute(select(*_COMPANY).where(among(tx, t.company.c.id, wanted))):
            facts.add_company(company(row))
    _ancestors(tx, facts)


def company(row: Sequence[Any]) -> Company:
    """A company from a row that begins with the columns of ``_COMPANY``."""
    return Company(row[0], row[1], row[2], row[3], row[4], row[5] == RecordStatus.OPEN, row[6] is not None, row[7])


def _chambers(tx: Tx, numbers: set[str], facts: Facts) -> None:
    if numbers:
        c = t.chamber.c
        columns = (c.id, c.number, c.name, c.email, c.imported_at)
        for row in tx.execute(select(*columns).where(among(tx, c.number, numbers))):
            facts.chambers[row[1]] = Chamber(*row)


def _companies(tx: Tx, needs: Needs, facts: Facts) -> None:
    conditions: list[ColumnElement[bool]] = []
    if needs.idents and not needs.company_ids and not needs.whole_chamber:
        mine = f"chamber = {tx.placeholder}" if needs.chamber else "true"
        sql = f"SELECT {_names(_COMPANY)} FROM company WHERE {mine}"  # noqa: S608 - names are ours
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


def _ancestors(tx: Tx, facts: Facts) -> None:
    """Everything above the companies known so far."""
    missing = {c.parent for c in facts.by_id.values() if c.parent is not None} - facts.by_id.keys()
    if missing:
        start, params = listed(tx, "company.id", missing)
        columns = _names(_COMPANY)
        # Whole rows climb: with their numbers alone, each level would be a table that is joined in the end.
        sql = (
            f"WITH RECURSIVE above AS (SELECT {columns}, 1 AS height FROM company WHERE {start} UNION ALL"  # noqa: S608
            f" SELECT {columns}, height + 1 FROM above JOIN company ON company.id = above.parent_id"
            f" WHERE height < {DEEPEST}) SELECT * FROM above"
        )
        for row in driver_rows(tx, sql, params):
            facts.add_company(company(row))


def _descendants(tx: Tx, facts: Facts) -> None:
    level = set(facts.by_id)
    while level:
        found = {}
        for row in tx.execute(select(*_COMPANY).where(among(tx, t.company.c.parent_id, level))):
            if row[0] not in facts.by_id:
                found[row[0]] = company(row)
        for item in found.values():
            facts.add_company(item)
        level = set(found)


def accounts_of(tx: Tx, keys: set[str], facts: Facts) -> None:
    """Add the accounts with these e-mail keys."""
    if not keys:
        return
    sql = f"SELECT {_names(_ACCOUNT)} FROM account WHERE true"  # noqa: S608 - names are ours
    for row in rows_among(tx, sql, "email_key", keys, ()):
        _add_account(facts, row)


def _add_account(facts: Facts, row: Sequence[Any]) -> None:
    found = Account(row[0], row[1], row[2], row[3], row[4], _STATES[row[5]], row[6], bool(row[7]), row[8])
    facts.accounts[found.email_key] = found
    facts.accounts_by_id[found.id] = found


def _register(tx: Tx, needs: Needs, facts: Facts) -> None:
    for kind in needs.whether:
        sql = f"SELECT 1 FROM {kind} WHERE chamber = {tx.placeholder} LIMIT 1"  # noqa: S608 - names are ours
        if tx.driver(sql, (needs.chamber,)).first() is None:
            facts.empty.add(kind)
    for kind, numbers in needs.register.items():
        if not numbers or kind in facts.empty:
            continue
        column, names = _REGISTER[kind].name, tuple(t.metadata.tables[kind].c.keys())
        sql = f"SELECT {', '.join(names)} FROM {kind} WHERE chamber = {tx.placeholder}"  # noqa: S608 - names are ours
        for row in rows_among(tx, sql, column, numbers, (needs.chamber,)):
            record = dict(zip(names, row, strict=True))
            key = (
                trainer_key(record["trainer_number"], record["company_id"]) if kind is Kind.TRAINER else record[column]
            )
            facts.records[kind, key] = record


def _trainers(tx: Tx, needs: Needs, facts: Facts) -> None:
    if needs.trainer_numbers:
        names = "id, company_id, trainer_number, email, status = 'open'"
        sql = f"SELECT {names} FROM trainer WHERE chamber = {tx.placeholder}"  # noqa: S608 - names are ours
        rows = rows_among(tx, sql, "trainer_number", needs.trainer_numbers, (needs.chamber,))
        keys = [(row[2], row[1]) for row in rows]
        facts.trainers.update(zip(keys, map(_trainer_at_once, rows), strict=True))
    if needs.trainers_of:
        c = t.trainer.c
        columns = (c.id, c.company_id, c.trainer_number, c.email, c.status)
        query = select(*columns).join(t.company, t.company.c.id == c.company_id)
        for row in tx.execute(query.where(among(tx, t.company.c.ident_number, needs.trainers_of))):
            facts.trainers_of.setdefault(row[1], []).append(_trainer(row))


def _references(tx: Tx, needs: Needs, facts: Facts) -> None:
    if not needs.references:
        return
    ids = references(facts.records.values())
    with_chain(tx, facts, ids["parent_id"] | ids["company_id"])
    c = t.trainer.c
    query = select(c.id, c.company_id, c.trainer_number, c.email, c.status).where(among(tx, c.id, ids["trainer_id"]))
    for row in tx.execute(query):
        facts.trainers[row[2], row[1]] = _trainer(row)


def _trainer(row: Row[*tuple[Any, ...]]) -> TrainerRecord:
    return TrainerRecord(row[0], row[1], row[2], row[3], row[4] == RecordStatus.OPEN)


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


def _grants(tx: Tx, needs: Needs, facts: Facts) -> None:
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
        f"SELECT {_names(_PLAIN_GRANT)} FROM {p.table} JOIN access_grant"  # noqa: S608 - names are ours
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


def _administrators(tx: Tx, needs: Needs, facts: Facts) -> None:
    """All administrators of the whole trees around the companies: the last-administrator rule looks up and down."""
    if not needs.administrators or not facts.by_id:
        return
    _ancestors(tx, facts)
    _descendants(tx, facts)
    administrators_of(tx, facts.by_id, facts)
    if needs.whole_chamber or needs.readers:
        accounts_of(tx, {g.email_key for g in facts.administrators}, facts)


def administrators_of(tx: Tx, companies: Iterable[int], facts: Facts) -> None:
    """Add the administrators' open grants that *companies* carry."""
    where = and_(t.access_grant.c.role == Role.ADMINISTRATOR.value, among(tx, t.access_grant.c.company_id, companies))
    facts.administrators.extend(map(read_grant, tx.execute(_open_grants(where))))


def _extras(tx: Tx, needs: Needs, facts: Facts) -> None:
    if needs.parents:
        site, head = t.company, t.company.alias()
        query = select(site.c.ident_number, head.c.ident_number).join(head, head.c.id == site.c.parent_id)
        facts.parents = {row[0]: row[1] for row in tx.execute(query.where(site.c.chamber == needs.chamber))}
    if needs.letters:
        letters_of(tx, facts.by_id, facts)
    if needs.addresses:
        _addresses(tx, facts)
    if needs.links:
        _links(tx, needs, facts)
    _of_accounts(tx, needs, facts)
    holders.load(tx, needs, facts)
    if needs.services:
        _services(tx, facts)
    if needs.exam_periods:
        p = t.exam_period.c
        for row in tx.execute(select(p.chamber, p.period, p.id, p.deadline)):
            facts.deadlines[row[0], row[1]] = (row[2], row[3])


def _staff(tx: Tx, needs: Needs, facts: Facts) -> None:
    if needs.officers:
        from asta_cli.store import staff

        staff.load(tx, facts)


def letters_of(tx: Tx, companies: Iterable[int], facts: Facts) -> None:
    """Add the letters of *companies*."""
    c = t.letter.c
    columns = (c.id, c.company_id, c.code_mac, c.valid_until, c.used_at, c.void_at, c.used_by)
    for row in tx.execute(select(*columns).where(among(tx, c.company_id, companies)).order_by(c.id)):
        facts.letters.setdefault(row[1], []).append(Letter(*row))


def _addresses(tx: Tx, facts: Facts) -> None:
    for row in rows_among(tx, "SELECT id, street, postal_code, city FROM company WHERE true", "id", facts.by_id, ()):
        facts.addresses[row[0]] = row[1:]


def _links(tx: Tx, needs: Needs, facts: Facts) -> None:
    for row in tx.execute(select(*_LINK).where(among(tx, t.link.c.id, needs.links))):
        facts.links[row[0]] = Link(*row)
    owners = {link.account for link in facts.links.values()}
    for row in tx.execute(select(*_ACCOUNT).where(among(tx, t.account.c.id, owners))):
        _add_account(facts, row)


def _of_accounts(tx: Tx, needs: Needs, facts: Facts) -> None:
    if needs.account_links or needs.whole_accounts:
        c = t.link.c
        unused = and_(c.used_at.is_(None), among(tx, c.account_id, facts.accounts_by_id))
        for row in tx.execute(select(*_LINK).where(unused).order_by(c.id)):
            facts.account_links.setdefault(row[2], []).append(Link(*row))
    if needs.sessions or needs.whole_accounts:
        s = t.session.c
        unended = and_(s.ended_at.is_(None), among(tx, s.account_id, facts.accounts_by_id))
        for row in tx.execute(select(s.account_id, s.id).where(unended).order_by(s.id)):
            facts.sessions.setdefault(row[0], []).append(row[1])
    if needs.mailed_since is not None:
        m = t.mail.c
        addresses = {account.email for account in facts.accounts.values()}
        addresses |= {grant.email for grants in facts.grants.values() for grant in grants}
        recent = and_(m.queued_at > needs.mailed_since, among(tx, m.recipient, addresses))
        counted = select(m.recipient, m.kind, func.count()).where(recent).group_by(m.recipient, m.kind)
        for row in tx.execute(counted):
            facts.mailed[row[0], row[1]] = row[2]


def _services(tx: Tx, facts: Facts) -> None:
    _chambers(tx, {company.chamber for company in facts.by_id.values()}, facts)
    s, p, c = t.service_state.c, t.service_pilot.c, t.company_service.c
    for row in tx.execute(select(s.chamber, s.service, s.id, s.state, s.since)):
        facts.states[row[0], Service(row[1])] = (row[2], ServiceState(row[3]), row[4])
    pilots = select(p.company_id, p.service, p.id).where(p.ended_at.is_(None), among(tx, p.company_id, facts.by_id))
    for row in tx.execute(pilots):
        facts.pilots[row[0], Service(row[1])] = row[2]
    active = select(c.company_id, c.service, c.id).where(c.ended_at.is_(None), among(tx, c.company_id, facts.by_id))
    for row in tx.execute(active):
        facts.services[row[0], Service(row[1])] = row[2]
