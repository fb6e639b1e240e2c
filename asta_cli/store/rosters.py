"""Thousands of companies in columns, for letters to a whole chamber."""

from __future__ import annotations

from operator import itemgetter

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.rosters import Roster
from asta_cli.store.companies import letters_of, with_chain
from asta_cli.store.db import Tx
from asta_cli.store.given import administrators_of
from asta_cli.store.keysets import rows_among

_COLUMNS = "id, ident_number, name, parent_id, activated_at IS NOT NULL, email, street, postal_code, city"


def load(tx: Tx, needs: Needs, facts: Facts) -> None:
    """The open companies among those named, in the order of their numbers.

    With them what is above them, who administers them, and their letters.
    """
    chamber = needs.chamber or ""
    sql = f"SELECT {_COLUMNS} FROM company WHERE status = 'open' AND chamber = {tx.placeholder}"  # noqa: S608 - ours
    found = rows_among(tx, sql, "ident_number", needs.idents, (chamber,))
    facts.roster = Roster.from_rows(chamber, sorted(found, key=itemgetter(1)))
    with_chain(tx, facts, {parent for parent in facts.roster.parents if parent is not None})
    if needs.administrators:
        administrators_of(tx, facts.by_id.keys() | set(facts.roster.ids), facts)
    if needs.letters:
        letters_of(tx, facts.roster.ids, facts)
