"""Run the proofs: python -m proof. See docs/reliability.md for what they are and what they found."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proof import contention, disk, kill_random, kill_writes, power, races, restarts, revocation
from proof.judge import Tally
from proof.rivals import RACES
from proof.scenarios import SCENARIOS
from proof.sites import PostgresSite, Site, SqliteSite
from proof.states import Office

READERS = "readers"
BOTH = ("sqlite", "postgresql")
ALL = tuple(SCENARIOS)
IMPORTS = tuple(name for name in SCENARIOS if name.startswith("import"))
NIGHTS = (*IMPORTS, "hold", "approve", "undo")
GROWING = (*IMPORTS, "grant")
LATER = tuple(name for name in SCENARIOS if name != "first-use")  # which starts with no disk to speak of
# Unique keys of the database save an import, and what answers one, also where they are not alone.
LOST_UNLOCKED = tuple(name for name in RACES if name not in ("import-changed", "approve", "undo"))
USES = ("revoke-use",)
CROWDS = tuple(contention.CROWDS)
SITES: dict[str, type[Site]] = {"sqlite": SqliteSite, "postgresql": PostgresSite}


@dataclass(frozen=True, slots=True)
class Harness:
    """One kind of harm. ``quick`` and ``full`` are how many tries a scenario gets; 0 for every point there is."""

    run: Callable[[Office, str, int], Tally]
    control: Callable[[Office, str, int], Tally]
    quick: int
    full: int
    scenarios: Sequence[str] = ALL
    databases: Sequence[str] = BOTH
    control_tries: int = 20
    controlled: Sequence[str] = ("import",)


HARNESSES: dict[str, Harness] = {
    "kill-writes": Harness(kill_writes.run, kill_writes.control, 12, 0),
    "kill-spilling": Harness(kill_writes.spilling, kill_writes.control, 12, 0, IMPORTS, ("sqlite",)),
    "kill-random": Harness(kill_random.run, kill_random.control, 6, 500),
    "errors": Harness(disk.errors, disk.control, 12, 0, databases=("sqlite",)),
    "pages": Harness(disk.pages, disk.control, 6, 0, GROWING, ("sqlite",)),
    "tmpfs": Harness(disk.tmpfs, disk.control, 6, 0, GROWING, ("sqlite",)),
    "contention": Harness(contention.run, contention.control, 3, 20, CROWDS, control_tries=5, controlled=("crowd-16",)),
    "power": Harness(power.run, power.control, 30, 2_000, LATER, ("sqlite",), 100),
    "races": Harness(races.run, races.control, 4, 1_000, tuple(RACES), controlled=LOST_UNLOCKED),
    "revocation": Harness(revocation.run, revocation.control, 30, 10_000, USES, control_tries=300, controlled=USES),
    "restart": Harness(restarts.run, restarts.control, 3, 200, NIGHTS, ("postgresql",), 6),
}


def main() -> int:
    """Run what was asked for; the exit status is 1 where something failed or a control found nothing."""
    asked = _arguments()
    sound = True
    for database in [] if asked.harness == [READERS] else asked.database or BOTH:
        with _office(database) as office:
            for name in [name for name in asked.harness if name != READERS] or HARNESSES:
                if database in HARNESSES[name].databases:
                    sound &= _prove(office, HARNESSES[name], asked)
    if READERS in asked.harness or not (asked.harness or asked.database or asked.scenario):
        sound &= _readers(asked.quick)
    return 0 if sound else 1


def _readers(quick: bool) -> bool:
    """In a process of its own: what it measures is memory."""
    size = ["300", "5"] if quick else []
    return subprocess.run([sys.executable, "-m", "proof.readers", *size], check=False).returncode == 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("harness", nargs="*", help=f"{', '.join([*HARNESSES, READERS])}; all if none is named")
    parser.add_argument(
        "--scenario", action="append", choices=(*ALL, *CROWDS, *RACES, *USES), help="this one only; may be repeated"
    )
    parser.add_argument("--database", action="append", choices=BOTH, help="on this one only")
    parser.add_argument("--tries", type=int, help="how many tries a scenario gets; 0: at every point there is")
    parser.add_argument("--control", type=int, help="how many tries the broken variant gets")
    parser.add_argument("--quick", action="store_true", help="a few tries each: for a glance, not for quoting")
    asked = parser.parse_args()
    if unknown := set(asked.harness) - {*HARNESSES, READERS}:
        parser.error(f"no such harness: {', '.join(sorted(unknown))}")
    return asked


def _prove(office: Office, harness: Harness, asked: argparse.Namespace) -> bool:
    tries = asked.tries if asked.tries is not None else harness.quick if asked.quick else harness.full
    controls = asked.control or harness.control_tries
    chosen = asked.scenario or harness.scenarios
    sound = True
    for scenario in [name for name in harness.controlled if name in chosen] or harness.controlled[:1]:
        sound &= _tell(harness.control, office, scenario, controls, must_fail=True)
    for scenario in chosen:
        if scenario in harness.scenarios:
            sound &= _tell(harness.run, office, scenario, tries)
    return sound


def _tell(
    run: Callable[[Office, str, int], Tally], office: Office, scenario: str, tries: int, *, must_fail: bool = False
) -> bool:
    started = time.monotonic()
    tally = run(office, scenario, tries)
    told = f"CONTROL {tally.told(1)}" if must_fail else tally.told()
    print(f"{told}  [{time.monotonic() - started:.0f} s]", flush=True)
    if tally.skipped:
        return True
    if must_fail and not tally.failures:
        print("    the control found nothing: this harness proves nothing", flush=True)
    return bool(tally.failures) is must_fail


@contextmanager
def _office(database: str) -> Iterator[Office]:
    root = Path(tempfile.mkdtemp(prefix="asta-proof-"))
    (root / "files").mkdir()
    site = SITES[database](root)
    try:
        yield Office(site, root / "files")
    finally:
        site.close()
        shutil.rmtree(root)


if __name__ == "__main__":
    sys.exit(main())
