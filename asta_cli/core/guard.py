"""The guard of an import: a file that would end, change or add too much is probably not the file that was meant.

Half an export, or another chamber's, is well formed; only its size next to what is there gives it away.
"""

from __future__ import annotations

from dataclasses import dataclass

from asta_cli.core.model import Action

_ENDED_ALWAYS = 20
_ENDED_ALL_OF = 3
_UPDATED_ALWAYS = 3
_CREATED_FROM = 100


@dataclass(frozen=True, slots=True)
class Share:
    """At most ``amount`` records, or that many percent of those there are."""

    amount: float
    percent: bool = True

    def of(self, count: int) -> float:
        """How many of *count* that is."""
        return self.amount * count / 100 if self.percent else self.amount


@dataclass(frozen=True, slots=True)
class Bounds:
    """What passes of one kind of records in one chamber, of those open before."""

    ended: Share = Share(5)
    updated: Share = Share(30)
    created: Share = Share(50)


@dataclass(frozen=True, slots=True)
class Before:
    """What there was of a kind in a chamber: ``open`` records; ``first``: nothing of the kind was ever taken over."""

    open: int
    first: bool


@dataclass(frozen=True, slots=True)
class Trip:
    """What a guard stumbled over: of the ``open`` records of ``kind`` so many would be ended, updated or created."""

    kind: str
    action: Action
    count: int
    open: int
    allowed: int


def judge(kind: str, before: Before, counts: dict[Action, int], bounds: Bounds) -> list[Trip]:
    """What of *counts*, records of *kind* by what happens to them, is too much. A first import is exempt.

    Those whose contract is over must not be among the ended. Twenty ends always pass, but never more than half of a
    kind that has more than three. Three updates always pass: the share means nothing of a handful.
    """
    if before.first:
        return []
    half = before.open / 2 if before.open > _ENDED_ALL_OF else before.open
    allowed = {
        Action.END: max(bounds.ended.of(before.open), min(_ENDED_ALWAYS, half)),
        Action.UPDATE: max(bounds.updated.of(before.open), _UPDATED_ALWAYS),
    }
    if before.open >= _CREATED_FROM:
        allowed[Action.CREATE] = bounds.created.of(before.open)
    return [
        Trip(kind, action, counts.get(action, 0), before.open, int(limit))
        for action, limit in allowed.items()
        if counts.get(action, 0) > limit
    ]
