"""What explaining reads beyond what planners need. The store is imported when it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from asta_cli.core.explained import Holdings
from asta_cli.core.facts import Facts
from asta_cli.core.office import Office

if TYPE_CHECKING:
    from asta_cli.run import Tx


def holdings(tx: Tx, email: str, email_key: str) -> Holdings:
    """What the person with this key holds and has held; *email* is used where nothing is stored of them."""
    from asta_cli.store import holdings as store

    return store.holdings(tx, email, email_key)


def companies_held(tx: Tx, email_key: str) -> set[int]:
    """The companies at which the person with this key has ever been given something, by their ids."""
    from asta_cli.store import holdings as store

    return store.companies_held(tx, email_key)


def office(tx: Tx, email_key: str) -> Office:
    """For which chambers the person with this key is an operator."""
    from asta_cli.store import authority

    return authority.office_of(tx, email_key)


def know(tx: Tx, facts: Facts, companies: Iterable[int]) -> None:
    """Add *companies*, by their ids, and everything above them to *facts*."""
    from asta_cli.store import companies as store

    store.with_chain(tx, facts, companies)
