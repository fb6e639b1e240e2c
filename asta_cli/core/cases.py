"""Many cases of the same trouble: so many are told one by one, the others counted, so that memory does not grow."""

from __future__ import annotations

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.plan import Problem

MOST = 10_000
_LAST = 1 << 62


class MoreCases(AstaError):
    """What is not told one by one."""

    code = "more_cases"
    status = Status.REFUSED
    message = N_("and {count} more of the kind")


class Cases:
    """The problems of one attempt."""

    def __init__(self) -> None:
        self._count = 0

    def tell(self, problem: Problem) -> list[Problem]:
        """*problem*, if it is still to be told."""
        self._count += 1
        return [problem] if self._count <= MOST else []

    def rest(self) -> tuple[Problem, ...]:
        """What stands for the others, behind all that were told."""
        if self._count <= MOST:
            return ()
        error = MoreCases(count=self._count - MOST)
        return (Problem("arguments", _LAST, error.code, error=error),)
