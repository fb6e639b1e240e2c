"""Who is asking.

Where access is ``trusted``: --as, the token of a program, the session of this terminal, the operator at the keyboard.
Where people sign in: a token or a session; --as is a right that an operator may have, and is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from asta_cli.core.errors import N_, AstaError, Forbidden, Status
from asta_cli.core.fields import BadField
from asta_cli.core.mandate import Mandate
from asta_cli.core.office import NO_OFFICE
from asta_cli.core.policy import Asker
from asta_cli.core.sessions import Session, SessionEnded

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.core.model import Account
    from asta_cli.core.service_tokens import ServiceToken


class UnknownAsker(AstaError):
    """The account to act as does not exist, or is none of those that the operator may act as."""

    code = "unknown_account"
    status = Status.FORBIDDEN
    message = N_("there is no account {email} to act as")
    hint = N_("asta accounts list shows the accounts")


class SignInRequired(AstaError):
    """Nobody is an operator by sitting at the terminal here."""

    code = "sign_in_required"
    status = Status.FORBIDDEN
    message = N_("nobody is signed in")
    hint = N_("sign in: asta login EMAIL; a program gives --token-file")


class MayNotImpersonate(Forbidden):
    """--as is the right of an operator who was given it."""

    code = "no_impersonation"
    message = N_("{who} may not act as somebody else")
    hint = N_("leave out --as; an operator who has the right to it can give it: asta operators add EMAIL --impersonate")


class Via(StrEnum):
    """What makes the asker who they are."""

    AS = "as"
    TOKEN = "token"  # noqa: S105
    SESSION = "session"
    OPERATOR = "operator"
    MACHINE = "machine"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Who:
    """The asker, their account if they are not an operator by their seat, and what makes them so."""

    asker: Asker
    via: Via
    account: Account | None = None
    session: Session | None = None
    token: ServiceToken | None = None


def identify(app: App) -> Who:
    """Who is asking.

    Raises UnknownAsker, MayNotImpersonate, SignInRequired, SessionEnded, SessionExposed, TokenNotInForce, TokenExposed.
    """
    if app.for_the_machine:
        return Who(Asker.at_desk(app.caller.name), Via.MACHINE)
    if app.must_sign_in:
        return _signed_in(app)
    email = app.options.as_email or app.settings.as_email
    if email:
        asker, account = _named(app, email)
        return Who(asker, Via.AS, account)
    if app.token_given:
        return _by_token(app, app.token_given)
    if app.interactive and (found := _session(app)) is not None:
        return found
    return Who(Asker.at_desk(app.caller.name), Via.OPERATOR)


def _signed_in(app: App) -> Who:
    email = app.options.as_email or app.settings.as_email
    if app.nobody_in_particular and not email:
        return _perhaps(app)
    person = _by_token(app, app.token_given) if app.token_given else _session(app)
    if person is None:
        raise SignInRequired()
    return _instead(app, person, email) if email else person


def _perhaps(app: App) -> Who:
    """Whoever is signed in, or nobody in particular: the command is for both."""
    try:
        person = _session(app)
    except SessionEnded:
        person = None
    return person or Who(Asker(app.caller.name), Via.NOBODY)


def _instead(app: App, person: Who, email: str) -> Who:
    """The account *email*, in whose place the operator *person* acts. Raises MayNotImpersonate, UnknownAsker."""
    from asta_cli.run import staff

    behind = person.asker
    if person.token is not None or not behind.office.stands_in or behind.email is None:
        raise MayNotImpersonate(who=behind.name)
    asker, account = _named(app, email)
    if not staff.may_stand_in(app.desk_for(behind), account, asker.office):
        raise UnknownAsker(email=email)
    mandate = Mandate(stand_in=behind.email, stand_in_key=behind.email_key or "")
    return Who(replace(asker, mandate=mandate), Via.AS, account, person.session)


def _recognised(app: App, email_key: str) -> tuple[Asker, Account] | None:
    """The account with this key as the one that asks, with the office that it holds; None if there is none."""
    from asta_cli import run

    user = app.caller.name
    found = run.account_with_office(app.desk_for(Asker(user)), email_key)
    if found is None:
        return None
    account, office = found
    return Asker(user, account.email, account.email_key, account.id, office), account


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


def _by_token(app: App, file: str) -> Who:
    """The account whose service token is in *file*. Raises TokenNotInForce, TokenExposed, SecretUnreadable."""
    from asta_cli.cli import token_file
    from asta_cli.core.service_tokens import TokenNotInForce
    from asta_cli.core.tokens import MalformedToken, service_hash
    from asta_cli.run import staff

    try:
        digest = service_hash(token_file.read(app, file))
    except MalformedToken:
        raise TokenNotInForce() from None
    token = staff.token_in_force(app.desk_for(Asker(app.caller.name)), digest)
    found = _recognised(app, token[1].email_key) if token else None
    if token is None or found is None:
        raise TokenNotInForce()
    asker, account = found
    limits = token[0].companies
    mandate = Mandate(token=token[0].name, companies=limits)
    office = asker.office if limits is None else NO_OFFICE
    return Who(replace(asker, office=office, mandate=mandate), Via.TOKEN, account, token=token[0])


def _session(app: App) -> Who | None:
    """The session of this user of the machine; None if nobody signed in.

    One that is over is not passed over: who believes to be signed in as somebody must not find themselves operator.
    """
    from asta_cli.cli import session_file
    from asta_cli.core.tokens import MalformedToken, token_hash
    from asta_cli.run import sessions

    token = session_file.read(app)
    if token is None:
        return None
    try:
        found = sessions.signed_in(app.desk_for(Asker(app.caller.name)), token_hash(token))
    except MalformedToken:
        found = None
    recognised = _recognised(app, found[1].email_key) if found else None
    if found is None or recognised is None:
        raise SessionEnded()
    return Who(recognised[0], Via.SESSION, recognised[1], found[0])
