"""Whose session a token is, and the password that an account has."""

from __future__ import annotations

from asta_cli.core import timeline
from asta_cli.core.model import Account, AccountState
from asta_cli.core.sessions import TOUCH, Session
from asta_cli.run import Desk, reading


def signed_in(desk: Desk, token_hash: bytes) -> tuple[Session, Account] | None:
    """The session in force with this hash of a token, and its confirmed account; its use is written down."""
    from asta_cli.store import sessions

    now = desk.now()
    found = known(desk, token_hash)
    if found is None:
        return None
    session, account = found
    if not session.in_force(now, desk.asker.os_user) or account.state is not AccountState.CONFIRMED:
        return None
    if now >= timeline.plus(session.used_at, TOUCH):

        def write() -> None:
            with desk.store.write() as tx:
                sessions.touch(tx, session, now)

        desk.store.retrying(write)
    return session, account


def known(desk: Desk, token_hash: bytes) -> tuple[Session, Account] | None:
    """The session with this hash of a token, in force or not."""
    from asta_cli.store import sessions

    return reading(desk, lambda tx: sessions.find(tx, token_hash, desk.now()))


def password_of(desk: Desk, email_key: str) -> tuple[Account, str | None] | None:
    """The account with this key, and the hash of its password."""
    from asta_cli.store import sessions

    return reading(desk, lambda tx: sessions.password_of(tx, email_key, desk.now()))
