"""The history of runs: what one did, and what became of the same records since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, literal, not_, null, select

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.history import UNDO, Blocker, Later, RunRecord
from asta_cli.core.model import Action, Kind, RecordStatus
from asta_cli.core.reversal import GIVEN, GIVEN_ANEW, NUMBERS, named
from asta_cli.store import tables as t
from asta_cli.store.companies import with_chain
from asta_cli.store.db import Tx
from asta_cli.store.grants import lasting, with_holder
from asta_cli.store.keysets import among
from asta_cli.store.people import accounts_of

_BATCH = 1000
_SEARCHED = 10  # as many as a report names; to find who made a record takes a look through whole lists of ids
_COMPANY, _TRAINER, _TRAINEE, _GRANT = t.company, t.trainer, t.trainee, t.access_grant
_PLACE = {Kind.GRANT: ("email_key", "company_id", "role"), Kind.OPERATOR: ("email_key", "chamber")}
_Below = tuple[Kind, Table, ColumnElement[Any]]
_BELOW: dict[Kind, tuple[_Below, ...]] = {
    Kind.COMPANY: (
        (Kind.COMPANY, _COMPANY, _COMPANY.c.parent_id),
        (Kind.TRAINER, _TRAINER, _TRAINER.c.company_id),
        (Kind.TRAINEE, _TRAINEE, _TRAINEE.c.company_id),
        (Kind.GRANT, _GRANT, _GRANT.c.company_id),
        (Kind.SERVICE_PILOT, t.service_pilot, t.service_pilot.c.company_id),
        (Kind.COMPANY_SERVICE, t.company_service, t.company_service.c.company_id),
    ),
    Kind.TRAINER: (
        (Kind.TRAINEE, _TRAINEE, _TRAINEE.c.trainer_id),
        (Kind.GRANT, _GRANT, _GRANT.c.trainer_id),
    ),
}


def run_record(tx: Tx, number: int) -> RunRecord | None:
    """The run with this id."""
    c = t.run.c
    columns = (c.id, c.command, c.kind, c.chamber, c.state, c.of_run, c.expires_at)
    row = tx.execute(select(*columns).where(c.id == number)).first()
    if row is None:
        return None
    answers = select(c.id).where(c.of_run == number).order_by(c.id.desc()).limit(1)
    answer = tx.execute(answers).scalar() or 0
    return RunRecord(row[0], row[1], row[2], row[3], row[4], row[5], row[6], answer)


def done(tx: Tx, run: int) -> tuple[set[tuple[Kind, Action]], bool]:
    """What *run* did to which kinds, and whether part of its history has been erased."""
    c = t.run_change.c
    query = select(c.kind, c.action).where(c.run_id == run).distinct()
    kinds = {(Kind(row[0]), Action(row[1])) for row in tx.execute(query)}
    erased = tx.execute(select(c.seq).where(c.run_id == run, c.payload.is_(None)).limit(1)).first() is not None
    return kinds, erased


def creations(tx: Tx, run: int) -> Iterator[tuple[Kind, list[int]]]:
    """The ids of what *run* created, in its order."""
    c = t.run_change.c
    query = select(c.kind, c.payload).where(c.run_id == run, c.action == Action.CREATE.value).order_by(c.seq)
    for kind, payload in tx.stream(query, batch=10):
        yield Kind(kind), json.loads(payload or "[]")


def changes(tx: Tx, run: int) -> Iterator[tuple[Kind, Action, int, dict[str, Any]]]:
    """Everything else that *run* did, with key and values, record by record."""
    c = t.run_change.c
    query = select(c.kind, c.action, c.record_id, c.payload).where(c.run_id == run, c.action != Action.CREATE.value)
    for kind, action, record, payload in tx.stream(query.order_by(c.kind, c.record_id, c.seq), batch=_BATCH):
        yield Kind(kind), Action(action), record, json.loads(payload or "{}")


def load(tx: Tx, needs: Needs, facts: Facts) -> None:
    """The runs and records that *needs* names, and what has happened to them."""
    for number in needs.runs:
        found = run_record(tx, number)
        if found is not None:
            facts.runs[number] = found
    for kind, ids in needs.records.items():
        table = t.metadata.tables[kind]
        for row in tx.execute(select(table).where(among(tx, table.c.id, ids))).mappings():
            facts.by_record[kind, row["id"]] = dict(row)
    given = [record for (kind, _), record in facts.by_record.items() if kind in GIVEN]
    with_chain(tx, facts, {int(str(record["company_id"])) for record in given})
    if needs.since is None:
        return
    for kind, ids in needs.records.items():
        _later(tx, kind, ids, needs.since, facts)
    accounts_of(tx, {str(r["email_key"]) for (kind, _), r in facts.by_record.items() if kind is Kind.GRANT}, facts)
    _below(tx, needs, needs.since, facts)
    for kind, ids in needs.returning.items():
        _rivals(tx, kind, ids, needs.since, facts)


def chambers_of(tx: Tx, needs: Needs) -> set[str]:
    """The chambers of the companies to which the records belong that *needs* names."""
    numbers: set[str] = set()
    for kind in needs.records.keys() & set(GIVEN):
        table = t.metadata.tables[kind]
        query = select(_COMPANY.c.chamber).join(table, table.c.company_id == _COMPANY.c.id).distinct()
        numbers |= set(tx.execute(query.where(among(tx, table.c.id, needs.records[kind]))).scalars())
    return numbers


def _later(tx: Tx, kind: Kind, ids: Iterable[int], since: int, facts: Facts) -> None:
    """What later runs did to these records; those that were undone, and those that undid one of them, cancel out."""
    c, r = t.run_change.c, t.run.c
    undoing = and_(r.command == UNDO, r.of_run > since)
    query = (
        select(c.record_id, c.run_id, c.payload)
        .join(t.run, r.id == c.run_id)
        .where(c.kind == kind.value, c.run_id > since, r.state == "applied", not_(undoing), among(tx, c.record_id, ids))
        .order_by(c.run_id, c.seq)
    )
    for record, run, payload in tx.stream(query, batch=_BATCH):
        fields = frozenset(json.loads(payload)["after"]) if payload else frozenset({"status"})
        facts.later.setdefault((kind, record), []).append(Later(run, fields))


def _below(tx: Tx, needs: Needs, since: int, facts: Facts) -> None:
    """What is open below the records that would end, as far as the run in question has not met it itself."""
    for kind, ids in needs.ending.items():
        for child, table, column in _BELOW.get(kind, ()):
            query = select(column, *_shown(child, table)).where(among(tx, column, ids), _open(child, table, facts.now))
            if child is Kind.GRANT:
                query = query.select_from(with_holder())
            rows = (row for row in tx.stream(query, batch=_BATCH) if not needs.met(child, row[1]))
            for parent, blocker in _blockers(tx, kind, child, rows, since, facts):
                facts.blockers.setdefault((kind, parent), []).append(blocker)


def _rivals(tx: Tx, kind: Kind, ids: Iterable[int], since: int, facts: Facts) -> None:
    """The open record, of what would be given again, that has taken its place."""
    mine, other = t.metadata.tables[kind], t.metadata.tables[kind].alias()
    same = _PLACE.get(kind, ("company_id", "service"))
    query = (
        select(mine.c.id, *_shown(kind, other))
        .join(other, and_(*(_same(other.c[name], mine.c[name]) for name in same)))
        .where(among(tx, mine.c.id, ids), other.c.ended_at.is_(None), other.c.id != mine.c.id)
    )
    for record, blocker in _blockers(tx, kind, kind, tx.stream(query, batch=_BATCH), since, facts):
        facts.blockers.setdefault((kind, record), []).append(blocker)


def _same(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether both are the same; of every chamber (NULL) there is one office, too."""
    return one.is_not_distinct_from(other) if getattr(one, "nullable", False) else one == other


def _shown(kind: Kind, table: Any) -> tuple[ColumnElement[Any], ...]:
    """The id of a record, by which it is called, and its run where it has one."""
    c = table.c
    if kind is Kind.GRANT:
        return (c.id, c.company_id, c.email, c.role, c.run_id)
    if kind is Kind.OPERATOR:
        return (c.id, null(), c.email, c.chamber, c.run_id)
    if kind in GIVEN:
        return (c.id, c.company_id, null(), c.service, literal(0))
    return (c.id, c.chamber, null(), c[NUMBERS[kind]], literal(0))


def _open(kind: Kind, table: Any, now: str) -> ColumnElement[bool]:
    c = table.c
    if kind is Kind.GRANT:
        return and_(c.ended_at.is_(None), lasting(now))
    still: ColumnElement[bool] = c.ended_at.is_(None) if kind in GIVEN_ANEW else c.status == RecordStatus.OPEN.value
    return still


def _blockers(
    tx: Tx, kind: Kind, child: Kind, rows: Iterable[Row[*tuple[Any, ...]]], since: int, facts: Facts
) -> Iterator[tuple[int, Blocker]]:
    found = list(rows)
    if child in GIVEN:
        with_chain(tx, facts, {row[2] for row in found})
    for n, (parent, number, place, email, name, run) in enumerate(found):
        if child in GIVEN_ANEW:
            record = {"email": email, "company_id": place, "role": name, "service": name, "chamber": name}
            key = named(child, record, facts)
        else:
            key = f"{place}:{name}"
        maker = run or (_maker(tx, child, number, since) if n < _SEARCHED else 0)
        yield parent, Blocker(child, number, key, maker, number > since)


def _maker(tx: Tx, kind: Kind, number: int, since: int) -> int:
    """The run after *since* that created the record, 0 if none did."""
    c = t.run_change.c
    listed = c.payload.like(f"%{number}%")
    query = select(c.run_id).where(c.run_id > since, c.kind == kind.value, c.action == Action.CREATE.value, listed)
    return tx.execute(query.limit(1)).scalar() or 0


def numbers(tx: Tx, kind: Kind, ids: Iterable[int]) -> dict[int, str]:
    """What records of the register are called, by their ids."""
    ids = set(ids)
    table = t.metadata.tables[kind]
    query = select(table.c.id, table.c[NUMBERS[kind]]).where(among(tx, table.c.id, ids))
    return {row[0]: row[1] for row in tx.execute(query)} if ids else {}


def held(tx: Tx, run: int) -> Iterator[bytes]:
    """The plan of a held run, packed, in its order."""
    c = t.held_plan.c
    for row in tx.stream(select(c.payload).where(c.run_id == run).order_by(c.seq), batch=1):
        yield bytes(row[0])
