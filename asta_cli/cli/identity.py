"""Who is asking (``access.mode = trusted``): the order is --as, the session of this terminal, the operator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from asta_cli.cli.context import os_user
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.fields import BadField
from asta_cli.core.policy import Asker
from asta_cli.core.sessions import Session, SessionEnded

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.core.model import Account


class UnknownAsker(AstaError):
    """The account to act as does not exist."""

    code = "unknown_account"
    status = Status.FORBIDDEN
    message = N_("there is no account {email} to act as")
    hint = N_("asta accounts list shows the accounts")


class Via(StrEnum):
    """What makes the asker who they are."""

    AS = "as"
    SESSION = "session"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Who:
    """The asker, their account if they are not an operator, and what makes them so."""

    asker: Asker
    via: Via
    account: Account | None = None
    session: Session | None = None


def identify(app: App) -> Who:
    """Who is asking. Raises UnknownAsker, SessionEnded, SessionExposed."""
    email = app.options.as_email or app.settings.as_email
    if email:
        account = _account(app, email)
        return Who(_asker(account), Via.AS, account)
    if app.interactive and (found := _session(app)) is not None:
        session, account = found
        return Who(_asker(account), Via.SESSION, account, session)
    return Who(Asker(os_user()), Via.OPERATOR)


def _asker(account: Account) -> Asker:
    return Asker(os_user(), account.email, account.email_key, account.id)


def _account(app: App, email: str) -> Account:
    from asta_cli import run
    from asta_cli.addresses import normalise
    from asta_cli.core.facts import Needs

    try:
        key = normalise(email)[1]
    except BadField:
        raise UnknownAsker(email=email) from None
    desk = app.desk_for(Asker(os_user()))
    facts = run.reading(desk, lambda tx: run.facts_for(tx, Needs(accounts={key}), app.now()))
    account = facts.accounts.get(key)
    if account is None:
        raise UnknownAsker(email=email)
    return account


def _session(app: App) -> tuple[Session, Account] | None:
    """The session of this user of the machine; None if nobody signed in.

    One that is over is not passed over: who believes to be signed in as somebody must not find themselves operator.
    """
    from asta_cli.cli import session_file
    from asta_cli.core.tokens import MalformedToken, token_hash
    from asta_cli.run import sessions

    token = session_file.read()
    if token is None:
        return None
    try:
        found = sessions.signed_in(app.desk_for(Asker(os_user())), token_hash(token))
    except MalformedToken:
        found = None
    if found is None:
        raise SessionEnded()
    return found
