"""The chamber's desk: for which chambers somebody is an operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """The chambers whose operator somebody is; with ``everywhere`` those to come, too, and what belongs to none."""

    everywhere: bool = False
    chambers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.chambers)

    def covers(self, chamber: str | None) -> bool:
        """Whether *chamber* is among them; what belongs to no chamber (None) is for operators of every one."""
        return self.everywhere or chamber in self.chambers


NO_OFFICE = Office()
EVERYWHERE = Office(everywhere=True)
