"""Reading a row of permissions: what is stated, and only that, so that what is not stated stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from asta_cli.core import fields, timeline
from asta_cli.core.cells import Cells
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import N_, Phrase
from asta_cli.core.fields import BadField
from asta_cli.core.model import Account, AccountState, Company, GrantState, Role
from asta_cli.core.naming import split_key
from asta_cli.core.plan import Problem
from asta_cli.core.policy import Authority
from asta_cli.core.rows import Row

NEVER = "never"
NO_TRAINER = ""
OVER = frozenset({GrantState.ENDED.value, GrantState.EXPIRED.value})
INVITATION_DAYS = 21
_DAY = 86_400
_NEVER_WORDS = frozenset({NEVER, "nie", "unbefristet"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every row of a command: who gives or takes, what fills empty cells, what is overridden.

    ``chamber`` is the one meant by companies without a chamber, ``usual_chamber`` where their number is not enough;
    of several companies with one number those count that ``asking`` may see. ``exact``: an empty cell says something
    too: no trainer, no end, with the sites below.
    """

    asking: Authority
    run: int
    ids: Iterator[int]
    normalise: EmailNormaliser
    now: str
    role: Role | None = None
    reason: str | None = None
    chamber: str | None = None
    usual_chamber: str | None = None
    needs_reason: bool = False
    orphan_ok: bool = False
    language: str = "de"
    invitation_days: int = INVITATION_DAYS
    exact: bool = False

    @property
    def invited_until(self) -> str:
        """The first instant at which an invitation made now has lapsed."""
        return timeline.plus(self.now, self.invitation_days * _DAY)

    @property
    def granted_by(self) -> str:
        """How grants name their giver."""
        return self.asking.asker.name

    def tells_accounts(self, company: Company) -> bool:
        """Whether the asker may know how it is with the accounts of those who get something at *company*."""
        return self.asking.office.covers(company.chamber)

    @property
    def own_key(self) -> str | None:
        """The asker's own e-mail key; None for an operator."""
        return self.asking.asker.email_key


def not_yet_confirmed(account: Account | None) -> bool:
    """Whether a grant to the holder of *account* is an invitation."""
    return account is None or (account.state is not AccountState.CONFIRMED and account.confirmed_at is None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row, read. ``None`` means not stated.

    ``valid_until`` is ``never`` where an end is to be taken away, ``trainer_number`` empty where the trainer is.
    ``valid_from`` and ``valid_until`` are UTC instants, the latter the first instant after the inclusive day.
    """

    row: Row
    email: str
    key: str
    chamber: str | None = None
    ident: str | None = None
    role: Role | None = None
    sites: bool | None = None
    trainer_number: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    reason: str | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """E-mail key and Identnummer, by which grants are found."""
        return self.key, self.ident or ""


def read(row: Row, terms: Terms, *, whole: bool) -> tuple[Wanted | None, list[Problem]]:
    """*row* as a wanted permission, or its problems. *whole*: all of a grant; else only which grant is meant.

    Only the arguments of a command may leave out the company and mean all of them: in a file, a cell that somebody
    forgot to fill must not take everything away from a person.
    """
    cells = Cells(row)
    email = cells.read("email", terms.normalise, required=True)
    named = cells.read("company", split_key, required=whole or row.in_file or "company" in row.columns)
    chamber = cells.read("chamber", fields.chamber_number)
    if named and named[0] and chamber and chamber != named[0]:
        cells.fault("bad_value", "chamber", chamber, expected=named[0])
    role = cells.read("role", fields.role, required=whole and terms.role is None) or terms.role
    reason = row.values.get("reason") or terms.reason
    stated = _stated(cells, role, terms) if whole and not (terms.exact and is_over(row)) else {}
    if cells.faults or email is None:
        return None, cells.faults
    place = chamber or (named and named[0]) or terms.chamber, named[1] if named else None
    return Wanted(row, *email, *place, role, reason=reason, **stated), cells.warnings


def is_over(row: Row) -> bool:
    """Whether *row* is one of a listing, of a permission that was over already."""
    return row.values.get("state", "").lower() in OVER


def key_of(row: Row, normalise: EmailNormaliser, role: Role | None, *, whole: bool) -> tuple[str, ...] | None:
    """Which grant a row is about, whatever the spelling; None where it cannot be told. *role* fills an empty cell.

    The chamber is not in it, for one row may name it and another leave it out; nor, unless *whole*, is the role, for
    a row without one means all of them.
    """
    try:
        email = normalise(row.values["email"])[1]
        ident = split_key(row.values["company"])[1]
        named = fields.role(row.values["role"]) if "role" in row.values else role
    except (KeyError, BadField):
        return None
    return (email, ident, str(named)) if whole else (email, ident)


class Stated(TypedDict, total=False):
    """What a row says of a grant besides whose and where it is; ``None``: nothing."""

    sites: bool | None
    trainer_number: str | None
    valid_from: str | None
    valid_until: str | None


def _stated(cells: Cells, role: Role | None, terms: Terms) -> Stated:
    sites = cells.read("sites", fields.yes_no)
    number = cells.text("trainer_number")
    valid_from = cells.read("valid_from", begin)
    valid_until = cells.read("valid_until", end)
    _check_span(cells, terms.now, valid_from, valid_until)
    empty = cells.row.columns - cells.row.values.keys() if terms.exact else frozenset()
    sites = role is not Role.TRAINER if "sites" in empty else sites
    number = NO_TRAINER if "trainer_number" in empty else number
    valid_until = NEVER if "valid_until" in empty else valid_until
    if role is Role.TRAINER and sites:
        cells.fault("bad_choice", "sites", cells.row.values.get("sites", ""), expected="no")
    if role not in (None, Role.TRAINER) and number:
        cells.fault("bad_value", "trainer_number", number, expected=Phrase(N_("a number only with the role trainer")))
    return Stated(sites=sites, trainer_number=number, valid_from=valid_from, valid_until=valid_until)


def begin(text: str) -> str:
    """The instant at which a first day begins. Raises BadField."""
    return timeline.day_start(fields.read_date(text))


def end(text: str) -> str:
    """The first instant after the last day; :data:`NEVER` where there is none. Raises BadField."""
    return NEVER if text.lower() in _NEVER_WORDS else timeline.day_after(fields.read_date(text))


def _check_span(cells: Cells, now: str, valid_from: str | None, valid_until: str | None) -> None:
    if valid_until is None or valid_until == NEVER:
        return
    shown = cells.row.values.get("valid_until", "")
    if valid_from is not None and valid_until <= valid_from:
        cells.fault("end_before_start", "valid_until", shown)
    elif valid_until <= now:
        cells.fault("expired", "valid_until", shown)
