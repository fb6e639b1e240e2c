"""One person of the register out of those that a number fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asta_cli.core.errors import NotFound
from asta_cli.core.people import SeveralRecords


def only(found: Sequence[Sequence[Any]], number: str, unknown: type[NotFound]) -> Sequence[Any]:
    """The one row that was found; its second and third cells are chamber and company.

    Raises *unknown*, or SeveralRecords.
    """
    if not found:
        raise unknown(key=number)
    if len(found) > 1:
        raise SeveralRecords(key=number, choices=", ".join(sorted(f"{row[1]}:{row[2]}" for row in found)))
    return found[0]
