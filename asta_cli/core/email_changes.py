"""``accounts change-email``: the new address is asked by a mail first. Until it answers, everything stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from asta_cli.core import timeline
from asta_cli.core.accounts import AccountBlocked
from asta_cli.core.cells import Cells
from asta_cli.core.confirmation import use_link
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Link, Needs
from asta_cli.core.links import LIFETIME, MAILS, WORTH_SENDING, Found, Terms, UnknownAccount, found, live
from asta_cli.core.model import Account, AccountState, Action, Kind, LinkPurpose, MailKind, Value
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row

Email = tuple[str, str]


class AddressTaken(AstaError):
    """Somebody else has an account with the new address."""

    code = "address_taken"
    status = Status.REFUSED
    message = N_("{email} has an account of its own already")
    hint = N_(
        "if both belong to one person, give that account the permissions and end the other: asta accounts offboard"
    )


class NeverConfirmed(AstaError):
    """An address that nobody confirmed is no account's yet; what waits for it must not go to another one."""

    code = "not_confirmed"
    status = Status.REFUSED
    message = N_("the account {email} was never confirmed, so there is nothing to take along")
    hint = N_("register the right address instead: asta register {new} --name NAME")


class ChangeEmailPlanner(SimplePlanner):
    """A link to the new address, and a word to the old one. Whoever is no operator learns nothing of other accounts.

    To ask for the address that the account has takes back what was asked before: *stays* tells of it.
    """

    key_column = "email"

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.stays = False
        if terms.operator:
            self.counted = frozenset({Kind.LINK})

    def needs(self, rows: Sequence[Row]) -> Needs:
        """Both accounts, with all that belongs to them and their latest mails."""
        cells = [Cells(row) for row in rows]
        read = [c.read(column, self.terms.normalise) for c in cells for column in ("email", "new_email")]
        keys = {email[1] for email in read if email is not None}
        return Needs(accounts=keys, holders=set(keys), whole_accounts=True, mailed_since=self.terms.span())

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What each row amounts to."""
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for row in rows:
            cells = Cells(row)
            old, new = (cells.read(c, self.terms.normalise, required=True) for c in ("email", "new_email"))
            problems += cells.faults
            if cells.faults or old is None or new is None:
                continue
            try:
                made = self._asked(row, old, new, facts)
            except AstaError as error:
                column = "new_email" if isinstance(error, AddressTaken) else "email"
                problems.append(problem(row, error.code, column, row.values[column], error=error))
                continue
            changes += made
            unchanged += not any(change.kind is Kind.LINK for change in made)
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged if self.terms.operator else 0)

    def _asked(self, row: Row, old: Email, new: Email, facts: Facts) -> list[Change]:
        account = _changeable(facts.accounts.get(old[1]), old, new)
        self.stays = account.email == new[0]
        if self.stays:
            return [self._superseded(link, row) for link in self._waiting(account, facts)]
        if not self._may_ask(account, facts):
            return []
        other = facts.accounts.get(new[1])
        taken = found(other) if other is not None and other.id != account.id else Found.NOTHING
        if taken in (Found.CONFIRMED, Found.BLOCKED) and self.terms.operator:
            raise AddressTaken(email=new[0])
        told = self._mail(row, MailKind.EMAIL_CHANGE_ASKED, account, account.email, {"new_email": new[0]})
        match taken:
            case Found.BLOCKED:
                return [told]
            case Found.CONFIRMED if other is not None:
                return [told, self._mail(row, MailKind.EMAIL_TAKEN, other, other.email, {})]
        return [*self._linked(row, account, new, facts), told]

    def _may_ask(self, account: Account, facts: Facts) -> bool:
        """Each time the old address is told; so many mails to it are enough, whatever the new one is."""
        return self.terms.operator or facts.mailed[account.email, MailKind.EMAIL_CHANGE_ASKED.value] < MAILS

    def _linked(self, row: Row, account: Account, new: Email, facts: Facts) -> list[Change]:
        """The mail to the new address, by the same link while it has an hour left. Links to other addresses end."""
        waiting = self._waiting(account, facts)
        soon = timeline.plus(self.terms.now, WORTH_SENDING)
        same = [link for link in waiting if (link.email, link.email_key) == new and soon < link.expires_at]
        changes = [self._superseded(link, row) for link in waiting if link not in same]
        if same:
            link = same[-1]
        else:
            link, created = self._new_link(row, account, new)
            changes.append(created)
        params: dict[str, object] = {
            "link": {
                "id": link.id,
                "account": link.account,
                "expires_at": link.expires_at,
                "email": new[0],
                "email_key": new[1],
            },
            "old_email": account.email,
        }
        return [*changes, self._mail(row, MailKind.EMAIL_CHANGE, account, new[0], params)]

    def _waiting(self, account: Account, facts: Facts) -> list[Link]:
        """The links of *account* that other addresses may still answer."""
        return live(facts.account_links.get(account.id, ()), LinkPurpose.EMAIL, self.terms.now)

    def _new_link(self, row: Row, account: Account, new: Email) -> tuple[Link, Change]:
        expires_at = timeline.plus(self.terms.now, LIFETIME[LinkPurpose.EMAIL])
        purpose = LinkPurpose.EMAIL.value
        link = Link(next(self.terms.ids), purpose, account.id, expires_at, None, None, *new)
        after: dict[str, Value] = {
            "purpose": purpose,
            "account_id": account.id,
            "issued_at": self.terms.now,
            "expires_at": expires_at,
            "email": new[0],
            "email_key": new[1],
        }
        place = None, account.chamber, row.where, row.line
        return link, Change(Kind.LINK, Action.CREATE, link.id, purpose, after, {}, *place)

    def _superseded(self, link: Link, row: Row) -> Change:
        change = use_link(link, self.terms.now)
        before = {**change.before, "purpose": link.purpose}
        return replace(change, before=before, where=row.where, line=row.line)

    def _mail(self, row: Row, kind: MailKind, account: Account, recipient: str, params: dict[str, object]) -> Change:
        told = {"at": self.terms.now, "name": account.name, **params}
        at = next(self.terms.ids), kind, recipient, account.language, self.terms.now
        return mail(*at, told, where=row.where, line=row.line)


def _changeable(account: Account | None, old: Email, new: Email) -> Account:
    """The account that is to get another address. Raises UnknownAccount, NeverConfirmed, AccountBlocked."""
    if account is None:
        raise UnknownAccount(key=old[0])
    if account.state is AccountState.UNCONFIRMED:
        raise NeverConfirmed(email=account.email, new=new[0])
    if account.state is not AccountState.CONFIRMED:
        raise AccountBlocked(email=account.email)
    return account
