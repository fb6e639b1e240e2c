"""Run the benchmarks: python -m benchmarks --peers DIRECTORY. See docs/performance.md for what the figures mean."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import contestants, growth, imports, inside, letters, places, report, tab, waiting
from benchmarks.contestants import Bench
from benchmarks.data import command
from benchmarks.offices import Offices
from benchmarks.permissions import Permissions
from benchmarks.places import Place, Sqlite
from benchmarks.report import BARE, Race
from benchmarks.stock import CHAMBER_SIZE, HEADROOM, LARGE, NATIONAL, Stock
from benchmarks.timing import WrongAnswer, race

RUNS, LONG_RUNS, QUICK = 25, 5, 5
ROWS, FULL_ROWS = 100_000, 1_000_000
COMMANDS: dict[str, Callable[[Bench], Race]] = {
    "version": contestants.version,
    "help": contestants.help_pages,
    "listing": contestants.listing,
    "grant": contestants.grant,
}


@dataclass(frozen=True)
class Asked:
    """What was asked for: how large, and how often. ``runs`` 0: as often as the race needs."""

    rows: int
    runs: int
    full: bool
    headroom: bool

    def times(self, usual: int) -> int:
        """How many runs."""
        return self.runs or usual

    @property
    def sizes(self) -> list[int]:
        """Sizes of registers to grow through."""
        larger = ([NATIONAL] if self.full else [self.rows]) + [HEADROOM] * self.headroom
        return sorted({CHAMBER_SIZE, LARGE, *larger})


Import = Callable[[Place, Stock, Asked], bool]
IMPORTS: dict[str, Import] = {
    "import-first": lambda place, stock, asked: _race(imports.first(place, stock, asked.rows), asked.times(LONG_RUNS)),
    "import-again": lambda place, stock, asked: _race(imports.again(place, stock, asked.rows), asked.times(LONG_RUNS)),
    "import-snapshot": lambda place, stock, asked: _race(
        imports.snapshot(place, stock, NATIONAL if asked.full else asked.rows), asked.times(LONG_RUNS)
    ),
    "import-chamber": lambda place, stock, asked: _race(imports.chamber(place, stock), asked.times(RUNS)),
    "import-waiting": lambda place, stock, asked: waiting.tell(place, stock, asked.rows, asked.times(LONG_RUNS)),
    "import-memory": lambda place, stock, asked: growth.memory(place, stock, asked.rows),
    "import-growth": lambda place, stock, asked: growth.growth(place, stock, asked.sizes, asked.times(1)),
}
Given = Callable[[Place, Permissions, Stock, Asked], bool]
PERMISSIONS: dict[str, Given] = {
    "perms-grant": lambda place, made, stock, asked: _race(made.grant(place), asked.times(LONG_RUNS)),
    "perms-again": lambda place, made, stock, asked: _race(made.repeat(place), asked.times(LONG_RUNS)),
    "perms-sync": lambda place, made, stock, asked: _race(made.sync(place), asked.times(LONG_RUNS)),
    "perms-inside": lambda place, made, stock, asked: inside.permissions(place, made),
    "missing-inside": lambda place, made, stock, asked: inside.listings(
        place, stock, NATIONAL if asked.full else asked.rows
    ),
}
# Measured by what SQLite itself takes.
ON_SQLITE: dict[str, Given] = {
    "rows": lambda place, made, stock, asked: _race(letters.rows(place, stock, asked.rows), asked.times(LONG_RUNS)),
    "letters": lambda place, made, stock, asked: _race(
        letters.issue(place, stock, letters.CODES), asked.times(LONG_RUNS)
    ),
}
LONG = [*IMPORTS, *PERMISSIONS, *ON_SQLITE]
GROUPS = {"import": list(IMPORTS), "perms": [*PERMISSIONS, *ON_SQLITE]}
NAMES = [*COMMANDS, "tab", *LONG]


def main() -> int:
    """Run what was asked for; the exit status is 1 where a goal was missed, 2 where something did not work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "races", nargs="*", metavar="RACE", help=f"{', '.join(NAMES)}; import, perms for all about that"
    )
    parser.add_argument("--peers", type=Path, required=True, help="virtual environment with benchmarks/peers.txt")
    parser.add_argument("--runs", type=int, default=0, help=f"tries of each; {RUNS}, of long ones {LONG_RUNS}")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} tries at most: for a glance, not for quoting")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"trainees to import, {ROWS:,} if not said")
    parser.add_argument("--full", action="store_true", help=f"{FULL_ROWS:,} trainees, and the sizes of Germany: hours")
    parser.add_argument("--headroom", action="store_true", help=f"let growth go on to {HEADROOM:,} trainees")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="imports into this database only")
    asked = parser.parse_args()
    names = [name for word in asked.races or NAMES for name in GROUPS.get(word, [word])]
    if unknown := set(names) - set(NAMES):
        parser.error(f"no such race: {', '.join(sorted(unknown))}")
    rows = FULL_ROWS if asked.full else asked.rows
    size = Asked(rows, asked.runs or QUICK * asked.quick, asked.full, asked.headroom)
    with tempfile.TemporaryDirectory(prefix="asta-bench-") as place:
        bench = Bench(Path(sys.executable).parent, asked.peers.absolute() / "bin", Path(place))
        try:
            (bench.work / "home").mkdir(mode=0o700)
            met = commands(bench, [name for name in names if name not in LONG], size.times(RUNS))
            met += transfers(bench, [name for name in names if name in LONG], size, asked.on)
            return 0 if all(met) else 1
        except WrongAnswer as error:
            print(error, file=sys.stderr)
            return 2


def commands(bench: Bench, names: list[str], runs: int) -> list[bool]:
    """Run the races of short commands and tell them; whether their goals were met."""
    if names:
        contestants.prepare(bench)
    return [_tab(bench, runs) if name == "tab" else _race(COMMANDS[name](bench), runs) for name in names]


def transfers(bench: Bench, names: list[str], asked: Asked, on: str | None) -> list[bool]:
    """Run the long races, one database after the other, and tell them; whether their goals were met."""
    if not names:
        return []
    stock = Stock(bench.work)
    with ExitStack() as stack:
        found: list[Place] = [Sqlite(bench)] if on != "postgresql" else []
        if on != "sqlite":
            found.append(stack.enter_context(places.postgres(bench)))
        made = Permissions(bench, Offices(bench.work / "offices"))
        met = [IMPORTS[name](place, stock, asked) for name in names if name in IMPORTS for place in found]
        met += [
            PERMISSIONS[name](place, made, stock, asked) for name in names if name in PERMISSIONS for place in found
        ]
        own = [place for place in found if isinstance(place, Sqlite)]
        return met + [
            ON_SQLITE[name](place, made, stock, asked) for name in names if name in ON_SQLITE for place in own
        ]


def _race(chosen: Race, runs: int) -> bool:
    return report.tell(chosen, race(chosen.contestants, runs))


def _tab(bench: Bench, runs: int) -> bool:
    scripts = {}
    for shell in ("bash", "fish"):
        made = bench.run("", "completion", shell)
        scripts[shell] = bench.work / f"asta.{shell}"
        scripts[shell].write_text(command(made.argv, made.env), encoding="utf-8")
    bare = race([bench.bare], runs)[BARE].median
    return tab.tell(scripts, bench.work, bare)


if __name__ == "__main__":
    sys.exit(main())
