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
        asker, account = _named(app, email)
        return Who(asker, Via.AS, account)
    if app.interactive and (found := _session(app)) is not None:
        session, (asker, account) = found
        return Who(asker, Via.SESSION, account, session)
    return Who(Asker.at_desk(os_user()), Via.OPERATOR)


def _recognised(app: App, email_key: str) -> tuple[Asker, Account] | None:
    """The account with this key as the one that asks, with the office that it holds; None if there is none."""
    from asta_cli import run

    found = run.account_with_office(app.desk_for(Asker(os_user())), email_key)
    if found is None:
        return None
    account, office = found
    return Asker(os_user(), account.email, account.email_key, account.id, office), account


def _named(app: App, email: str) -> tuple[Asker, Account]:
    from asta_cli.addresses import normalise

    try:
        key = normalise(email)[1]
    except BadField:
        raise UnknownAsker(email=email) from None
    found = _recognised(app, key)
    if found is None:
        raise UnknownAsker(email=email)
    return found


def _session(app: App) -> tuple[Session, tuple[Asker, Account]] | None:
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
    recognised = _recognised(app, found[1].email_key) if found else None
    if found is None or recognised is None:
        raise SessionEnded()
    return found[0], recognised
