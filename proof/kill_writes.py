"""Kill at every write: a command is killed before the N-th call that changes anything, for each N to the last."""

from __future__ import annotations

from proof import broken
from proof.children import Hook
from proof.judge import Expected, Tally, judge, rehearse
from proof.states import Office
from proof.tracing import Point, killed_at, missing, points


def run(office: Office, name: str, sample: int = 0, hook: Hook | None = None, what: str = "") -> Tally:
    """Kill the scenario *name* at every write, or at *sample* of them."""
    tally = Tally(f"kill at every write, {office.site.dialect}: {what or name}")
    if reason := missing():
        tally.skipped = reason
        return tally
    expected = rehearse(office, name)
    for point in _chosen(_all(office, expected, hook), sample):
        _one(office, expected, point, hook, tally)
    return tally


def spilling(office: Office, name: str, sample: int = 0) -> Tally:
    """As `run`, with so small a cache that the database is written to long before the commit."""
    return run(office, name, sample, broken.small_cache, f"{name}, spilling")


def control(office: Office, name: str, sample: int = 0) -> Tally:
    """A variant that commits chunk by chunk."""
    return run(office, name, sample, broken.commit_per_chunk, f"{name}, committed per chunk")


def _all(office: Office, expected: Expected, hook: Hook | None) -> list[Point]:
    scenario = expected.scenario
    office.site.reset(scenario.base)
    order = office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, hook=hook)
    return points(order, office.log)


def _chosen(found: list[Point], sample: int) -> list[Point]:
    """All, or *sample* of them: the last ones, where a commit becomes final, and others spread over the rest."""
    if not sample or len(found) <= sample:
        return found
    last = sample // 2
    rest = found[:-last]
    return [rest[n * len(rest) // (sample - last)] for n in range(sample - last)] + found[-last:]


def _one(office: Office, expected: Expected, point: Point, hook: Hook | None, tally: Tally) -> None:
    scenario = expected.scenario
    office.site.reset(scenario.base)
    order = office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, hook=hook)
    ending = killed_at(order, point, office.log)
    failures = judge(office, expected, ending, tally)
    tally.add([f"at {point}: {failure}" for failure in failures], ending.killed)
