"""Reading a row of permissions: what is stated, and only that, so that what is not stated stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asta_cli.core import fields, timeline
from asta_cli.core.cells import Cells
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.model import Role
from asta_cli.core.naming import split_key
from asta_cli.core.plan import Problem
from asta_cli.core.rows import Row

NEVER = "never"
_NEVER_WORDS = frozenset({NEVER, "nie", "unbefristet"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every row of a command: who gives or takes, the reason for empty cells, what is overridden."""

    granted_by: str
    own_key: str | None
    run: int
    ids: Iterator[int]
    normalise: EmailNormaliser
    now: str
    role: Role | None = None
    reason: str | None = None
    chamber: str | None = None
    needs_reason: bool = False
    orphan_ok: bool = False
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row, read. ``None`` means not stated; ``valid_until`` is ``never`` where an end is to be taken away.

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
    """*row* as a wanted permission, or its problems. *whole*: company and role must be there (granting)."""
    cells = Cells(row)
    email = cells.read("email", terms.normalise, required=True)
    named = cells.read("company", split_key, required=whole)
    chamber = cells.read("chamber", fields.chamber_number) or (named and named[0]) or terms.chamber
    role = cells.read("role", fields.role, required=whole and terms.role is None) or terms.role
    sites = cells.read("sites", fields.yes_no)
    valid_from = cells.read("valid_from", _begin)
    valid_until = cells.read("valid_until", _end)
    _check_span(cells, terms.now, valid_from, valid_until)
    if role is Role.TRAINER and sites:
        cells.fault("bad_choice", "sites", row.values.get("sites", ""), expected="no")
    reason = row.values.get("reason") or terms.reason
    if terms.needs_reason and not reason:
        cells.fault("missing_value", "reason")
    if cells.faults or email is None:
        return None, cells.faults
    ident = named[1] if named else None
    number = row.values.get("trainer_number")
    return Wanted(row, *email, chamber, ident, role, sites, number, valid_from, valid_until, reason), cells.warnings


def _begin(text: str) -> str:
    return timeline.day_start(fields.read_date(text))


def _end(text: str) -> str:
    return NEVER if text.lower() in _NEVER_WORDS else timeline.day_after(fields.read_date(text))


def _check_span(cells: Cells, now: str, valid_from: str | None, valid_until: str | None) -> None:
    if valid_until is None or valid_until == NEVER:
        return
    shown = cells.row.values.get("valid_until", "")
    if valid_from is not None and valid_until <= valid_from:
        cells.fault("end_before_start", "valid_until", shown)
    elif valid_until <= now:
        cells.fault("expired", "valid_until", shown)
