"""The chambers. That they exist, under which name and address, is public; anybody may list them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from asta_cli.core.model import RecordStatus
from asta_cli.store import tables as t
from asta_cli.store.db import Tx


def chamber_numbers(tx: Tx) -> list[str]:
    """The numbers of all chambers, in order."""
    return sorted(tx.execute(select(t.chamber.c.number)).scalars())


def chambers(tx: Tx) -> Iterable[tuple[Any, ...]]:
    """Number, name, e-mail address, time of the last import, and how many open companies each has."""
    c = t.chamber.c
    counted = (
        select(func.count())
        .where(t.company.c.chamber == c.number, t.company.c.status == RecordStatus.OPEN.value)
        .scalar_subquery()
    )
    found = tx.execute(select(c.number, c.name, c.email, c.imported_at, counted))
    return sorted((tuple(row) for row in found), key=lambda row: row[0])
