"""The readers under whatever bytes there are: rows or one of our errors, in bounded memory; a repeat changes nothing.

``python -m proof.readers [CASES] [SECONDS]``: so many files made by Hypothesis, then so many seconds of atheris, where
that is installed. The control is a reader as one would write it in a minute; it must fail.
"""

from __future__ import annotations

import csv
import importlib.util
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.files.anything import MAPPINGS, TEXTS, read_whole, sheets, workbooks
from tests.support.cli import Asta
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess

LIMIT = 200
"""MB that reading may take."""
NAMES = st.sampled_from(["x.csv", "x.jsonl", "x"])
_FUZZED = b"Nummer;Name;Anschrift\n1;20270801;2\n;;\n"
_HEAD = "Identnummer;Firma;Stammbetrieb;E-Mail;PLZ;Betriebsnummer\n"
_PIECES = [
    "0001",
    "0002",
    "A",
    "B GmbH",
    "a@b.example",
    "01067",
    ";",
    ";",
    ";",
    "\n",
    "\n",
    '"',
    " ",
    "\xa0",
    "ä",
    "\t",
]
COMPANIES = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@dataclass
class Found:
    """What one harness did and found. ``memory`` is the most that a process of it took, in MB."""

    name: str
    cases: int = 0
    seconds: float = 0
    memory: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.name}: {self.cases} cases, {self.seconds:.0f} s, {self.memory} MB, {len(self.failures)} failures"
        return "\n".join([said, *self.failures])


def run(cases: int = 20_000, seconds: int = 600) -> list[Found]:
    """All harnesses: *cases* files and *seconds* of atheris. Files read in processes of their own are every tenth."""
    texts, books = st.tuples(TEXTS, NAMES), workbooks() | sheets()
    return [
        _many("text", cases * 6 // 10, texts, lambda home, case: (read_whole, home, case[1], case[0])),
        _many("mappings", cases * 3 // 10, MAPPINGS, lambda home, case: (read_whole, home, "x.csv", _FUZZED, case)),
        _many("workbooks", cases // 10, books, lambda home, case: (read_whole, home, "x.xlsx", case)),
        _many("re-import", max(20, cases // 50), COMPANIES, lambda home, case: (import_twice, home, case)),
        _atheris(seconds),
    ]


def control(cases: int = 2_000) -> Found:
    """A reader that knows only good files. It must fail."""
    return _many("control", cases, TEXTS, lambda home, case: (_naive, case))


def _naive(data: bytes) -> None:
    for row in csv.DictReader(data.decode().splitlines(), delimiter=";"):
        assert row["Nummer"]


def import_twice(home: Path, text: str) -> None:
    """Import companies from *text*, and again: the second time no row may change."""
    asta = AstaInProcess(Asta(home), Clock())
    if not (home / "data").exists():
        asta("chambers", "add", "177", "--name", "IHK", code=0)
    (home / "c.csv").write_text(_HEAD + text, encoding="utf-8", newline="")
    asked = ("import", "companies", home / "c.csv", "--keep-going", "--format", "json")
    first = asta(*asked)
    assert first.code in {0, 3, 65}, first
    if first.code != 65:
        again = asta(*asked).json()
        assert [again[n] for n in ("created", "updated", "ended", "reopened")] == [0, 0, 0, 0], again


Call = tuple[Any, ...]


def _many(name: str, cases: int, strategy: st.SearchStrategy[Any], call: Callable[[Path, Any], Call]) -> Found:
    """Make *cases* and *call* for each: a function and its arguments, run in a process that does nothing else."""
    with tempfile.TemporaryDirectory() as place, _elsewhere() as worker, _timed(name) as found:

        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(case=strategy)
        def each(case: Any) -> None:
            found.cases += 1
            worker.submit(_quietly, *call(Path(place), case)).result()

        try:
            each()
        finally:
            found.memory = worker.submit(_memory).result()
    return found


def _quietly(check: Callable[..., object], *arguments: object) -> None:
    """Call *check* without an answer: rows cannot travel between processes."""
    check(*arguments)


def _elsewhere() -> ProcessPoolExecutor:
    # What Hypothesis remembers must not count as memory of the readers.
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


def _memory() -> int:
    """The most that this process or one that it started took, in MB."""
    # Not what getrusage says of this process: that begins with the memory of the one that it was started from.
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) >> 10


@contextmanager
def _timed(name: str) -> Iterator[Found]:
    found, begun = Found(name), time.monotonic()
    try:
        yield found
    except Exception as error:
        found.failures.append(f"{type(error).__name__}: {str(error)[:500]}")
    found.seconds = time.monotonic() - begun
    if found.memory > LIMIT:
        found.failures.append(f"took {found.memory} MB")


def _atheris(seconds: int) -> Found:
    """The readers of text under a fuzzer that follows their branches, in a process of its own."""
    if importlib.util.find_spec("atheris") is None:
        return Found("atheris", failures=["is not installed: pip install atheris"])
    with _timed("atheris") as found:
        argv = [sys.executable, "-m", "proof.fuzz", f"-max_total_time={seconds}", "-rss_limit_mb=400", "-max_len=4096"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        counted = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
        found.cases = int(counted[-1].split()[1]) if counted else 0
        found.memory = max(map(int, re.findall(r"rss: ([0-9]+)Mb", done.stderr)), default=0)
        if done.returncode or not counted:
            found.failures.append(done.stderr[-1000:])
    return found


def main() -> int:
    """Run everything and the control; 1 if anything failed that should not have, or the control did not."""
    asked = [int(word) for word in sys.argv[1:3]]
    results = run(*asked)
    checked = control()
    for found in (*results, checked):
        sys.stdout.write(f"{found}\n")
    return int(any(found.failures for found in results) or not checked.failures)


if __name__ == "__main__":
    sys.exit(main())
