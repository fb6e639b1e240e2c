"""``accounts lock``, ``unlock`` and ``disable``: an account that cannot be used for a while, again, or for good."""

from __future__ import annotations

from enum import StrEnum

from asta_cli.core.account_changes import AccountPlanner, DisabledForGood, Email, Terms, locked_out
from asta_cli.core.facts import Facts
from asta_cli.core.links import UnknownAccount
from asta_cli.core.model import BLOCKED, Account, AccountState, Action, Kind, MailKind, Value
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change
from asta_cli.core.rows import Row


class Decision(StrEnum):
    """What the chamber decides about an account; the verb of the command."""

    LOCK = "lock"
    UNLOCK = "unlock"
    DISABLE = "disable"


TOLD = {
    Decision.LOCK: MailKind.ACCOUNT_LOCKED,
    Decision.UNLOCK: MailKind.ACCOUNT_UNLOCKED,
    Decision.DISABLE: MailKind.ACCOUNT_DISABLED,
}


class StatePlanner(AccountPlanner):
    """A decision about an account. Its permissions stay where they are and are in force again when it is unlocked."""

    def __init__(self, terms: Terms, decision: Decision) -> None:
        super().__init__(terms)
        self._decision = decision

    def changes(self, row: Row, email: Email, facts: Facts) -> list[Change]:
        """The state, the end of sessions and links, and a mail to whoever has proven the address."""
        account = facts.accounts.get(email[1])
        if account is None:
            raise UnknownAccount(key=email[0])
        state = self._next(account)
        if state is account.state:
            return []
        changes = [state_change(account, state, self.terms, row)]
        if state in BLOCKED:
            changes += locked_out(account, facts, self.terms, row, for_good=state is AccountState.DISABLED)
        if account.confirmed_at is not None:
            changes.append(told(TOLD[self._decision], account, self.terms, row))
        return changes

    def _next(self, account: Account) -> AccountState:
        """Raises DisabledForGood."""
        if self._decision is Decision.DISABLE:
            return AccountState.DISABLED
        if account.state is AccountState.DISABLED and not (self._decision is Decision.UNLOCK and self.terms.back):
            raise DisabledForGood(email=account.email)
        if self._decision is Decision.LOCK:
            return AccountState.LOCKED
        if not account.blocked:
            return account.state
        return AccountState.UNCONFIRMED if account.confirmed_at is None else AccountState.CONFIRMED


def state_change(account: Account, state: AccountState, terms: Terms, row: Row) -> Change:
    """The account in its new state, since now and for the reason given."""
    after: dict[str, Value] = {"state": state.value, "state_at": terms.now, "state_reason": terms.reason}
    before: dict[str, Value] = {"state": account.state.value}
    place = None, account.chamber, row.where, row.line
    return Change(Kind.ACCOUNT, Action.UPDATE, account.id, account.email, after, before, *place)


def told(kind: MailKind, account: Account, terms: Terms, row: Row, **more: object) -> Change:
    """The mail that tells the owner. Why is not in it: that is for the chamber to say."""
    params = {"at": terms.now, "name": account.name, **more}
    recipient, language = account.email, account.language
    return mail(next(terms.ids), kind, recipient, language, terms.now, params, where=row.where, line=row.line)
