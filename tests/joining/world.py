"""What joining needs to exist: a chamber, a company with a letter, people; and a look at what the commands left."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from asta_cli.core import codes, timeline, tokens
from asta_cli.core.keys import MacKey
from asta_cli.core.model import LinkPurpose
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from asta_cli.store.keys import Keys
from tests.support.cli import Result
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess

CHAMBER = "177"
ERIKA = "erika.muster@example.com"
MAX = "max.muster@example.com"
PASSWORD = "drei Gänse am Teich"
OTHER = "vier Enten im Schilf"


@dataclass
class World:
    """One database with the command upon it. ``asta`` may be called as the fixture of that name."""

    asta: AstaInProcess
    store: Store
    clock: Clock
    keys: Keys
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_000))

    def __call__(self, *argv: object, **how: Any) -> Result:
        return self.asta(*argv, **how)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of *table* in the order of their making."""
        with self.store.read() as tx:
            chosen = t.metadata.tables[table]
            return [dict(r) for r in tx.execute(select(chosen).order_by(*chosen.primary_key)).mappings()]

    def account(self, email: str) -> dict[str, Any]:
        (found,) = [row for row in self.rows("account") if row["email_key"] == email]
        return found

    def mails(self, kind: str, to: str | None = None) -> list[dict[str, Any]]:
        """The parameters of the mails of *kind*, oldest first."""
        found = [m for m in self.rows("mail") if m["kind"] == kind and to in (None, m["recipient"])]
        return [json.loads(m["params"]) for m in found]

    def token(self, kind: str = "confirm", to: str = ERIKA, number: int = -1) -> str:
        """The token in one of the mails of *kind*, as its reader sees it."""
        link = self.mails(kind, to)[number]["link"]
        purposes = {"confirm": LinkPurpose.CONFIRM, "email_change": LinkPurpose.EMAIL}
        bound = purposes.get(kind, LinkPurpose.RESET), link["id"], link["account"], link["expires_at"]
        address = (link["email"], link["email_key"]) if kind == "email_change" else None
        return tokens.make_link(self.key(tokens.PURPOSE), *bound, address)

    def key(self, purpose: str) -> MacKey:
        return MacKey(self.keys.id, self.keys.subkey(purpose))

    def insert(self, table: str, **values: Any) -> int:
        """A row of its own, for what other commands make."""
        number = next(self._ids)
        with self.store.write() as tx:
            tx.execute(t.metadata.tables[table].insert(), {"id": number, **values})
        return number

    def person(self, email: str = ERIKA, password: str | None = PASSWORD) -> str:
        """A confirmed account."""
        given = {"stdin": password} if password else {}
        asked = ("--password-file", "-") if password else ()
        self("register", email, "--name", "Erika Muster", *asked, **given, code=0)
        self("confirm", self.token(to=email), code=0)
        return email

    def company(self, ident: str = "0001234", chamber: str = CHAMBER, **more: Any) -> int:
        values = {"chamber": chamber, "ident_number": ident, "name": "Muster GmbH", "transfer_open": False}
        return self.insert("company", **{**values, "status": "open", **more})

    def letter(self, company: int, **more: Any) -> str:
        """The code of a letter to *company*, valid for 30 days unless said otherwise."""
        (code,) = codes.make(1, secrets.token_bytes)
        now = self.clock.text()
        values = {
            "company_id": company,
            "code_mac": codes.code_mac(self.key(codes.PURPOSE), company, code),
            "issued_at": now,
            "valid_until": timeline.plus(now, 30 * 86_400),
            "run_id": 1,
        }
        self.insert("letter", **{**values, **more})
        return code

    def activate(self, typed: str, ident: str = "0001234", **how: Any) -> Result:
        return self("activate", ident, "--code-file", "-", stdin=typed, **{"as_": ERIKA, **how})
