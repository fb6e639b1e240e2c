"""What the races were about, and how they are told: a table, and a mark beside every goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.timing import Contestant, Times

BARE = "python -c pass"
MB = 1e6


@dataclass(frozen=True)
class Goal:
    """What ``subject`` must reach: at most ``limit`` times the race's unit, and faster than every one of ``below``.

    ``stretch`` and ``stretch_below`` are what would be better still. Those in ``below`` must take ``lead`` times as
    long. With ``megabytes``, the process may at no time need more memory than that.
    """

    subject: str
    limit: float
    stretch: float | None = None
    below: Sequence[str] = ()
    stretch_below: Sequence[str] = ()
    lead: float = 1
    megabytes: float | None = None


@dataclass(frozen=True)
class Race:
    """A thing to do, and who does it. ``unit`` is whom the others are measured by, ``short`` its short name."""

    title: str
    contestants: Sequence[Contestant]
    goals: Sequence[Goal] = ()
    unit: str = BARE
    short: str = "bare"


def tell(race: Race, times: Mapping[str, Times]) -> bool:
    """Print the outcome of *race* and answer whether every goal was met. A stretch that was missed is no failure."""
    unit = times[race.unit]
    width = max(map(len, times))
    print(f"\n{race.title}: {len(unit.wall)} runs each, in turns")
    print(f"  {'':{width}}  median ms  x {race.short:4}  CPU x {race.short:4}  spread  peak MB")
    for name, taken in sorted(times.items(), key=lambda item: item[1].median):
        ratio, cpu = taken.median / unit.median, taken.cpu_median / unit.cpu_median
        row = f"{taken.median * 1e3:9.1f}  {ratio:6.2f}  {cpu:10.2f}  {taken.spread:6.0%}  {taken.memory / MB:7.1f}"
        print(f"  {name:{width}}  {row}", flush=True)
    met = [mark(race, goal, times) for goal in race.goals]
    return all(met)


def mark(race: Race, goal: Goal, times: Mapping[str, Times]) -> bool:
    """Print what became of *goal* and answer whether it was met."""
    met = [_mark(race, ("ok", "MISSED"), goal.subject, goal.limit, times[goal.subject], times, goal.below, goal.lead)]
    if goal.stretch is not None:
        what = f"{goal.subject}, stretch"
        _mark(race, ("ok", "not yet"), what, goal.stretch, times[goal.subject], times, goal.stretch_below)
    if goal.megabytes is not None:
        peak = times[goal.subject].memory / MB
        met.append(say(peak <= goal.megabytes, f"{goal.subject}: {peak:.1f} MB of at most {goal.megabytes:g}"))
    return all(met)


def _mark(
    race: Race,
    marks: tuple[str, str],
    what: str,
    limit: float,
    own: Times,
    times: Mapping[str, Times],
    below: Sequence[str],
    lead: float = 1,
) -> bool:
    ratio = own.median / times[race.unit].median
    slower_than = [name for name in below if own.median * lead >= times[name].median]
    met = ratio <= limit and not slower_than
    text = f"{ratio:.2f} x {race.short} of at most {limit:g}"
    if below:
        faster = f"{lead:g} times as fast as" if lead > 1 else "faster than"
        text += f"; not {faster} {', '.join(slower_than)}" if slower_than else f"; {faster} {', '.join(below)}"
    print(f"  {marks[0] if met else marks[1]:7} {what}: {text}", flush=True)
    return met


def say(met: bool, text: str) -> bool:
    """Print a goal that is no time, with its mark."""
    print(f"  {'ok' if met else 'MISSED':7} {text}", flush=True)
    return met
