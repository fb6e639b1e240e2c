"""An installation where people sign in: two operators, and a person who administers two companies."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path
from typing import Any

from asta_cli.core import timeline, tokens
from asta_cli.core.sessions import ABSOLUTE
from tests.joining.world import ERIKA, MAX, World
from tests.support.cli import Result

SIGNED_IN = {"ASTA_ACCESS__MODE": "signed-in"}
ADMIN = "admin@ihk.example"
DESK = "sachbearbeitung@ihk.example"
HERE, THERE = "177", "155"
HEAD, SITE, OTHER, FAR = "0001000", "0001001", "0002000", "0009000"


class Shared:
    """A world in which people sign in: Erika administers a head office and another company, operators there are two."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.insert("chamber", number=THERE, name="IHK 155", created_at=world.clock.text())
        now = world.clock.text()
        self.head = world.company(HEAD, activated_at=now)
        self.site = world.company(SITE, parent_id=self.head, activated_at=now)
        self.other = world.company(OTHER, activated_at=now)
        self.far = world.company(FAR, chamber=THERE, activated_at=now)
        for email in (ERIKA, MAX, ADMIN, DESK):
            self.person(email)
        for company in (self.head, self.other):
            self.holds(ERIKA, company)
        self.operator(ADMIN, None, impersonate=True)
        self.operator(DESK, HERE)

    def person(self, email: str) -> None:
        named = {"email": email, "email_key": email, "name": "Erika Muster", "state": "confirmed", "language": "de"}
        self.world.insert("account", **named, created_at=self.world.clock.text())

    def holds(self, email: str, company: int, role: str = "administrator") -> None:
        now = self.world.clock.text()
        named = {"email": email, "email_key": email, "company_id": company, "role": role, "sites": True}
        self.world.insert("access_grant", **named, granted_at=now, granted_by="operator", run_id=1)

    def operator(self, email: str, chamber: str | None, *, impersonate: bool = False) -> None:
        now = self.world.clock.text()
        named = {"email": email, "email_key": email, "chamber": chamber, "impersonate": impersonate}
        self.world.insert("operator", **named, added_at=now, added_by="operator", run_id=1)

    def __call__(self, *argv: object, env: dict[str, str] | None = None, **how: Any) -> Result:
        return self.world(*argv, env={**SIGNED_IN, **(env or {})}, **how)

    def login(self, email: str) -> None:
        """A session of *email*; passwords are hashed slowly, so none is asked for."""
        token, now = tokens.make_session(secrets.token_bytes), self.world.clock.text()
        named = {"account_id": self.world.account(email)["id"], "token_hash": tokens.token_hash(token)}
        user = getpass.getuser()
        times = {"created_at": now, "used_at": now, "expires_at": timeline.plus(now, ABSOLUTE)}
        self.world.insert("session", **named, os_user=user, **times)
        self.session_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.session_file.touch(0o600)
        self.session_file.write_text(token)

    def token(self, *more: str, name: str = "nightly") -> str:
        """A token of whoever is signed in."""
        made = self("tokens", "create", name, "--for", "30d", *more, code=0)
        return made.out.strip()

    def by(self, token: str, *argv: object, stdin: str = "", **how: Any) -> Result:
        """A command by a program that has *token* and no session."""
        session = self.session_file
        kept = session.read_text() if session.exists() else None
        session.unlink(missing_ok=True)
        try:
            return self("--token-file", "-", *argv, stdin=f"{token}\n{stdin}", **how)
        finally:
            if kept is not None:
                session.touch(0o600)
                session.write_text(kept)

    @property
    def session_file(self) -> Path:
        return self.world.asta.asta.home / "state" / "asta" / "session"
