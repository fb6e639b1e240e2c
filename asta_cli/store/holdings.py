"""Everything that one person holds or has held, with its history: for explaining, where planners need less."""

from __future__ import annotations

from sqlalchemy import select

from asta_cli.core.explained import Held, Holdings, Person
from asta_cli.core.model import AccountState, Grant, Role
from asta_cli.store import tables as t
from asta_cli.store.db import Tx

_HELD = (
    *(c for c in t.access_grant.c if c.name not in ("trainer_id", "reminded_at")),
    t.access_grant.c.trainer_id,
    t.trainer.c.trainer_number,
    t.account.c.state.label("account_state"),
    t.account.c.confirmed_at,
)


def holdings(tx: Tx, email: str, email_key: str) -> Holdings:
    """What the person with this key holds and has held, the oldest first; *email* is used where nothing is stored."""
    a, g = t.account.c, t.access_grant.c
    columns = (a.email, a.state, a.confirmed_at, a.state_at, a.state_reason)
    account = tx.execute(select(*columns).where(a.email_key == email_key)).first()
    joined = t.access_grant.outerjoin(t.account, a.email_key == g.email_key)
    joined = joined.outerjoin(t.trainer, t.trainer.c.id == g.trainer_id)
    rows = tx.execute(select(*_HELD).select_from(joined).where(g.email_key == email_key).order_by(g.id)).mappings()
    return Holdings(Person(*account) if account else Person(email), tuple(_held(dict(row)) for row in rows))


def companies_held(tx: Tx, email_key: str) -> set[int]:
    """The companies at which the person with this key has ever been given something, by their ids."""
    g = t.access_grant.c
    return set(tx.execute(select(g.company_id).where(g.email_key == email_key)).scalars())


def _held(row: dict[str, object]) -> Held:
    grant = Grant(
        id=_number(row["id"]),
        email=str(row["email"]),
        email_key=str(row["email_key"]),
        company=_number(row["company_id"]),
        role=Role(str(row["role"])),
        sites=bool(row["sites"]),
        trainer=None if row["trainer_id"] is None else _number(row["trainer_id"]),
        valid_from=_text(row["valid_from"]),
        valid_until=_text(row["valid_until"]),
        ended_at=_text(row["ended_at"]),
        confirmed=row["account_state"] == AccountState.CONFIRMED,
        reason=_text(row["reason"]),
        invited_until=_text(row["invited_until"]),
        confirmed_at=_text(row["confirmed_at"]),
    )
    return Held(
        grant,
        granted_at=str(row["granted_at"]),
        granted_by=str(row["granted_by"]),
        run=_number(row["run_id"]),
        ended_by=_text(row["ended_by"]),
        end_reason=_text(row["end_reason"]),
        end_run=None if row["end_run_id"] is None else _number(row["end_run_id"]),
        trainer_number=_text(row["trainer_number"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
