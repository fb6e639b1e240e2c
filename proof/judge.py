"""The verdict on what a disturbed command left: all of it or nothing, nothing lost that was acknowledged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from asta_cli.core.errors import Status
from proof.children import Ending
from proof.content import BOOKKEEPING, SCHEMA, Content
from proof.scenarios import Scenario, prepared
from proof.states import Office

SHOWN = 8


@dataclass(slots=True)
class Tally:
    """What a harness did and found. ``hits`` are the tries in which the harm was done in time."""

    what: str
    tries: int = 0
    hits: int = 0
    states: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    skipped: str = ""

    def add(self, failures: list[str], hit: bool = True) -> None:
        """Count one try."""
        self.tries += 1
        self.hits += hit
        self.failures += failures

    def told(self, shown: int = SHOWN) -> str:
        """A line about it, and the first few failures."""
        if self.skipped:
            return f"{self.what}: SKIPPED, {self.skipped}"
        states = ", ".join(f"{n} {state}" for state, n in sorted(self.states.items()))
        lines = [f"{self.what}: {self.tries} tries, {self.hits} hits ({states}), {len(self.failures)} failures"]
        lines += [f"    {failure}" for failure in self.failures[:shown]]
        more = len(self.failures) - shown
        return "\n".join(lines + ([f"    and {more} more"] if more > 0 else []))


@dataclass(frozen=True, slots=True)
class Expected:
    """A scenario, and what its database holds before it, after it, and after a repeat; ``seconds`` it takes."""

    scenario: Scenario
    before: Content
    after: Content
    twice: Content
    seconds: float

    @property
    def aside(self) -> tuple[str, ...]:
        """The tables that do not belong to the one transaction."""
        return tuple(self.scenario.aside)


def rehearse(office: Office, name: str) -> Expected:
    """Run the scenario *name* undisturbed, twice. Raises AssertionError where that already goes wrong."""
    scenario = prepared(office, name)
    site = office.site
    site.reset(scenario.base)
    before = _sound(office)
    seconds = site.run(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, codes=(scenario.code,)).seconds
    after = _sound(office)
    site.run(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, codes=(scenario.code, *scenario.again))
    twice = _sound(office)
    assert before != after, f"{name} changes nothing"
    assert name == "first-use" or SCHEMA not in before.differs(after), f"{name} leaves another schema"
    return Expected(scenario, before, after, twice, seconds)


def judge(office: Office, expected: Expected, ending: Ending, tally: Tally, *, failed: bool = False) -> list[str]:
    """What is wrong with the database now, and with it after the command was run again.

    With *failed* something failed under the command, but nobody killed it: then it has to have told the truth.
    """
    found, faults = office.site.look()
    state = state_of(expected, found)
    tally.states[state] += 1
    told = f"exit {ending.code}, {ending.err.strip()[-200:]!r}"
    failures = [f"{fault} ({told})" for fault in faults]
    if state == "partial":
        failures.append(f"partial: {_parts(expected, found)} ({told})")
    if ending.code == expected.scenario.code and state != "after":
        failures.append(f"acknowledged and lost: {state} ({told})")
    if failed:
        failures += [f"{failure} ({told})" for failure in _honest(expected, ending, state)]
    return failures + [f"{failure} (first {state}; {told})" for failure in _again(office, expected, state)]


def _honest(expected: Expected, ending: Ending, state: str) -> list[str]:
    """Success, or "try again later" with nothing written, unless it says that it does not know."""
    if ending.code == expected.scenario.code:
        return []
    if ending.code != Status.RETRY or "error[" not in ending.err:
        return [f"another answer than {int(Status.RETRY)} with its reason"]
    if state == "after" and "error[commit_unknown]" not in ending.err:
        return ["done, and told that it was not"]
    return []


def _again(office: Office, expected: Expected, state: str) -> list[str]:
    scenario = expected.scenario
    codes = {scenario.code, *(scenario.again if state == "after" else ())}
    done = office.site.run(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, codes=range(-64, 256))
    failures = []
    if done.code not in codes:
        failures.append(f"the repeat: exit {done.code}: {done.err.strip()[-200:]}")
    found, faults = office.site.look()
    wanted = expected.twice if state == "after" else expected.after
    left_out = (*expected.aside, *(BOOKKEEPING if state == "partial" else ()))
    if different := found.without(*left_out).differs(wanted.without(*left_out)):
        failures.append(f"the repeat: other content in {', '.join(different)}")
    return failures + [f"the repeat: {fault}" for fault in faults]


def state_of(expected: Expected, found: Content) -> str:
    """``before``, ``after`` or ``partial``."""
    aside = expected.aside
    for name, content in (("before", expected.before), ("after", expected.after)):
        if found.without(*aside) == content.without(*aside):
            return name
    return "partial"


def _parts(expected: Expected, found: Content) -> str:
    neither = {n for n in found.differs(expected.before) if n in found.differs(expected.after)}
    changed = [f"{n}{' (neither)' if n in neither else ''}" for n in found.differs(expected.before)]
    return f"changed {', '.join(changed)}; unlike after: {', '.join(found.differs(expected.after))}"


def _sound(office: Office) -> Content:
    content, faults = office.site.look()
    assert not faults, faults
    return content
