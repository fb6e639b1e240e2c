"""Who is asking (``access.mode = trusted``): the order is --as, the session of this terminal, the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asta_cli.cli.context import os_user
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.fields import BadField
from asta_cli.core.policy import Asker

if TYPE_CHECKING:
    from asta_cli.cli.context import App


class UnknownAsker(AstaError):
    """The account to act as does not exist."""

    code = "unknown_account"
    status = Status.FORBIDDEN
    message = N_("there is no account {email} to act as")
    hint = N_("asta accounts list shows the accounts")


def identify(app: App) -> Asker:
    """The asker of this invocation. Raises UnknownAsker."""
    email = app.options.as_email or app.settings.as_email
    if email:
        return account_asker(app, email)
    return Asker(os_user())


def account_asker(app: App, email: str) -> Asker:
    """The asker who is the account *email*. Raises UnknownAsker."""
    from asta_cli import run
    from asta_cli.addresses import normalise
    from asta_cli.core.facts import Needs
    from asta_cli.run import Desk

    try:
        key = normalise(email)[1]
    except BadField:
        raise UnknownAsker(email=email) from None
    desk = Desk(app.store, Asker(os_user()), app.now, lambda: app.keys)
    facts = run.reading(desk, lambda tx: run.facts_for(tx, Needs(accounts={key}), app.now()))
    account = facts.accounts.get(key)
    if account is None:
        raise UnknownAsker(email=email)
    return Asker(os_user(), account.email, account.email_key, account.id)
