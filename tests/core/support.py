"""What the tests of the rules share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

E = TypeVar("E", bound=Exception)


def error_of(kind: type[E], call: Callable[..., object], *arguments: object) -> E | None:
    """The error of *kind* that *call* raises; None if it raises none."""
    try:
        call(*arguments)
    except kind as error:
        return error
    return None
