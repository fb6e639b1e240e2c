"""Accounts that may belong to one person (``core.duplicates``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, union

from asta_cli.core.duplicates import Alike, Person, groups
from asta_cli.core.model import AccountState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.views.accounts import grants_of_account, seen
from asta_cli.store.views.places import known_chamber
from asta_cli.store.views.scope import Scope

_SHOWN = 5_000


class Duplicates:
    """``group reason email name chamber state grants created_at last_sign_in``: a row for each account of a group."""

    def __init__(self, tx: Tx, now: str, where: Sequence[ColumnElement[bool]], chamber: str | None) -> None:
        self._tx, self._now, self._where, self._chamber = tx, now, where, chamber

    def rows(self) -> Iterator[Sequence[Any]]:
        """The rows, group by group."""
        found = self._groups()
        for start in range(0, len(found), _SHOWN):
            part = found[start : start + _SHOWN]
            known = self._known({one for alike in part for one in alike.accounts})
            for number, alike in enumerate(part, start + 1):
                why = ", ".join(alike.why)
                yield from ((number, why, *known[one]) for one in alike.accounts)

    def count(self) -> int:
        """How many rows there are."""
        return sum(len(alike.accounts) for alike in self._groups())

    def _groups(self) -> list[Alike]:
        a, tx = t.account.c, self._tx
        people = [Person(*row) for row in tx.stream(select(a.id, a.email_key, a.name, a.chamber).where(*self._where))]
        found = groups(people, self._companies(), self._trainers())
        if self._chamber is None:
            return found
        here = {person.id for person in people if person.chamber == self._chamber}
        return [alike for alike in found if here.intersection(alike.accounts)]

    def _companies(self) -> Iterator[tuple[int, int]]:
        a, g = t.account.c, t.access_grant.c
        held = select(a.id, g.company_id).join(t.access_grant, g.email_key == a.email_key)
        return ((row[0], row[1]) for row in self._tx.stream(held.where(g.ended_at.is_(None)).distinct()))

    def _trainers(self) -> Iterator[tuple[str, int]]:
        """A trainer may have a record at several companies of a chamber: the number tells that it is one person."""
        a, g, r = t.account.c, t.access_grant.c, t.trainer.c
        who = (r.chamber, r.trainer_number, a.id)
        addressed = select(*who).select_from(t.trainer.join(t.account, a.email_key == r.email_key))
        given = t.trainer.join(t.access_grant, and_(g.trainer_id == r.id, g.ended_at.is_(None)))
        permitted = select(*who).select_from(given.join(t.account, a.email_key == g.email_key))
        both = union(addressed, permitted).subquery()
        for row in self._tx.stream(select(both)):
            yield f"{row[0]}:{row[1]}", row[2]

    def _known(self, ids: set[int]) -> dict[int, tuple[Any, ...]]:
        a = t.account.c
        columns = (a.email, a.name, a.chamber, a.state, grants_of_account(self._now))
        query = select(a.id, *columns, a.created_at, a.last_sign_in).where(among(self._tx, a.id, ids))
        return {row[0]: tuple(row[1:]) for row in self._tx.execute(query)}


def duplicates(tx: Tx, scope: Scope, chamber: str | None = None, *, all: bool = False) -> Duplicates:
    """Probable duplicates, those with an account in *chamber*; disabled accounts only if *all*.

    Whoever is no operator sees none. Raises UnknownChamber.
    """
    a = t.account.c
    conditions: list[ColumnElement[bool]] = [seen(scope) if scope.office else false()]
    if not all:
        conditions.append(a.state != AccountState.DISABLED.value)
    return Duplicates(tx, scope.now, conditions, known_chamber(tx, chamber) if chamber is not None else None)
