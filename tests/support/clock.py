"""A clock that stands still until it is told otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """``now`` may be set; calling the clock reads it."""

    now: datetime = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def text(self) -> str:
        """Return now as RFC 3339 UTC in whole seconds."""
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def advance(self, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Move forward."""
        self.now += timedelta(days=days, hours=hours, seconds=seconds)
