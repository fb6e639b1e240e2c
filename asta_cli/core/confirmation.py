"""Confirming an address: once, within 24 hours, by whoever reads its mail; kind to whoever does it again."""

from __future__ import annotations

from collections.abc import Sequence

from asta_cli.core import tokens
from asta_cli.core.accounts import AccountBlocked
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Link, Needs
from asta_cli.core.keys import MacKey
from asta_cli.core.model import Account, AccountState, Action, Kind, LinkPurpose, Value
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row
from asta_cli.core.tokens import LinkToken, UsedLink, WrongToken


def claimed(facts: Facts, token: LinkToken, key: MacKey, purpose: LinkPurpose) -> tuple[Link, Account]:
    """The link that *token* stands for, and its account. Raises WrongToken for anything not made here for *purpose*."""
    link = facts.links.get(token.id)
    if link is None:
        raise WrongToken
    address = (link.email, link.email_key) if link.email is not None and link.email_key is not None else None
    tokens.check_link(token, key, purpose, link.account, link.expires_at, address)
    return link, facts.accounts_by_id[link.account]


def use_link(link: Link, now: str) -> Change:
    """*link* is used up. Of several who try at once, the condition lets one through."""
    before: dict[str, Value] = {"account_id": link.account, "used_at": None}
    return Change(Kind.LINK, Action.UPDATE, link.id, link.purpose, {"used_at": now}, before)


class ConfirmPlanner(SimplePlanner):
    """``confirm TOKEN``: the account is confirmed, and with it every grant that waits for its address.

    A genuine link of a confirmed account succeeds and changes nothing, however old or used it is: mail scanners open
    links first. It never signs in, and it brings no locked or disabled account back.
    """

    counted = frozenset({Kind.ACCOUNT})

    def __init__(self, token: LinkToken, key: MacKey, now: str) -> None:
        self._token = token
        self._key = key
        self._now = now
        self.already = False
        self.has_password = False

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The link and its account."""
        return Needs(links={self._token.id})

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """Use the link and confirm the account, or nothing, or the reason why not."""
        (row,) = rows
        try:
            link, account = claimed(facts, self._token, self._key, LinkPurpose.CONFIRM)
            changes = self._confirm(link, account)
        except AstaError as error:
            return Plan(problems=(problem(row, error.code, error=error),), rows=1)
        return Plan(tuple(changes), rows=1, unchanged=not changes)

    def _confirm(self, link: Link, account: Account) -> list[Change]:
        self.has_password = account.has_password or link.password_hash is not None
        self.already = account.state is AccountState.CONFIRMED
        if self.already:
            self.has_password = account.has_password
            return []
        if account.state is not AccountState.UNCONFIRMED:
            raise AccountBlocked(email=account.email)
        tokens.check_time(LinkPurpose.CONFIRM, link.expires_at, self._now, account.email)
        if link.used_at is not None:
            command = tokens.renewal(LinkPurpose.CONFIRM, account.email)
            raise UsedLink(at=link.used_at, command=command)
        return [use_link(link, self._now), self._account(link, account)]

    def _account(self, link: Link, account: Account) -> Change:
        after: dict[str, Value] = {"state": AccountState.CONFIRMED.value, "confirmed_at": self._now}
        if link.password_hash is not None and not account.has_password:
            after["password_hash"] = link.password_hash
        before: dict[str, Value] = {"state": AccountState.UNCONFIRMED.value}
        return Change(Kind.ACCOUNT, Action.UPDATE, account.id, account.email, after, before)
