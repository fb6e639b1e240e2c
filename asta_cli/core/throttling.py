"""How often a secret may be guessed: ten attempts in five minutes, then one at a time after longer and longer waits.

It delays and never locks: a lock would let anybody who knows an address shut its owner out (BSI IT-Grundschutz ORP.4
asks for a block after failed attempts; a block that ends by itself is one). What is refused is not counted, so nobody
can lengthen another person's wait beyond the longest one. All times are RFC 3339 UTC, spans are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from asta_cli.core import timeline
from asta_cli.core.errors import N_, TryLater

FREE = 10
WINDOW = 300
LONGEST = 3_600
FORGET = 86_400
_DOUBLINGS = 8  # far beyond LONGEST; keeps the power small


class Throttled(TryLater):
    """Too many attempts. Nothing was compared."""

    code = "throttled"
    message = N_("there were too many attempts; the next one is possible at {until}")
    hint = N_("wait until then; nothing is locked")


@dataclass(frozen=True, slots=True)
class Count:
    """The attempts at one secret: how many, the first of them, and until when the next one has to wait."""

    failures: int
    first_at: str
    blocked_until: str | None = None


def attempt(known: Count | None, now: str) -> tuple[Count, str | None]:
    """What is to be remembered of an attempt at *now*, and until when it must wait (None: it may be made).

    The attempt that may be made is counted already: whether it succeeds is not known yet, and a process that dies in
    between must not have guessed for nothing. A success forgets the count.
    """
    if known is not None and known.blocked_until is not None and now < known.blocked_until:
        return known, known.blocked_until
    if known is None or _over(known, now):
        return Count(1, now), None
    failures = known.failures + 1
    blocked = timeline.plus(now, delay(failures)) if failures >= FREE else None
    return Count(failures, known.first_at, blocked), None


def delay(failures: int) -> int:
    """Seconds to wait after the attempt number *failures*: none for the first nine, then 5, 10, 20 ... 60 minutes."""
    if failures < FREE:
        return 0
    return int(min(WINDOW * 2 ** min(failures - FREE, _DOUBLINGS), LONGEST))


def _over(known: Count, now: str) -> bool:
    """Whether what was counted has no meaning any more: five minutes without a block, or a day after one."""
    if known.blocked_until is None:
        return now >= timeline.plus(known.first_at, WINDOW)
    return now >= timeline.plus(known.blocked_until, FORGET)
