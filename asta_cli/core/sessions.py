"""Signing in and out. A session ends an hour after its last use, at the latest twelve hours after signing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from asta_cli.core import timeline
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import AccountState, Action, Kind, Value
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row

IDLE = 3_600
ABSOLUTE = 12 * 3_600
TOUCH = 60
"""A use is written down only if the last one written is this many seconds old: reading should stay reading."""


class SignInRefused(AstaError):
    """Unknown address, wrong password, none chosen, not confirmed, locked: nobody learns which (BSI ORP.4)."""

    code = "sign_in_refused"
    status = Status.REFUSED
    message = N_("address and password do not fit together")
    hint = N_("try again, or have a mail sent: asta password reset {email}")


class SessionEnded(AstaError):
    """There is a token of a session that is no longer in force. Going on as somebody else would be a surprise."""

    code = "session_ended"
    status = Status.FORBIDDEN
    message = N_("your session has ended")
    hint = N_("sign in again: asta login EMAIL; to go on without: asta logout")


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in of an account on this machine. ``used_at`` is the last use that was written down."""

    id: int
    account: int
    os_user: str
    used_at: str
    expires_at: str
    ended_at: str | None = None

    def in_force(self, now: str, os_user: str) -> bool:
        """Whether it lets *os_user* in at *now*. It belongs to the user of the machine who signed in."""
        if self.ended_at is not None or os_user != self.os_user:
            return False
        return now < self.expires_at and now < timeline.plus(self.used_at, IDLE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A password that was verified: ``stored`` is the hash it fits, ``fresh`` a newer form of it if it needs one."""

    account: int
    email: str
    email_key: str
    os_user: str
    session: int
    token_hash: bytes = field(repr=False)
    stored: str = field(repr=False)
    fresh: str | None = field(default=None, repr=False)


class SignInPlanner(SimplePlanner):
    """``login``: a session and its time. Refused if the password or the state changed since it was verified."""

    counted = frozenset({Kind.SESSION})

    def __init__(self, signing: SignIn, now: str) -> None:
        self._signing = signing
        self._now = now

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The account."""
        return Needs(accounts={self._signing.email_key})

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """Session and account."""
        (row,) = rows
        account = facts.accounts.get(self._signing.email_key)
        if account is None or account.id != self._signing.account or account.state is not AccountState.CONFIRMED:
            error = SignInRefused(email=self._signing.email)
            return Plan(problems=(problem(row, error.code, error=error),), rows=1)
        return Plan((self._account(), self._session()), rows=1)

    def _account(self) -> Change:
        s = self._signing
        after: dict[str, Value] = {"last_sign_in": self._now}
        before: dict[str, Value] = {"state": AccountState.CONFIRMED.value, "password_hash": s.stored}
        if s.fresh is not None:
            after["password_hash"] = s.fresh
        return Change(Kind.ACCOUNT, Action.UPDATE, s.account, s.email, after, before)

    def _session(self) -> Change:
        s = self._signing
        after: dict[str, Value] = {
            "account_id": s.account,
            "token_hash": s.token_hash,
            "os_user": s.os_user,
            "created_at": self._now,
            "used_at": self._now,
            "expires_at": timeline.plus(self._now, ABSOLUTE),
        }
        return Change(Kind.SESSION, Action.CREATE, s.session, s.email, after)


class SignOutPlanner(SimplePlanner):
    """``logout``: the session ends; one that is over already stays over."""

    counted = frozenset({Kind.SESSION})

    def __init__(self, session: Session, email_key: str, now: str) -> None:
        self._session = session
        self._email_key = email_key
        self._now = now

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The account's open sessions."""
        return Needs(accounts={self._email_key}, sessions=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """Its end."""
        if self._session.id not in facts.sessions.get(self._session.account, ()):
            return Plan(rows=1, unchanged=1)
        return Plan((end_session(self._session.id, self._session.account, self._now),), rows=1)


def end_session(session: int, account: int, now: str) -> Change:
    """The end of a session."""
    before: dict[str, Value] = {"account_id": account, "ended_at": None}
    return Change(Kind.SESSION, Action.END, session, "session", {"ended_at": now}, before)
