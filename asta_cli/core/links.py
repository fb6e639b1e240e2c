"""Mailed links: what makes one, what sends one again, and who is told what about an address.

A link lives in the table, its token is computed (``core.tokens``), and the mail that carries it is a change of the same
plan. What strangers can learn is decided here too: whoever asks about an address gets the same answer and costs the
same work whether it is known or not, and no address gets more than a few mails of a kind in a quarter of an hour.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from asta_cli.core import timeline
from asta_cli.core.cells import Cells
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import N_, NotFound
from asta_cli.core.facts import Facts, Link, Needs
from asta_cli.core.model import Account, AccountState, Action, Kind, LinkPurpose, MailKind, Value
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row

LIFETIME = {LinkPurpose.CONFIRM: 24 * 3_600, LinkPurpose.RESET: 3_600, LinkPurpose.EMAIL: 24 * 3_600}
"""Seconds from the mail to the first instant at which its link is void."""
MAILS = 3
MAILS_SPAN = 15 * 60
WORTH_SENDING = 3_600
"""Seconds that a link must still have to be sent once more: one void before its mail is read helps nobody."""


class UnknownAccount(NotFound):
    """No account has this address, or none that the asker may know of."""

    code = "unknown_account"
    message = N_("there is no account {key}")
    hint = N_("check the spelling of the address")


class Found(StrEnum):
    """What there was under an address."""

    NOTHING = "nothing"
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a command that mails links. ``operator``: the asker may learn what there is, unthrottled."""

    now: str
    ids: Iterator[int]
    normalise: EmailNormaliser
    operator: bool

    def span(self) -> str | None:
        """Since when mails count against an address."""
        return None if self.operator else timeline.plus(self.now, -MAILS_SPAN)

    def may_mail(self, account: Account, kind: MailKind, facts: Facts) -> bool:
        """Whether *account* may get another mail of this *kind* now."""
        return self.operator or facts.mailed[account.email, kind.value] < MAILS


def found(account: Account | None) -> Found:
    """What *account* is to somebody who asks about its address."""
    if account is None:
        return Found.NOTHING
    known = {AccountState.UNCONFIRMED: Found.UNCONFIRMED, AccountState.CONFIRMED: Found.CONFIRMED}
    return known.get(account.state, Found.BLOCKED)


def new_link(
    terms: Terms, row: Row, purpose: LinkPurpose, account: int, password_hash: str | None = None
) -> tuple[Link, Change]:
    """A fresh link of *account* and the change that creates it."""
    expires_at = timeline.plus(terms.now, LIFETIME[purpose])
    link = Link(next(terms.ids), purpose.value, account, expires_at, None, password_hash)
    after: dict[str, Value] = {
        "purpose": purpose.value,
        "account_id": account,
        "issued_at": terms.now,
        "expires_at": expires_at,
        "password_hash": password_hash,
    }
    return link, Change(Kind.LINK, Action.CREATE, link.id, purpose.value, after, where=row.where, line=row.line)


def link_mail(terms: Terms, row: Row, kind: MailKind, account: Account, link: Link, facts: Facts) -> Change:
    """The mail that carries *link*. It names the owner of a confirmed account; no name a stranger may have chosen."""
    params: dict[str, object] = {"link": {"id": link.id, "account": link.account, "expires_at": link.expires_at}}
    if account.state is AccountState.CONFIRMED:
        params["name"] = account.name
    return letter(terms, row, kind, account, params, facts)


def letter(terms: Terms, row: Row, kind: MailKind, account: Account, params: dict[str, object], facts: Facts) -> Change:
    """A mail to *account*, signed by its chamber if that is known."""
    chamber = facts.chambers.get(account.chamber or "")
    if chamber is not None:
        params["chamber"] = {"name": chamber.name, "email": chamber.email or ""}
    return mail(
        next(terms.ids), kind, account.email, account.language, terms.now, params, where=row.where, line=row.line
    )


def live(links: Iterable[Link], purpose: LinkPurpose, now: str) -> list[Link]:
    """The unused links of *purpose* that have not expired."""
    return [link for link in links if link.purpose == purpose and now < link.expires_at]


def confirmation(terms: Terms, row: Row, account: Account, facts: Facts, password_hash: str | None) -> list[Change]:
    """The confirmation once more: by the same link while it has an hour left, so its token stays the same.

    A new link is given *password_hash*. Nothing if the address got enough mails lately.
    """
    if not terms.may_mail(account, MailKind.CONFIRM, facts):
        return []
    made: list[Change] = []
    later = timeline.plus(terms.now, WORTH_SENDING)
    usable = live(facts.account_links.get(account.id, ()), LinkPurpose.CONFIRM, later)
    link = usable[-1] if usable else None
    if link is None:
        link, change = new_link(terms, row, LinkPurpose.CONFIRM, account.id, password_hash)
        made.append(change)
    return [*made, link_mail(terms, row, MailKind.CONFIRM, account, link, facts)]


class LinkPlanner(SimplePlanner, ABC):
    """What registering, resending and resetting share: reading an address, finding its account, and saying little."""

    key_column = "email"

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.found: dict[str, Found] = {}
        if terms.operator:
            self.counted = frozenset({Kind.ACCOUNT})

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The accounts, their unused links and their latest mails."""
        keys = {email[1] for row in rows if (email := Cells(row).read("email", self.terms.normalise)) is not None}
        chambers = {c for row in rows if (c := row.values.get("chamber"))}
        return Needs(accounts=keys, chambers=chambers, account_links=True, mailed_since=self.terms.span())

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What each row amounts to."""
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for row in rows:
            cells = Cells(row)
            email = cells.read("email", self.terms.normalise, required=True)
            made = self.one(cells, email, facts)
            problems += cells.faults
            if cells.faults or email is None:
                continue
            changes += made
            unchanged += not any(c.kind in self.counted for c in made)
        # Whoever may not know what there was must not learn it from a count either.
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged if self.terms.operator else 0)

    @abstractmethod
    def one(self, cells: Cells, email: tuple[str, str] | None, facts: Facts) -> list[Change]:
        """The changes for one row; *email* is (spelling, key), None if it cannot be read. Faults go into *cells*."""

    def look(self, email: tuple[str, str], facts: Facts) -> Account | None:
        """The account of an address; what was found is remembered for the answer."""
        account = facts.accounts.get(email[1])
        self.found[email[1]] = found(account)
        return account


class ResendPlanner(LinkPlanner):
    """``confirm --resend``: the confirmation again for whoever has not confirmed; a waiting password keeps waiting."""

    def one(self, cells: Cells, email: tuple[str, str] | None, facts: Facts) -> list[Change]:
        """The mail, and a new link if the old one is over. Only an operator learns that there is no such account."""
        account = self.look(email, facts) if email else None
        if account is None and email is not None and self.terms.operator:
            error = UnknownAccount(key=email[0])
            cells.faults.append(problem(cells.row, error.code, "email", email[0], error=error))
        if account is None or account.state is not AccountState.UNCONFIRMED:
            return []
        waiting = [link for link in facts.account_links.get(account.id, ()) if link.purpose == LinkPurpose.CONFIRM]
        return confirmation(self.terms, cells.row, account, facts, waiting[-1].password_hash if waiting else None)


class ResetPlanner(LinkPlanner):
    """``password reset``: a link of its own for a confirmed account; who never confirmed gets that mail instead."""

    def one(self, cells: Cells, email: tuple[str, str] | None, facts: Facts) -> list[Change]:
        """Link and mail."""
        account = self.look(email, facts) if email else None
        if account is None or account.state not in (AccountState.CONFIRMED, AccountState.UNCONFIRMED):
            return []
        if account.state is AccountState.UNCONFIRMED:
            return confirmation(self.terms, cells.row, account, facts, None)
        if not self.terms.may_mail(account, MailKind.PASSWORD_RESET, facts):
            return []
        link, change = new_link(self.terms, cells.row, LinkPurpose.RESET, account.id)
        return [change, link_mail(self.terms, cells.row, MailKind.PASSWORD_RESET, account, link, facts)]
