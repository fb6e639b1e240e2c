"""A database with a chamber in it, filled directly, and looks at all that a command left there."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from asta_cli.store import audit
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from asta_cli.store.keys import Keys
from tests.support.cli import Result
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess

CHAMBER = "177"
Dump = dict[str, list[tuple[Any, ...]]]


@dataclass
class Office:
    """The command upon one database. Calls are those of ``asta``."""

    asta: AstaInProcess
    store: Store
    clock: Clock
    keys: Keys
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_000))

    def __call__(self, *argv: object, **how: Any) -> Result:
        return self.asta(*argv, **how)

    def empty(self) -> None:
        """Take everything out of the database but what binds it to its key."""
        with self.store.write() as tx:
            for table in reversed(t.metadata.sorted_tables):
                if table.name != "meta":
                    tx.execute(table.delete())

    def report(self, *argv: object, code: int | None = None, **how: Any) -> dict[str, Any]:
        """The JSON report of a change."""
        found: dict[str, Any] = self.asta(*argv, "--format", "json", code=code, **how).json()
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of *table* in the order of their making."""
        with self.store.read() as tx:
            chosen = t.metadata.tables[table]
            return [dict(r) for r in tx.execute(select(chosen).order_by(*chosen.primary_key)).mappings()]

    def dump(self, *but: str) -> Dump:
        """Everything in the database, the tables *but* left out."""
        return {name: [tuple(r.values()) for r in self.rows(name)] for name in t.metadata.tables if name not in but}

    def insert(self, table: str, **values: Any) -> int:
        """A row of its own."""
        number = next(self._ids)
        with self.store.write() as tx:
            tx.execute(t.metadata.tables[table].insert(), {"id": number, **values})
        return number

    def chamber(self, number: str = CHAMBER) -> None:
        """A chamber."""
        self.insert("chamber", number=number, name=f"IHK {number}", created_at=self.clock.text())

    def company(self, ident: str, parent: int | None = None, chamber: str = CHAMBER, **more: Any) -> int:
        """A company of the register."""
        values = {"chamber": chamber, "ident_number": ident, "name": f"Betrieb {ident}", "parent_id": parent}
        return self.insert("company", **{**values, "transfer_open": False, "status": "open", **more})

    def trainer(self, number: str, company: int, email: str | None = None) -> int:
        """A trainer of the register."""
        values = {"chamber": CHAMBER, "trainer_number": number, "company_id": company, "last_name": "Groß"}
        return self.insert("trainer", **values, email=email, status="open")

    def person(self, email: str, state: str = "confirmed", language: str = "de") -> str:
        """An account."""
        values = {"email": email, "email_key": email.lower(), "name": "Erika Muster", "state": state}
        confirmed_at = None if state == "unconfirmed" else self.clock.text()
        self.insert("account", **values, language=language, created_at=self.clock.text(), confirmed_at=confirmed_at)
        return email

    def holds(self, email: str, company: int, role: str = "administrator", **more: Any) -> int:
        """A grant."""
        values = {
            "email": email,
            "email_key": email.lower(),
            "company_id": company,
            "role": role,
            "sites": role != "trainer",
            "granted_at": self.clock.text(),
            "granted_by": "operator",
            "run_id": 1,
        }
        return self.insert("access_grant", **{**values, **more})

    def grants(self, email: str | None = None) -> list[dict[str, Any]]:
        """The open grants, of one person or of all."""
        return [g for g in self.rows("access_grant") if g["ended_at"] is None and email in (None, g["email_key"])]

    def held(self, email: str) -> set[tuple[str, str]]:
        """Company and role of each open grant of *email*."""
        named = {c["id"]: c["ident_number"] for c in self.rows("company")}
        return {(named[g["company_id"]], g["role"]) for g in self.grants(email)}

    def mails(self, kind: str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """Recipient and parameters of each mail in the outbox."""
        return [(m["recipient"], json.loads(m["params"])) for m in self.rows("mail") if kind in (None, m["kind"])]

    def log(self) -> list[tuple[str, str]]:
        """Action and outcome of each audit entry; the log is sound."""
        with self.store.read() as tx:
            faults = list(audit.verify(tx, self.keys.subkey("audit")))
        assert not faults, faults
        return [(e["action"], e["outcome"]) for e in self.rows("audit_entry")]


def codes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where, code and severity of each problem of *report*."""
    return [(p["where"], p["code"], p["severity"]) for p in report["problems"]]


def counts(report: dict[str, Any]) -> dict[str, int]:
    """What a report counted, without the zeros."""
    names = ("rows", "created", "updated", "unchanged", "ended", "reopened", "kept", "rejected", "warned")
    return +Counter({n: report[n] for n in names})
