"""Plain rows of permissions to give, column by column: ``core.granting`` for files of a hundred thousand.

A row about which there is something to say or to look up (an address that only the library can read, a trainer, a
company that is not found, a permission that changes) is only put among the odd ones: it is judged, and told of, as a
row. See ``core.sheets``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import overload

from asta_cli.core import fields
from asta_cli.core.blocks import Block
from asta_cli.core.columns import ColumnRows
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.grants import grant_key
from asta_cli.core.model import Company, Grant, Kind, Role, Value
from asta_cli.core.perm_rows import NEVER, OVER, Terms, begin, end, not_yet_confirmed
from asta_cli.core.rows import Row
from asta_cli.core.sheets import Column, Memo, Sheet

Place = tuple[str | None, str]
"""Chamber, if it is said, and Identnummer."""
FindCompany = Callable[[str, str | None, Facts], Company]


class GrantSheet:
    """The columns of *rows*, read under *terms*; what the readers made of texts is kept in *memos*."""

    def __init__(self, rows: ColumnRows, terms: Terms, memos: dict[str, Memo]) -> None:
        self.rows = rows
        self.terms = terms
        self._sheet = Sheet(rows, memos)
        self.emails = self._sheet.text("email", required=True)
        self._sheet.emails("email")
        self.keys = self._sheet.small("email")
        chambers = self._cells("chamber", fields.chamber_number, terms.chamber)
        idents = self._sheet.read("company", fields.ident_number, required=True)
        self.places: list[Place] = list(zip(chambers, idents, strict=True))
        self.roles = self._cells("role", _role, terms.role and terms.role.value)
        self.sites = self._cells("sites", fields.yes_no, None, exact=True)
        self.begins = self._cells("valid_from", begin, None)
        self.ends = self._cells("valid_until", end, None, exact=NEVER)
        self.reasons = self._cells("reason", str, terms.reason)
        self.bare = all(cells.count(None) == len(cells) for cells in (self.sites, self.begins, self.ends))
        self._mark()

    @property
    def odd(self) -> set[int]:
        """The places of the rows that must be planned one by one."""
        return self._sheet.odd

    def rest(self) -> Sequence[Row]:
        """Those rows."""
        return list(self._sheet.rest())

    def needs(self, needs: Needs) -> Needs:
        """*needs* and what the other rows need."""
        even = self._sheet.even
        keys, idents = even(self.keys), even([ident for _, ident in self.places])
        needs.accounts.update(keys)
        needs.idents.update(idents)
        needs.pairs.update(zip(keys, idents, strict=True))
        return needs

    def _cells(self, column: str, reader: Callable[[str], Value], empty: Value, *, exact: Value = None) -> Column:
        """The cells of *column*; *exact* is what an empty one says where it says something."""
        if not self._sheet.has(column):
            return [empty] * len(self.rows)
        return self._sheet.read(column, reader, empty=exact if self.terms.exact and exact is not None else empty)

    def _mark(self) -> None:
        """Put aside what lacks role or reason, what ends before it begins or is over, and what is the asker's own."""
        mark, terms = self._sheet.mark, self.terms
        if None in self.roles:
            mark(at for at, role in enumerate(self.roles) if role is None)
        if terms.needs_reason and not all(self.reasons):
            mark(at for at, reason in enumerate(self.reasons) if not reason)
        if terms.exact and self._sheet.has("state"):
            mark(at for at, state in enumerate(self.rows.column("state")) if state.lower() in OVER)
        if self._sheet.has("trainer_number"):
            mark(at for at, number in enumerate(self.rows.column("trainer_number")) if number)
        if terms.own_key in self.keys:
            mark(at for at, key in enumerate(self.keys) if key == terms.own_key)
        for at, last in enumerate(self.ends) if self._sheet.has("valid_until") else ():
            if last not in (None, NEVER) and last <= max(self.begins[at] or "", terms.now):
                mark([at])


def by_columns(rows: ColumnRows, terms: Terms) -> bool:
    """Whether *rows* may be taken by columns at all."""
    return {"email", "company"} <= rows.columns and terms.role is not Role.TRAINER


def _role(text: str) -> str:
    """A role by its value. A trainer's is bound to a record, for which a row must be looked at by itself."""
    role = fields.role(text)
    if role is Role.TRAINER:
        raise BadField("bad_choice")
    return role.value


@dataclass(slots=True)
class _Chosen:
    """Places of rows, their companies, and the grants that there are already."""

    places: list[int] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)

    def by_chamber(self) -> Iterator[tuple[str, _Chosen]]:
        """The same, parted."""
        chambers = {company.chamber for company in self.companies}
        if len(chambers) == 1:
            yield chambers.pop(), self
            return
        for chamber in sorted(chambers):
            at = [n for n, company in enumerate(self.companies) if company.chamber == chamber]
            grants = [self.grants[n] for n in at] if self.grants else []
            yield chamber, _Chosen([self.places[n] for n in at], [self.companies[n] for n in at], grants)


def in_columns(sheet: GrantSheet, facts: Facts, find: FindCompany) -> list[Block]:
    """The blocks of new permissions and of those that are so already; rows that are neither become odd."""
    new, same = _Chosen(), _Chosen()
    companies = {place: _company(place, facts, find) for place in set(sheet.places)}
    odd, bare, grants, now = sheet.odd, sheet.bare, facts.grants, facts.now
    odd.update(_told_of_blocked(sheet, facts, companies))
    for at, (key, place, role) in enumerate(zip(sheet.keys, sheet.places, sheet.roles, strict=True)):
        company = companies[place]
        if company is None or at in odd:
            odd.add(at)
            continue
        held = _held(grants.get((key, company.id), ()), role)
        if held is None:
            chosen = new
        elif held.open(now) and (bare or _says_so(sheet, at, held)):
            chosen = same
            same.grants.append(held)
        else:
            odd.add(at)
            continue
        chosen.places.append(at)
        chosen.companies.append(company)
    created = [_created(sheet, facts, chamber, chosen) for chamber, chosen in new.by_chamber()]
    return created + [_unchanged(sheet, chamber, chosen) for chamber, chosen in same.by_chamber()]


def _told_of_blocked(sheet: GrantSheet, facts: Facts, companies: Mapping[Place, Company | None]) -> Iterator[int]:
    """The rows about accounts that the chamber has shut out, if the asker may be told."""
    blocked = {key for key, account in facts.accounts.items() if account.blocked}
    for at, key in enumerate(sheet.keys) if blocked else ():
        company = companies[sheet.places[at]] if key in blocked else None
        if company is not None and sheet.terms.tells_accounts(company):
            yield at


def _held(grants: Sequence[Grant], role: str) -> Grant | None:
    for grant in grants:
        if grant.role == role:
            return grant
    return None


def _company(place: Place, facts: Facts, find: FindCompany) -> Company | None:
    chamber, ident = place
    try:
        company = find(ident, chamber, facts) if ident else None
    except AstaError:
        return None
    return company if company is not None and company.open else None


def _says_so(sheet: GrantSheet, at: int, held: Grant) -> bool:
    """Whether nothing of *held* is stated otherwise than it is."""
    sites, first, last = sheet.sites[at], sheet.begins[at], sheet.ends[at]
    return (
        sites in (None, held.sites)
        and first in (None, held.valid_from)
        and (last is None or (None if last == NEVER else last) == held.valid_until)
    )


def _created(sheet: GrantSheet, facts: Facts, chamber: str, chosen: _Chosen) -> Block:
    at, terms, accounts = chosen.places, sheet.terms, facts.accounts
    lapses = terms.invited_until
    keys = [sheet.keys[n] for n in at]
    columns: dict[str, Sequence[Value]] = {
        "email": [accounts[key].email if key in accounts else sheet.emails[n] for key, n in zip(keys, at, strict=True)],
        "email_key": keys,
        "company_id": [company.id for company in chosen.companies],
        "role": [sheet.roles[n] for n in at],
        "sites": [sheet.sites[n] is not False for n in at],
        "valid_from": [sheet.begins[n] for n in at],
        "valid_until": [None if sheet.ends[n] == NEVER else sheet.ends[n] for n in at],
        "reason": [sheet.reasons[n] for n in at],
        "invited_until": [lapses if not_yet_confirmed(accounts.get(key)) else None for key in keys],
    }
    same: dict[str, Value] = {
        "trainer_id": None,
        "granted_at": terms.now,
        "granted_by": terms.granted_by,
        "run_id": terms.run,
    }
    return _block(sheet, chamber, list(islice(terms.ids, len(at))), chosen, columns, same)


def _unchanged(sheet: GrantSheet, chamber: str, chosen: _Chosen) -> Block:
    ids, emails, keys, _, _, sites, *_ = zip(*chosen.grants, strict=True)
    roles = [sheet.roles[n] for n in chosen.places]
    columns: dict[str, Sequence[Value]] = {"email": emails, "email_key": keys, "role": roles, "sites": sites}
    return _block(sheet, chamber, ids, chosen, columns, {"ended_at": None}, hollow=True)


def _block(
    sheet: GrantSheet,
    chamber: str,
    ids: Sequence[int],
    chosen: _Chosen,
    columns: dict[str, Sequence[Value]],
    same: dict[str, Value],
    *,
    hollow: bool = False,
) -> Block:
    lines = [sheet.rows.lines[n] for n in chosen.places]
    names = _Names(columns["email"], chosen.companies, columns["role"])
    alike = {name: values[0] for name, values in columns.items() if values.count(values[0]) == len(values)}
    varied = {name: values for name, values in columns.items() if name not in alike}
    return Block(
        Kind.GRANT, chamber, ids, same | alike, varied, names, sheet.rows.file, lines, chosen.companies, hollow=hollow
    )


@dataclass(frozen=True, slots=True)
class _Names(Sequence[str]):
    """What permissions are called. Hardly anybody asks, so the names are made when somebody does."""

    emails: Sequence[Value]
    companies: Sequence[Company]
    roles: Sequence[Value]

    def __len__(self) -> int:
        return len(self.companies)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return _Names(self.emails[at], self.companies[at], self.roles[at])
        return grant_key(str(self.emails[at]), self.companies[at].key, str(self.roles[at]))
