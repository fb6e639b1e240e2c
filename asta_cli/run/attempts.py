"""Attempts at a secret: counted and committed before it is looked at, forgotten when it was shown."""

from __future__ import annotations

from asta_cli.core.throttling import Throttled
from asta_cli.run import Desk

_PURPOSE = "throttle"


def count(desk: Desk, *what: str) -> bytes:
    """Count an attempt at *what* (a purpose, an account, perhaps a company); its key, for ``forget``.

    Raises Throttled (75) if it comes too early. Whether there is such an account makes no difference.
    """
    from asta_cli.store import throttle

    key = throttle.key_of(desk.keys().subkey(_PURPOSE), *what)

    def write() -> str | None:
        with desk.store.write() as tx:
            return throttle.count(tx, key, desk.now())

    until = desk.store.retrying(write)
    if until is not None:
        raise Throttled(until=until)
    return key


def forget(desk: Desk, key: bytes) -> None:
    """The secret was shown: the attempts before it do not count."""
    from asta_cli.store import throttle

    def write() -> None:
        with desk.store.write() as tx:
            throttle.forget(tx, key)

    desk.store.retrying(write)
