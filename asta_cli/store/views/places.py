"""Companies and chambers as a listing's options name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from asta_cli.core.chambers import UnknownChamber
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.model import Company, Permission
from asta_cli.core.naming import UnknownCompany, resolve, split_key
from asta_cli.store import load
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.views.chambers import chamber_numbers
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which part of a listing is wanted: these companies, this chamber. ``all``: also what is over."""

    companies: Sequence[str] = ()
    chamber: str | None = None
    all: bool = False

    def conditions(self, tx: Tx, scope: Scope, table: FromClause) -> Iterator[ColumnElement[bool]]:
        """What it means for a table of the register. Raises UnknownCompany, UnknownChamber, Ambiguous."""
        c = table.c
        if self.chamber is not None:
            yield c.chamber == known_chamber(tx, self.chamber)
        if self.companies:
            column: ColumnElement[Any] = c.company_id if "company_id" in c else c.id
            yield among(tx, column, {company.id for company, _ in named(tx, scope, self.companies, self.chamber)})
        if not self.all:
            yield c.status == OPEN


def named(tx: Tx, scope: Scope, names: Iterable[str], chamber: str | None = None) -> Iterator[tuple[Company, Facts]]:
    """The companies called *names* (Identnummer or ``CHAMBER:IDENT``) and what is above them.

    What the asker may not see does not exist. Raises UnknownCompany, Ambiguous.
    """
    keys = [(within or chamber, ident) for within, ident in map(_split, names)]
    chambers = {within for within, _ in keys}
    only = chambers.pop() if len(chambers) == 1 else None  # each of 79 chambers may have a company of that number
    facts = load.load(tx, Needs(only, idents={ident for _, ident in keys}), scope.now)

    def seen(company: Company) -> bool:
        return scope.may(Permission.COMPANY_VIEW, company, facts)

    for within, ident in keys:
        yield resolve(facts, ident, within, scope.usual_chamber, seen), facts


def company_named(tx: Tx, scope: Scope, name: str, chamber: str | None = None) -> tuple[Company, Facts]:
    """The one company called *name*. Raises UnknownCompany, Ambiguous."""
    ((company, facts),) = named(tx, scope, [name], chamber)
    return company, facts


def known_chamber(tx: Tx, number: str) -> str:
    """*number*, if a chamber has it. Raises UnknownChamber."""
    if number not in chamber_numbers(tx):
        raise UnknownChamber(key=number)
    return number


def _split(name: str) -> tuple[str | None, str]:
    """What cannot be an Identnummer is the name of no company."""
    try:
        return split_key(name.strip())
    except BadField:
        raise UnknownCompany(key=name) from None
