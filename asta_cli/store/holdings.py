"""Everything that one person holds or has held, with its history: for explaining, where planners need less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from asta_cli.core.explained import Held, Holdings, Person
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.given import GRANT, read_grant
from asta_cli.store.grants import with_holder

_HISTORY = (
    t.access_grant.c.granted_at,
    t.access_grant.c.granted_by,
    t.access_grant.c.run_id,
    t.access_grant.c.ended_by,
    t.access_grant.c.end_reason,
    t.access_grant.c.end_run_id,
    t.trainer.c.trainer_number,
)


def holdings(tx: Tx, email: str, email_key: str) -> Holdings:
    """What the person with this key holds and has held, the oldest first; *email* is used where nothing is stored."""
    a, g = t.account.c, t.access_grant.c
    columns = (a.email, a.state, a.confirmed_at, a.state_at, a.state_reason)
    account = tx.execute(select(*columns).where(a.email_key == email_key)).first()
    joined = with_holder().outerjoin(t.trainer, t.trainer.c.id == g.trainer_id)
    rows = tx.execute(select(*GRANT, *_HISTORY).select_from(joined).where(g.email_key == email_key).order_by(g.id))
    return Holdings(Person(*account) if account else Person(email), tuple(map(_held, rows)))


def companies_held(tx: Tx, email_key: str) -> set[int]:
    """The companies at which the person with this key has ever been given something, by their ids."""
    g = t.access_grant.c
    return set(tx.execute(select(g.company_id).where(g.email_key == email_key)).scalars())


def _held(row: Sequence[Any]) -> Held:
    return Held(read_grant(row), *row[len(GRANT) :])
