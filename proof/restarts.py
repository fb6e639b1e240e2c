"""The PostgreSQL server goes down amid a transaction, at any moment or just at the commit, and comes back."""

from __future__ import annotations

import random
import time

from proof import broken
from proof.children import COMMITTING, Child, Hook
from proof.judge import Expected, Tally, judge, rehearse
from proof.sites import PostgresSite
from proof.states import Office

_AROUND_THE_COMMIT = 0.004  # seconds


def run(office: Office, name: str, hits: int, hook: Hook | None = None, what: str = "") -> Tally:
    """Restart the server until *hits* restarts hit the scenario *name* in flight, every third of them at its commit."""
    tally = Tally(f"server restarted: {what or name}")
    expected = rehearse(office, name)
    dice = random.Random(name)
    while tally.hits < hits and tally.tries < 5 * hits:
        _one(office, expected, dice, hook, tally)
    if tally.hits < hits:
        tally.failures.append(f"only {tally.hits} of {tally.tries} restarts hit in flight")
    return tally


def control(office: Office, name: str, hits: int) -> Tally:
    """A variant that commits chunk by chunk."""
    return run(office, name, hits, broken.commit_per_chunk, f"{name}, committed per chunk")


def _one(office: Office, expected: Expected, dice: random.Random, hook: Hook | None, tally: Tally) -> None:
    scenario, site = expected.scenario, office.site
    assert isinstance(site, PostgresSite)
    site.reset(scenario.base)
    child = Child(site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, hook=hook))
    at_commit = tally.tries % 3 == 0
    if at_commit:
        child.comes_to(COMMITTING, within=60)
        time.sleep(dice.uniform(0, _AROUND_THE_COMMIT))
    else:
        child.ended(dice.uniform(0, expected.seconds))
    hit = not child.ended(0)
    site.restart()
    ending = child.ending()
    tally.states["at the commit" if at_commit else "elsewhere"] += hit
    failures = judge(office, expected, ending, tally, failed=True)
    tally.add([f"{'at the commit' if at_commit else 'elsewhere'}: {failure}" for failure in failures], hit)
