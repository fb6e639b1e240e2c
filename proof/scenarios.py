"""The commands that come to harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from asta_cli.core.errors import Status
from proof.states import ACTIVATED, EIGHT, HALF, OWNER, Office, Words, mirror, staff, sync


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command. ``base``: the state it starts from. ``aside``: tables that it fills in transactions of their own.

    ``code``: its exit status; ``again``: those that a repeat of what was done may have.
    """

    name: str
    base: str
    argv: Words
    as_: str | None = None
    stdin: str = ""
    code: int = 0
    again: tuple[int, ...] = (0,)
    aside: frozenset[str] = frozenset()


_COUNTED = frozenset({"throttle"})
"""Attempts are counted, and committed, before a code is looked at."""


def _first_use(office: Office) -> Scenario:
    return Scenario("first-use", "empty", ("chambers", "add", "177", "--name", "IHK"), aside=frozenset({"meta"}))


def _import_first(office: Office) -> Scenario:
    return Scenario("import", "chamber", ("import", "snapshot", str(office.register.directory)))


def _import_changed(office: Office) -> Scenario:
    return Scenario("import-changed", "filled", mirror(office.changed))


def _hold(office: Office) -> Scenario:
    """Another broken night: its plan is kept in place of the one before."""
    held = int(Status.HELD)
    return Scenario("hold", "held", mirror(office.cut(HALF - 10)), code=held, again=(held,))


def _approve(office: Office) -> Scenario:
    return Scenario("approve", "held", ("runs", "approve", office.known.get("held", "")), again=(0, 5))


def _undo(office: Office) -> Scenario:
    return Scenario("undo", "imported", ("runs", "undo", office.known.get("run", "")), again=(0, 5))


def _grant(office: Office) -> Scenario:
    return Scenario("grant", "filled", ("perms", "grant", "--from", str(office.grants)))


def _revoke(office: Office) -> Scenario:
    return Scenario("revoke", "people", ("perms", "revoke", "--from", str(office.grants)))


def _sync(office: Office) -> Scenario:
    """Two managers go, eight come."""
    people = [f"m{n}@example.com" for n in range(2, 6)] + [f"new{n}@example.com" for n in range(8)]
    return Scenario("sync", "staffed", sync(staff(office, "next", people)))


def _offboard(office: Office) -> Scenario:
    return Scenario("offboard", "rivals", ("accounts", "offboard", EIGHT[0], "--reason", "proof"))


def _activate(office: Office) -> Scenario:
    made = Scenario("activate", "people", ("activate", ACTIVATED, "--code-file", "-"), as_=OWNER, aside=_COUNTED)
    return replace(made, stdin=office.known.get("code of people", "") + "\n")


def _confirm(office: Office) -> Scenario:
    return replace(
        Scenario("confirm", "people", ("confirm", "-")), stdin=office.known.get("token of people", "") + "\n"
    )


SCENARIOS: dict[str, Callable[[Office], Scenario]] = {
    "first-use": _first_use,
    "import": _import_first,
    "import-changed": _import_changed,
    "hold": _hold,
    "approve": _approve,
    "undo": _undo,
    "grant": _grant,
    "revoke": _revoke,
    "sync": _sync,
    "offboard": _offboard,
    "activate": _activate,
    "confirm": _confirm,
}


def prepared(office: Office, name: str) -> Scenario:
    """The scenario *name*, its base ready."""
    office.make(SCENARIOS[name](office).base)
    # What only the base could tell, a code or a token, is known now.
    return SCENARIOS[name](office)
