"""Confirming the new address of an account: it moves there with everything, in one plan.

Permissions are held by the e-mail key, so the account's own move with it. Whatever was waiting for the new address is
the same person's from now on. There is one open permission for each account, company and role; where the account holds
one already, that one stays as it is and the invitation ends: the account's was given to somebody known, the invitation
to an address that nobody had shown to be theirs, and a change of address must raise nobody. Whoever meant to give more
gives it again, to the account.

The password does not move along. A link may be opened by a mail scanner, or by somebody who takes it for their own;
then whoever asked for the address must not come to what is given to its reader, now or later. Who reads the mailbox
chooses a new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from asta_cli.core import tokens
from asta_cli.core.account_changes import Terms
from asta_cli.core.accounts import AccountBlocked
from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.confirmation import claimed, use_link
from asta_cli.core.email_changes import AddressTaken
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, HeldOffice, Link, Needs
from asta_cli.core.grants import identity, key_of
from asta_cli.core.ids import show_id
from asta_cli.core.keys import MacKey
from asta_cli.core.model import Account, AccountState, Action, Grant, Kind, LinkPurpose, MailKind, Value
from asta_cli.core.offboarding import end_grant, end_office
from asta_cli.core.office import office_key
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row
from asta_cli.core.sessions import end_session
from asta_cli.core.tokens import LinkToken, UsedLink

Email = tuple[str, str]


class ConfirmEmailPlanner(SimplePlanner):
    """``confirm TOKEN`` of a new address. Doing it again succeeds and changes nothing; it never signs in."""

    counted = frozenset({Kind.ACCOUNT, Kind.GRANT})

    def __init__(self, token: LinkToken, key: MacKey, account: Account, new: Email, terms: Terms) -> None:
        self._token = token
        self._key = key
        self._old = account.email_key
        self._new = new
        self._terms = replace(terms, reason=f"accounts change-email {account.email} {new[0]}")
        self._administrators = AdministratorGuard()
        self.already = False

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The link, and both addresses to ourselves with all that belongs to them."""
        keys = {self._old, self._new[1]}
        needs = Needs(accounts=keys, holders=set(keys), whole_accounts=True, administrators=True)
        needs.links.add(self._token.id)
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The move, or nothing, or the reason why not."""
        (row,) = rows
        try:
            link, account = claimed(facts, self._token, self._key, LinkPurpose.EMAIL)
            changes = self._move(link, account, row, facts)
        except AstaError as error:
            return Plan(problems=(problem(row, error.code, error=error),), rows=1)
        return Plan(tuple(changes), rows=1, unchanged=not changes, addresses=frozenset({self._new[1]}))

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """A change of address loses no administrator; that is held to, not only meant."""
        return self._administrators.guard(plan, facts)

    def _move(self, link: Link, account: Account, row: Row, facts: Facts) -> list[Change]:
        self.already = account.email == self._new[0] and link.used_at is not None
        if self.already:
            return []
        other = self._check(link, account, facts)
        ends = facts.account_links.get(account.id, ())
        return [
            *(self._give_way(other, row, facts) if other is not None else ()),
            self._account(account, row),
            *(use_link(link, self._terms.now) for link in ends),
            *(end_session(session, account.id, self._terms.now) for session in facts.sessions.get(account.id, ())),
            *self._grants(account, row, facts),
            *self._offices(account, row, facts),
            *self._told(account),
        ]

    def _check(self, link: Link, account: Account, facts: Facts) -> Account | None:
        """The account that has the address without ever having proven it. Raises what keeps the account where it is."""
        if account.state is not AccountState.CONFIRMED:
            raise AccountBlocked(email=account.email)
        new = self._new[0]
        if link.used_at is not None:
            raise UsedLink(at=link.used_at, command=tokens.renewal(LinkPurpose.EMAIL, account.email, new))
        tokens.check_time(LinkPurpose.EMAIL, link.expires_at, self._terms.now, account.email, new)
        other = facts.accounts.get(self._new[1])
        if other is None or other.id == account.id:
            return None
        if other.state is not AccountState.UNCONFIRMED:
            raise AddressTaken(email=new)
        return other

    def _give_way(self, other: Account, row: Row, facts: Facts) -> Iterator[Change]:
        """Anybody can register anybody's address; who proves that it is theirs takes it from such an account.

        It is disabled and keeps its record. No address has a blank in its key, so nobody can ever have this one.
        """
        after: dict[str, Value] = {
            "state": AccountState.DISABLED.value,
            "state_at": self._terms.now,
            "state_reason": self._terms.reason,
            "email_key": f"{other.email_key} {show_id(other.id)}",
        }
        before: dict[str, Value] = {"state": other.state.value, "email_key": other.email_key}
        yield Change(Kind.ACCOUNT, Action.UPDATE, other.id, other.email, after, before, counted=False)
        for link in facts.account_links.get(other.id, ()):
            yield use_link(link, self._terms.now)

    def _account(self, account: Account, row: Row) -> Change:
        after: dict[str, Value] = {**self._address(), "confirmed_at": self._terms.now}
        if account.has_password and account.email_key != self._new[1]:
            after["password_hash"] = None
        before: dict[str, Value] = {
            "state": account.state.value,
            "email": account.email,
            "email_key": account.email_key,
            "confirmed_at": account.confirmed_at,
        }
        return Change(Kind.ACCOUNT, Action.UPDATE, account.id, account.email, after, before, chamber=account.chamber)

    def _address(self) -> dict[str, Value]:
        return {"email": self._new[0], "email_key": self._new[1]}

    def _grants(self, account: Account, row: Row, facts: Facts) -> Iterator[Change]:
        now = self._terms.now
        own, waiting = (_held(key, facts) for key in (account.email_key, self._new[1]))
        if account.email_key == self._new[1]:
            waiting = {}
        for place, grant in own.items():
            rival = waiting.get(place)
            if rival is not None and rival.open(now) and not grant.open(now):
                yield end_grant(grant, self._terms, row, facts)  # its time is over, the invitation's is not
                continue
            if rival is not None:
                yield end_grant(rival, self._terms, row, facts)
            yield self._moved(grant, row, facts)

    def _moved(self, grant: Grant, row: Row, facts: Facts) -> Change:
        """The permission at the new address. Accepted once, it is no invitation any more that could lapse."""
        after = self._address()
        before = identity(grant)
        lapses = grant.invited_until
        if lapses is not None and grant.accepted:
            after["invited_until"], before["invited_until"] = None, lapses
        company = facts.by_id[grant.company]
        place = company.id, company.chamber, row.where, row.line
        return Change(Kind.GRANT, Action.UPDATE, grant.id, key_of(grant, company), after, before, *place)

    def _offices(self, account: Account, row: Row, facts: Facts) -> Iterator[Change]:
        if account.email_key == self._new[1]:
            return
        there = {office.chamber: office for office in facts.offices.get(self._new[1], ())}
        for office in facts.offices.get(account.email_key, ()):
            if office.chamber in there:
                yield end_office(there[office.chamber], self._terms, row)
            yield self._office_moved(office)

    def _office_moved(self, office: HeldOffice) -> Change:
        before: dict[str, Value] = {"email": office.email, "email_key": office.email_key, "ended_at": None}
        place = None, office.chamber
        key = office_key(office.email, office.chamber)
        return Change(Kind.OPERATOR, Action.UPDATE, office.id, key, self._address(), before, *place, counted=False)

    def _told(self, account: Account) -> Iterator[Change]:
        params = {"at": self._terms.now, "name": account.name, "old_email": account.email, "new_email": self._new[0]}
        for recipient in dict.fromkeys((account.email, self._new[0])):
            yield mail(
                next(self._terms.ids), MailKind.EMAIL_CHANGED, recipient, account.language, self._terms.now, params
            )


def _held(key: str, facts: Facts) -> dict[tuple[int, str], Grant]:
    """The permissions of one address that nobody has ended, by company and role."""
    found = (grants for (holder, _), grants in facts.grants.items() if holder == key)
    return {(grant.company, grant.role.value): grant for grants in found for grant in grants}
