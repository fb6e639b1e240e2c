"""How long others wait while a nightly import runs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.imports import CHANGED, JUDGED, MIRROR
from benchmarks.places import Place, Sqlite
from benchmarks.register import KINDS
from benchmarks.report import say
from benchmarks.stock import TRIED, Stock, onto
from benchmarks.timing import Contestant, Times, timed

PROBER = Path(__file__).with_name("prober.py")
ROLES = ("writer", "reader")
LIMIT = 0.15


@dataclass(frozen=True)
class Waited:
    """What one who asked all the while found: ``turns`` it had, the ``longest`` wait in seconds, turns ``refused``."""

    turns: int
    longest: float
    refused: int


def tell(place: Place, stock: Stock, rows: int, runs: int) -> bool:
    """Print how long others wait for a nightly snapshot with 1 % changed, and answer whether that is short enough."""
    night, tomorrow = stock.night(rows), stock.night(rows, tomorrow=True)
    plain = place.plain(night, KINDS)
    own = onto(place, stock.whole(place, rows), CHANGED, "snapshot", str(tomorrow.directory), *MIRROR, expect="")
    measure, taken = Times(), Times()
    waited: dict[str, list[Waited]] = {role: [] for role in ROLES}
    for _ in range(runs):
        timed(plain, measure)
        for role in ROLES:
            waited[role].append(_beside(place, own, role, taken))
    print(f"\nWaiting for a nightly snapshot of {rows:,} trainees, {place.title}: {runs} runs each, in turns")
    unit = measure.median
    print(f"  {place.unit}: {unit:.2f} s; {CHANGED}: {taken.median:.2f} s, {taken.median / unit:.2f} x")
    met = [_mark(place, role, found, unit, judged=rows >= JUDGED) for role, found in waited.items()]
    return all(met)


def _mark(place: Place, role: str, found: list[Waited], unit: float, *, judged: bool) -> bool:
    longest = median(one.longest for one in found)
    text = f"longest wait of a {role}: {longest:.3f} s, {longest / unit:.3f} x {place.short}"
    turns = sum(one.turns for one in found)
    if role == "reader" and not isinstance(place, Sqlite):
        refused = sum(one.refused for one in found)
        return say(refused == 0, f"{text}; {refused} of {turns} turns met a lock, none may")
    if not judged:
        return say(True, f"{text}; {turns} turns (the goal of {LIMIT} is for {JUDGED:,} trainees and more)")
    return say(longest / unit <= LIMIT, f"{text} of at most {LIMIT}; {turns} turns")


def _beside(place: Place, own: Contestant, role: str, taken: Times) -> Waited:
    """Run *own* with somebody beside it."""
    prober: list[subprocess.Popen[str]] = []

    def begin() -> None:
        own.prepare()
        database, address = (
            ("sqlite", str(place.path(TRIED))) if isinstance(place, Sqlite) else ("pg", place.url(TRIED))
        )
        argv = [sys.executable, str(PROBER), database, address, role]
        prober.append(subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert prober[0].stdout is not None
        prober[0].stdout.readline()

    try:
        timed(Contestant(own.name, own.argv, own.env, prepare=begin), taken)
    finally:
        answer = prober[0].communicate()[0] if prober else ""
    return Waited(**json.loads(answer))
