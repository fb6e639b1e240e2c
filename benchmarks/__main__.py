"""Run the benchmarks: python -m benchmarks --peers DIRECTORY. See docs/performance.md for what the figures mean."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import contestants, report, tab
from benchmarks.contestants import Bench
from benchmarks.data import command
from benchmarks.report import BARE, Race
from benchmarks.timing import WrongAnswer, race

RUNS, QUICK = 25, 5
RACES: dict[str, Callable[[Bench], Race]] = {
    "version": contestants.version,
    "help": contestants.help_pages,
    "listing": contestants.listing,
    "grant": contestants.grant,
}


def main() -> int:
    """Run what was asked for; the exit status is 1 where a goal was missed, 2 where something did not work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("races", nargs="*", metavar="RACE", help=f"{', '.join([*RACES, 'tab'])}; all if none is named")
    parser.add_argument("--peers", type=Path, required=True, help="virtual environment with benchmarks/peers.txt")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"tries of each contestant, {RUNS} if not said")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} tries: for a glance, not for quoting")
    asked = parser.parse_args()
    if unknown := set(asked.races) - {*RACES, "tab"}:
        parser.error(f"no such race: {', '.join(sorted(unknown))}")
    runs = QUICK if asked.quick else asked.runs
    with tempfile.TemporaryDirectory(prefix="asta-bench-") as place:
        bench = Bench(Path(sys.executable).parent, asked.peers.absolute() / "bin", Path(place))
        try:
            met = [run(bench, name, runs) for name in asked.races or [*RACES, "tab"]]
            return 0 if all(met) else 1
        except WrongAnswer as error:
            print(error, file=sys.stderr)
            return 2


def run(bench: Bench, name: str, runs: int) -> bool:
    """Run one race and tell it; whether every goal was met."""
    if not (bench.work / "home").exists():
        contestants.prepare(bench)
    if name != "tab":
        chosen = RACES[name](bench)
        return report.tell(chosen, race(chosen.contestants, runs), runs)
    scripts = {}
    for shell in ("bash", "fish"):
        made = bench.run("", "completion", shell)
        scripts[shell] = bench.work / f"asta.{shell}"
        scripts[shell].write_text(command(made.argv, made.env), encoding="utf-8")
    bare = race([bench.bare], runs)[BARE].median
    return tab.tell(scripts, bench.work, bare)


if __name__ == "__main__":
    sys.exit(main())
