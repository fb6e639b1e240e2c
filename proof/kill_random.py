"""Random kills: ``kill -9`` at any moment, on both databases. Only those count that hit a command at its work."""

from __future__ import annotations

import random

from proof import broken
from proof.children import READING, WRITING, Child, Hook
from proof.judge import Expected, Tally, judge, rehearse
from proof.states import Office


def run(office: Office, name: str, hits: int, seed: int = 0, hook: Hook | None = None, what: str = "") -> Tally:
    """Kill the scenario *name* until *hits* kills hit in flight."""
    tally = Tally(f"random kills, {office.site.dialect}: {what or name}")
    expected = rehearse(office, name)
    dice = random.Random(f"{name} {seed}")
    while tally.hits < hits and tally.tries < 5 * hits:
        _one(office, expected, dice, hook, tally)
    if tally.hits < hits:
        tally.failures.append(f"only {tally.hits} of {tally.tries} kills hit in flight")
    return tally


def control(office: Office, name: str, hits: int, seed: int = 0) -> Tally:
    """A variant that commits chunk by chunk."""
    return run(office, name, hits, seed, broken.commit_per_chunk, f"{name}, committed per chunk")


def _one(office: Office, expected: Expected, dice: random.Random, hook: Hook | None, tally: Tally) -> None:
    scenario = expected.scenario
    office.site.reset(scenario.base)
    child = Child(office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, hook=hook))
    child.ended(dice.uniform(0, 1.2 * expected.seconds))
    child.kill()
    ending = child.ending()
    hit = ending.killed and ending.stage >= READING
    if hit:
        tally.states["while writing" if ending.stage >= WRITING else "while reading"] += 1
    failures = judge(office, expected, ending, tally)
    tally.add([f"after {ending.seconds:.3f} s: {failure}" for failure in failures], hit)
