"""The chamber's desk: for which chambers somebody is an operator, and whom they may stand in for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Officer:
    """A record that makes somebody operator of ``chamber``, of every one where that is None.

    ``usable``: their account is confirmed, neither locked nor disabled.
    """

    id: int
    email: str
    email_key: str
    chamber: str | None
    impersonate: bool
    usable: bool


@dataclass(frozen=True, slots=True)
class Office:
    """The chambers whose operator somebody is; with ``everywhere`` those to come, too, and what belongs to none.

    In ``stands_in`` of these, None standing for all, they may act as another account (``--as``).
    """

    everywhere: bool = False
    chambers: frozenset[str] = frozenset()
    stands_in: frozenset[str | None] = frozenset()

    @classmethod
    def of(cls, records: Iterable[tuple[str | None, bool]]) -> Office:
        """The office that pairs of chamber (None: every one) and ``impersonate`` make."""
        held = list(records)
        chambers = frozenset(chamber for chamber, _ in held if chamber is not None)
        everywhere = any(chamber is None for chamber, _ in held)
        return cls(everywhere, chambers, frozenset(chamber for chamber, may in held if may))

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.chambers)

    def covers(self, chamber: str | None) -> bool:
        """Whether *chamber* is among them; what belongs to no chamber (None) is for operators of every one."""
        return self.everywhere or chamber in self.chambers

    def may_impersonate(self, chamber: str | None) -> bool:
        """Whether they may act as others in *chamber*, or, if it is None, in every one."""
        return None in self.stands_in or (chamber is not None and chamber in self.stands_in)


def office_key(email: str, chamber: str | None) -> str:
    """How an operator's record is called; that of every chamber by the address alone."""
    return f"{email} {chamber}" if chamber else email


NO_OFFICE = Office()
EVERYWHERE = Office(everywhere=True, stands_in=frozenset({None}))
