"""What the races were about, and how they are told: a table, and a mark beside every goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.timing import Contestant, Times

BARE = "python -c pass"


@dataclass(frozen=True)
class Goal:
    """What ``subject`` must reach: at most ``limit`` times bare Python, and faster than every one of ``below``.

    ``stretch`` and ``stretch_below`` are what would be better still.
    """

    subject: str
    limit: float
    stretch: float | None = None
    below: Sequence[str] = ()
    stretch_below: Sequence[str] = ()


@dataclass(frozen=True)
class Race:
    """A thing to do, and who does it."""

    title: str
    contestants: Sequence[Contestant]
    goals: Sequence[Goal] = ()


def tell(race: Race, times: Mapping[str, Times], runs: int) -> bool:
    """Print the outcome of *race* and answer whether every goal was met. A stretch that was missed is no failure."""
    bare = times[BARE]
    width = max(map(len, times))
    print(f"\n{race.title}: {runs} runs each, in turns")
    print(f"  {'':{width}}  median ms  x bare  CPU x bare  spread")
    for name, taken in sorted(times.items(), key=lambda item: item[1].median):
        ratio, cpu = taken.median / bare.median, taken.cpu_median / bare.cpu_median
        print(f"  {name:{width}}  {taken.median * 1e3:9.1f}  {ratio:6.1f}  {cpu:10.1f}  {taken.spread:6.0%}")
    met = [mark(goal, times) for goal in race.goals]
    return all(met)


def mark(goal: Goal, times: Mapping[str, Times]) -> bool:
    """Print what became of *goal* and answer whether it was met."""
    met = _mark("ok", "MISSED", goal.subject, goal.limit, goal.below, times)
    if goal.stretch is not None:
        _mark("ok", "not yet", f"{goal.subject}, stretch", goal.stretch, goal.stretch_below, times, goal.subject)
    return met


def _mark(
    yes: str, no: str, what: str, limit: float, below: Sequence[str], times: Mapping[str, Times], subject: str = ""
) -> bool:
    own = times[subject or what].median
    ratio = own / times[BARE].median
    slower_than = [name for name in below if own >= times[name].median]
    met = ratio <= limit and not slower_than
    text = f"{ratio:.1f} x bare of at most {limit:g}"
    if below:
        text += f"; slower than {', '.join(slower_than)}" if slower_than else f"; faster than {', '.join(below)}"
    print(f"  {yes if met else no:7} {what}: {text}")
    return met


def say(met: bool, text: str) -> bool:
    """Print a goal that is no time, with its mark."""
    print(f"  {'ok' if met else 'MISSED':7} {text}")
    return met
