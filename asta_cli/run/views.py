"""Listings for the commands, which do not reach into the store: what there is to ask, and for whom it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from asta_cli.run import Desk, reading
from asta_cli.store import views
from asta_cli.store.db import Tx
from asta_cli.store.views import *  # noqa: F403 - all that is there to be asked, under the same names
from asta_cli.store.views import Listed, Scope

__all__ = ["Row", "count", "one", "rows", "scope"]
__all__ += views.__all__

Row = Sequence[Any]


def scope(tx: Tx, desk: Desk) -> Scope:
    """What the asker may see now."""
    return views.scope_of(tx, desk.asker, desk.toggles, desk.now(), desk.usual_chamber)


def rows(desk: Desk, view: Callable[[Tx, Scope], Listed]) -> Callable[[Tx], Iterable[Row]]:
    """The rows of *view* in the asker's scope, for ``render.listing``."""
    return lambda tx: view(tx, scope(tx, desk)).rows()


def count(desk: Desk, view: Callable[[Tx, Scope], Listed]) -> Callable[[Tx], int]:
    """How many rows *view* has in the asker's scope, for ``render.listing``."""
    return lambda tx: view(tx, scope(tx, desk)).count()


def one(desk: Desk, look: Callable[[Tx, Scope], Row]) -> Row:
    """One thing in the asker's scope."""
    return reading(desk, lambda tx: tuple(look(tx, scope(tx, desk))))
