"""A small world of companies, people and grants, written straight into the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Role
from asta_cli.core.policy import Asker
from asta_cli.store import tables as t
from asta_cli.store import views
from asta_cli.store.db import Store, Tx
from asta_cli.store.views import Asked, Scope

NOW = "2026-11-23T21:00:00Z"
TODAY = "2026-11-23"
EARLIER = "2026-01-01T00:00:00Z"
LATER = "2027-01-01T00:00:00Z"
OPERATOR = ""

Row = dict[str, Any]


@dataclass
class World:
    """Makes records; every maker takes the columns that matter and returns the id."""

    store: Store
    ids: Any = field(default_factory=lambda: count(1))
    toggles: Toggles = field(default_factory=Toggles)
    _waiting: list[tuple[Any, Row]] = field(default_factory=list)

    def put(self, table: Any, **values: Any) -> int:
        key: int = next(self.ids)
        self._waiting.append((table, {"id": key, **values}))
        return key

    def write(self, *statements: Any) -> None:
        """Write what was put, then *statements*."""
        with self.store.write() as tx:
            for table, values in self._waiting:
                tx.execute(table.insert(), values)
            for statement in statements:
                tx.execute(statement)
        self._waiting.clear()

    def read(self) -> AbstractContextManager[Tx]:
        """A transaction that sees everything that was put."""
        if self._waiting:
            self.write()
        return self.store.read()

    def chamber(self, number: str, **more: Any) -> int:
        values = {"name": f"IHK {number}", "created_at": EARLIER, "imported_at": EARLIER}
        return self.put(t.chamber, number=number, **values | more)

    def company(self, ident: str, parent: int | None = None, chamber: str = "177", **more: Any) -> int:
        values = {"name": f"Firma {ident}", "activated_at": EARLIER, "transfer_open": False, "status": "open"}
        return self.put(t.company, ident_number=ident, parent_id=parent, chamber=chamber, **values | more)

    def trainer(self, number: str, company: int, chamber: str = "177", **more: Any) -> int:
        values = {"last_name": number, "status": "open"}
        return self.put(t.trainer, trainer_number=number, company_id=company, chamber=chamber, **values | more)

    def trainee(self, number: str, company: int, chamber: str = "177", **more: Any) -> int:
        values = {
            "kind": "trainee",
            "first_name": "Zoë",
            "last_name": number,
            "birth_date": "2009-02-01",
            "occupation": "Bäcker/in",
            "contract_start": "2025-09-01",
            "contract_end": "2027-08-31",
            "account_status": "none",
            "status": "open",
        }
        return self.put(t.trainee, trainee_number=number, company_id=company, chamber=chamber, **values | more)

    def account(self, email: str, state: str = "confirmed", **more: Any) -> int:
        confirmed_at = EARLIER if state != "unconfirmed" else None
        values = {"name": email.partition("@")[0].title(), "language": "de", "created_at": EARLIER}
        more = {"confirmed_at": confirmed_at} | more
        return self.put(t.account, email=email, email_key=email.lower(), state=state, **values | more)

    def grant(self, email: str, company: int, role: Role = Role.ADMINISTRATOR, **more: Any) -> int:
        values = {"sites": role is not Role.TRAINER, "granted_at": EARLIER, "granted_by": "operator", "run_id": 1}
        keys = {"email": email, "email_key": email.lower()}
        return self.put(t.access_grant, company_id=company, role=role.value, **keys, **values | more)

    def scope(self, tx: Tx, email: str = OPERATOR, now: str = NOW) -> Scope:
        asker = Asker("os", email, email.lower(), 1) if email else Asker.at_desk("os")
        return views.scope_of(tx, asker, self.toggles, now)

    def rows(self, columns: str, view: Callable[[Tx, Scope], Asked], email: str = OPERATOR) -> list[Row]:
        """The rows of *view* as *email* sees them; counting must give their number."""
        with self.read() as tx:
            found = view(tx, self.scope(tx, email))
            rows = [named(columns, row) for row in found.rows()]
            assert found.count() == len(rows)
        return rows

    def seen(self, columns: str, view: Callable[[Tx, Scope], Asked], email: str = OPERATOR) -> list[Any]:
        """The first column of *view*."""
        return [next(iter(row.values())) for row in self.rows(columns, view, email)]

    def look(self, view: Callable[[Tx, Scope], Any], email: str = OPERATOR) -> Any:
        """What *view* answers."""
        with self.read() as tx:
            return view(tx, self.scope(tx, email))


def named(columns: str, row: Sequence[Any]) -> Row:
    return dict(zip(columns.split(), row, strict=True))
