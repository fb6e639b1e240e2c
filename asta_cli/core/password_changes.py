"""Choosing a password: as the account itself, or with the link of a reset mail. Operators never choose one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asta_cli.core import tokens
from asta_cli.core.accounts import AccountBlocked, NotConfirmed
from asta_cli.core.confirmation import claimed, use_link
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.keys import MacKey
from asta_cli.core.links import live
from asta_cli.core.model import Account, AccountState, Action, Kind, LinkPurpose, MailKind, Value
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row
from asta_cli.core.sessions import end_session
from asta_cli.core.tokens import LinkToken, UsedLink, WrongToken


class NotYourPassword(AstaError):
    """Only the owner chooses a password; an operator can have a reset mail sent."""

    code = "forbidden"
    status = Status.FORBIDDEN
    message = N_("only {email} may choose this password")
    hint = N_("asta --as {email} password set {email}, or a mail with a token: asta password reset {email}")


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Whose password becomes what. ``session`` is the one that stays; ``token`` and ``key`` come with a reset mail."""

    account: int
    email_key: str
    password_hash: str
    session: int | None = None
    token: LinkToken | None = None
    key: MacKey | None = None


class PasswordPlanner(SimplePlanner):
    """``password set``: the hash, the end of the account's other sessions and reset links, and a mail about it."""

    counted = frozenset({Kind.ACCOUNT})

    def __init__(self, wanted: NewPassword, now: str, ids: Iterator[int]) -> None:
        self._wanted = wanted
        self._now = now
        self._ids = ids

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The account, its unused links and its open sessions; the link of the token."""
        links = {self._wanted.token.id} if self._wanted.token else set()
        return Needs(accounts={self._wanted.email_key}, links=links, account_links=True, sessions=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """All of it, or why not."""
        (row,) = rows
        try:
            changes = self._changes(facts)
        except AstaError as error:
            return Plan(problems=(problem(row, error.code, error=error),), rows=1)
        return Plan(tuple(changes), rows=1)

    def _changes(self, facts: Facts) -> list[Change]:
        account = facts.accounts[self._wanted.email_key]
        self._check_link(account, facts)
        if account.state is AccountState.UNCONFIRMED:
            raise NotConfirmed(email=account.email)
        if account.state is not AccountState.CONFIRMED:
            raise AccountBlocked(email=account.email)
        kept = self._wanted.session
        resets = live(facts.account_links.get(account.id, ()), LinkPurpose.RESET, self._now)
        return [
            self._account(account),
            *(use_link(link, self._now) for link in resets),
            *(end_session(s, account.id, self._now) for s in facts.sessions.get(account.id, ()) if s != kept),
            self._mail(account),
        ]

    def _check_link(self, account: Account, facts: Facts) -> None:
        token, key = self._wanted.token, self._wanted.key
        if token is None or key is None:
            return
        link, owner = claimed(facts, token, key, LinkPurpose.RESET)
        if owner.id != account.id:
            raise WrongToken
        if link.used_at is not None:
            raise UsedLink(at=link.used_at, command=tokens.renewal(LinkPurpose.RESET, account.email))
        tokens.check_time(LinkPurpose.RESET, link.expires_at, self._now, account.email)

    def _account(self, account: Account) -> Change:
        after: dict[str, Value] = {"password_hash": self._wanted.password_hash}
        before: dict[str, Value] = {"state": AccountState.CONFIRMED.value}
        return Change(Kind.ACCOUNT, Action.UPDATE, account.id, account.email, after, before)

    def _mail(self, account: Account) -> Change:
        params = {"at": self._now, "name": account.name}
        return mail(next(self._ids), MailKind.PASSWORD_CHANGED, account.email, account.language, self._now, params)
