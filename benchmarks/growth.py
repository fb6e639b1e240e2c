"""What more rows cost: memory, and time per row."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.imports import CHANGED, FIRST, MIRROR, SAME
from benchmarks.places import Place
from benchmarks.report import MB, say
from benchmarks.stock import Stock, onto
from benchmarks.timing import Times, timed

FIRST_LIMIT, FIRST_GROWTH, AGAIN_GROWTH = 150, 10, 25
STEEPEST = 1.5


def memory(place: Place, stock: Stock, rows: int) -> bool:
    """Print the most memory that imports of *rows* trainees and of twice as many need, once each."""
    print(f"\nMemory of an import of {rows:,} and of {2 * rows:,} trainees, {place.title}, MB")
    peaks: dict[str, list[float]] = {FIRST: [], SAME: [], CHANGED: []}
    for size in (rows, 2 * rows):
        for name, peak in _peaks(place, stock, size).items():
            peaks[name].append(peak)
    met = []
    for name, (small, large) in peaks.items():
        limit = FIRST_GROWTH if name == FIRST else AGAIN_GROWTH
        text = f"{name}: {small:.1f} and {large:.1f}, {large - small:.1f} more of at most {limit}"
        met.append(say(large - small <= limit, text))
    met.append(say(max(peaks[FIRST]) <= FIRST_LIMIT, f"{FIRST}: at most {FIRST_LIMIT}"))
    return all(met)


def _peaks(place: Place, stock: Stock, rows: int) -> dict[str, float]:
    night, tomorrow = (stock.night(rows, tomorrow=tomorrow).file("trainees") for tomorrow in (False, True))
    people, whole = stock.people(place, rows), stock.whole(place, rows)
    tries = (
        onto(place, people, FIRST, "trainees", str(night), expect=""),
        onto(place, whole, SAME, "trainees", str(night), *MIRROR, expect=""),
        onto(place, whole, CHANGED, "trainees", str(tomorrow), *MIRROR, expect=""),
    )
    found = {}
    for one in tries:
        times = Times()
        timed(one, times)
        found[one.name] = times.memory / MB
    return found


def growth(place: Place, stock: Stock, sizes: Sequence[int], runs: int) -> bool:
    """Print the time per row of snapshots of all *sizes*, first and unchanged; more rows may not make a row dearer."""
    print(f"\nGrowth of a snapshot, {place.title}: {runs} runs each; microseconds a row")
    found: dict[tuple[str, int], Times] = {}
    for _ in range(runs):
        for size in sizes:
            night = str(stock.night(size).directory)
            for one in (
                onto(place, stock.empty(place), FIRST, "snapshot", night, expect=""),
                onto(place, stock.whole(place, size), SAME, "snapshot", night, *MIRROR, expect=""),
            ):
                timed(one, found.setdefault((one.name, size), Times()))
    met = []
    for name in (FIRST, SAME):
        each = [found[name, size].median / stock.night(size).total * 1e6 for size in sizes]
        steepest = max(later / earlier for n, earlier in enumerate(each) for later in each[n:])
        row = ", ".join(f"{size:,}: {cost:.1f}" for size, cost in zip(sizes, each, strict=True))
        met.append(say(steepest <= STEEPEST, f"{name}: {row}; {steepest:.2f} x of at most {STEEPEST}"))
    return all(met)
