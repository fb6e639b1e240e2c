"""Choosing a password."""

from __future__ import annotations

from collections.abc import Callable

from asta_cli.core import tokens
from asta_cli.core.errors import AstaError, Status
from asta_cli.core.model import Account, LinkPurpose
from asta_cli.core.password_changes import NewPassword, NotYourPassword, PasswordPlanner
from asta_cli.core.tokens import LinkToken, WrongToken
from asta_cli.credentials.hashing import Hasher
from asta_cli.joining.registering import DeskFor, judged, of_token
from asta_cli.joining.signing import email_key
from asta_cli.joining.steps import account_of, acting_as, one, refused
from asta_cli.run import Attempt, Desk, Report

_COMMAND = "password set"


def set_password(
    desk: Desk,
    desk_for: DeskFor,
    email: str,
    token: str | None,
    password: Callable[[], str],
    hasher: Hasher,
    session: int | None,
) -> Report:
    """Give the account *email* the *password*, which is asked for when it is clear that it may be set.

    The asker is that account, or *token* was mailed to it. *session* is the asker's own and goes on. Raises BadEmail.
    """
    key = email_key(email)
    try:
        account, link = _allowed(desk, email, key, token)
        chosen = judged(password(), account.name, account.email)
    except AstaError as error:
        if error.status in (Status.REFUSED, Status.FORBIDDEN):
            return refused(desk, _COMMAND, email, error)
        raise
    hashed = hasher.hash(chosen)

    def planner(attempt: Attempt) -> PasswordPlanner:
        signing = desk.mac_key(tokens.PURPOSE) if link else None
        wanted = NewPassword(account.id, key, hashed, session, link, signing)
        return PasswordPlanner(wanted, attempt.now, attempt.ids)

    return one(desk_for(acting_as(account, desk.asker.os_user)), _COMMAND, account.email, planner)


def _allowed(desk: Desk, email: str, key: str, token: str | None) -> tuple[Account, LinkToken | None]:
    """Whose password it is, and the link of the token. Raises NotYourPassword, MalformedToken, WrongToken."""
    if token is not None:
        link, account = of_token(desk, token, LinkPurpose.RESET)
        if account.email_key != key:
            raise WrongToken
        return account, link
    # Whoever acts for an account, a program or an operator, must not come to hold what it signs in with.
    own = account_of(desk, key) if desk.asker.email_key == key and desk.asker.mandate is None else None
    if own is None:
        raise NotYourPassword(email=email)
    return own, None
