"""How far a long run is. Who works says so in passing; who wants to know looks, from another thread if need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a run is at."""

    TAKE = "take"
    READ = "read"
    COMPARE = "compare"
    WRITE = "write"
    TRANSFER = "transfer"


def _nothing() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One pass of a run: over the file *name*, or over what is to be written.

    ``done`` of ``total`` are through (bytes of a file, or records; a total of 0 is not known), which made ``rows``
    rows. Both are asked from another thread at any time: they must be quick, and change nothing.
    """

    step: Step
    name: str = ""
    total: int = 0
    done: Callable[[], int] = _nothing
    rows: Callable[[], int] = _nothing


class Progress:
    """Where a run says what it is at. This one only remembers it; ``stage`` is None while there is nothing to see."""

    stage: Stage | None = None

    def enter(self, stage: Stage | None) -> None:
        """Another pass begins."""
        self.stage = stage
