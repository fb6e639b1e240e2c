"""Signing in and out."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from asta_cli.addresses import normalise
from asta_cli.core import tokens
from asta_cli.core.accounts import BadEmail
from asta_cli.core.errors import AstaError
from asta_cli.core.fields import BadField
from asta_cli.core.model import Account, AccountState
from asta_cli.core.policy import Asker
from asta_cli.core.sessions import SignIn, SignInPlanner, SignInRefused, SignOutPlanner
from asta_cli.core.tokens import MalformedToken
from asta_cli.credentials.hashing import Hasher
from asta_cli.joining.steps import acting_as, one
from asta_cli.run import Attempt, Desk, Report, attempts, note, sessions

DeskFor = Callable[[Asker], Desk]
_PURPOSE = "login"


def sign_in(desk_for: DeskFor, os_user: str, email: str, password: str, hasher: Hasher) -> tuple[str, Account]:
    """The token of a new session, and whose it is.

    The attempt is counted and committed before anything is compared. Unknown, unconfirmed and locked accounts and those
    without password take the same work as a wrong password and say the same.

    Raises BadEmail (2), SignInRefused (5), Throttled (75).
    """
    key = email_key(email)
    desk = desk_for(Asker(os_user))
    counted = attempts.count(desk, _PURPOSE, key)
    account, stored = sessions.password_of(desk, key) or (None, None)
    if account is not None and account.state is not AccountState.CONFIRMED:
        stored = None
    if not hasher.verify(stored, password) or account is None or stored is None:
        note(desk, _PURPOSE, f"refused:{SignInRefused.code}", email)
        raise SignInRefused(email=email)
    fresh = hasher.hash(password) if hasher.outdated(stored) else None
    token = tokens.make_session(secrets.token_bytes)

    def planner(attempt: Attempt) -> SignInPlanner:
        digest = tokens.token_hash(token)
        session = next(attempt.ids)
        signing = SignIn(account.id, account.email, key, os_user, session, digest, stored, fresh)
        return SignInPlanner(signing, attempt.now)

    succeeded(one(desk_for(acting_as(account, os_user)), _PURPOSE, account.email, planner))
    attempts.forget(desk, counted)
    return token, account


def sign_out(desk_for: DeskFor, os_user: str, token: str) -> str:
    """End the session of *token*; the address that was signed out, "" if there is no such session."""
    desk = desk_for(Asker(os_user))
    try:
        found = sessions.known(desk, tokens.token_hash(token))
    except MalformedToken:
        return ""
    if found is None:
        return ""
    session, account = found

    def planner(attempt: Attempt) -> SignOutPlanner:
        return SignOutPlanner(session, account.email_key, attempt.now)

    succeeded(one(desk_for(acting_as(account, os_user)), "logout", account.email, planner))
    return account.email


def email_key(email: str) -> str:
    """What makes the address *email* unique. Raises BadEmail."""
    try:
        return normalise(email)[1]
    except BadField:
        raise BadEmail(email=email) from None


def succeeded(report: Report) -> None:
    """Raise the refusal that *report* holds, if it holds one."""
    for problem in report.problems:
        if isinstance(problem.error, AstaError):
            raise problem.error
