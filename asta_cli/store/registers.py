"""The records of a chamber's register as planners need them: keys -> facts."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import Row, select

from asta_cli.core.facts import Facts, Needs, TrainerRecord
from asta_cli.core.model import Kind, RecordStatus
from asta_cli.core.said import references
from asta_cli.core.trainers import trainer_key
from asta_cli.store import tables as t
from asta_cli.store.companies import with_chain
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among, rows_among

_REGISTER = {
    Kind.COMPANY: t.company.c.ident_number,
    Kind.TRAINER: t.trainer.c.trainer_number,
    Kind.TRAINEE: t.trainee.c.trainee_number,
}
_trainer_at_once = partial(tuple.__new__, TrainerRecord)  # a quarter of the time of its own way, for thousands


def register(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add the records of the register that *needs* names, and which kinds there are none of."""
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


def trainers(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add the trainers that *needs* names."""
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


def references_of(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add what the records of the register refer to."""
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
