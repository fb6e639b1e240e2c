"""Accounts: opening them, and what is wrong with those that cannot be used. Nobody gets a second one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.chambers import UnknownChamber
from asta_cli.core.errors import N_, AstaError, Status, UsageError
from asta_cli.core.facts import Facts, Link, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.links import Found, LinkPlanner, Terms, confirmation, letter, link_mail, live, new_link
from asta_cli.core.model import Account, AccountState, Action, Kind, LinkPurpose, MailKind, Value
from asta_cli.core.plan import Change, Problem
from asta_cli.core.planner import problem
from asta_cli.core.rows import Row

_LONGEST_NAME = 200
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class BadEmail(UsageError):
    """What was given as an address is none."""

    code = "bad_email"
    message = N_("{email} is not an e-mail address")
    hint = N_("one address such as name@company.example, without umlauts before the @ and without brackets")


class AccountBlocked(AstaError):
    """Locked or disabled: only the chamber can change that."""

    code = "account_blocked"
    status = Status.REFUSED
    message = N_("the account {email} is locked or disabled")
    hint = N_("ask your chamber")


class NotConfirmed(AstaError):
    """The address was never confirmed, so nobody knows whose account it is."""

    code = "not_confirmed"
    status = Status.FORBIDDEN
    message = N_("the account {email} is unconfirmed, locked or disabled")
    hint = N_("confirm the address first; a new mail comes by: asta confirm --resend {email}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The password given with a registration. ``waiting``: the hash of one that waits already and is the same."""

    password_hash: str
    waiting: str | None = None


def person_name(text: str) -> str:
    """A person's name: any letters of the world, in NFC, no control characters. Raises ``BadField``."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > _LONGEST_NAME:
        raise BadField("too_long")
    if any(unicodedata.category(c) in _REFUSED or c in _BIDI for c in name):
        raise BadField("bad_character")
    return name


class RegisterPlanner(LinkPlanner):
    """``register``: an unconfirmed account, its link and its mail. An address that exists keeps the account it has.

    The password given waits on the link and becomes the account's by the confirmation. Only the registration that made
    the link may set it: as soon as anybody registers the same address again, with another password or none, it is
    dropped, and the owner chooses one after confirming. Otherwise a stranger could plant a password and wait.
    """

    def __init__(
        self, terms: Terms, *, language: str, chamber: str | None = None, chosen: Chosen | None = None
    ) -> None:
        super().__init__(terms)
        self._language = language
        self._chamber = chamber
        self._chosen = chosen

    def repeats(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Rows that spell one address differently may say the same."""
        spelling = rows[0].values["email"]
        return super().repeats([replace(row, values={**row.values, "email": spelling}) for row in rows])

    def needs(self, rows: Sequence[Row]) -> Needs:
        """Also the chamber for rows that name none."""
        needs = super().needs(rows)
        needs.chambers |= {self._chamber} if self._chamber else set()
        return needs

    def one(self, cells: Cells, email: tuple[str, str] | None, facts: Facts) -> list[Change]:
        """What becomes of one registration."""
        name = self._name(cells)
        chamber = cells.read("chamber", fields.chamber_number) or self._chamber
        if chamber and chamber not in facts.chambers:
            error = UnknownChamber(key=chamber)
            cells.faults.append(problem(cells.row, error.code, "chamber", chamber, error=error))
        if cells.faults or email is None or name is None:
            return []
        account = self.look(email, facts)
        match self.found[email[1]]:
            case Found.NOTHING:
                return self._open(cells.row, email, name, chamber, facts)
            case Found.UNCONFIRMED if account is not None:
                return self._again(cells.row, account, facts)
            case Found.CONFIRMED if account is not None and not self.terms.operator:
                return self._notice(cells.row, account, facts)
        return []

    def _name(self, cells: Cells) -> str | None:
        if "name" in cells.row.values:
            return cells.read("name", person_name)
        parts = [cells.read(column, person_name) for column in ("first_name", "last_name")]
        name = " ".join(part for part in parts if part)
        if not name and not cells.faults:
            cells.fault("missing_value", "name")
        return name or None

    def _open(self, row: Row, email: tuple[str, str], name: str, chamber: str | None, facts: Facts) -> list[Change]:
        account = Account(
            next(self.terms.ids), email[0], email[1], name, chamber, AccountState.UNCONFIRMED, self._language
        )
        after: dict[str, Value] = {
            "email": account.email,
            "email_key": account.email_key,
            "name": name,
            "chamber": chamber,
            "state": account.state.value,
            "language": account.language,
            "created_at": self.terms.now,
        }
        opened = Change(Kind.ACCOUNT, Action.CREATE, account.id, email[0], after, where=row.where, line=row.line)
        password_hash = self._chosen.password_hash if self._chosen else None
        link, linked = new_link(self.terms, row, LinkPurpose.CONFIRM, account.id, password_hash)
        return [opened, linked, link_mail(self.terms, row, MailKind.CONFIRM, account, link, facts)]

    def _again(self, row: Row, account: Account, facts: Facts) -> list[Change]:
        """Send the confirmation once more; a password that somebody else may have chosen is dropped."""
        waiting = live(facts.account_links.get(account.id, ()), LinkPurpose.CONFIRM, self.terms.now)
        same = self._chosen.waiting if self._chosen else None
        dropped = [_drop_password(link, row) for link in waiting if link.password_hash not in (None, same)]
        alone = not waiting or (same is not None and same in {link.password_hash for link in waiting})
        carried = self._chosen.password_hash if self._chosen and alone else None
        return [*dropped, *confirmation(self.terms, row, account, facts, carried)]

    def _notice(self, row: Row, account: Account, facts: Facts) -> list[Change]:
        if not self.terms.may_mail(account, MailKind.ALREADY_REGISTERED, facts):
            return []
        return [letter(self.terms, row, MailKind.ALREADY_REGISTERED, account, {"name": account.name}, facts)]


def _drop_password(link: Link, row: Row) -> Change:
    before: dict[str, Value] = {
        "account_id": link.account,
        "used_at": None,
        "password_hash": link.password_hash,
    }
    return Change(
        Kind.LINK, Action.UPDATE, link.id, link.purpose, {"password_hash": None}, before, where=row.where, line=row.line
    )
