"""The harnesses of ``make proof`` in short: a few tries each, and the broken variant that each of them has to catch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TRACED = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
SHORT = (
    pytest.param("kill-writes", "sqlite", "import", 8, 8, marks=TRACED),
    pytest.param("kill-spilling", "sqlite", "import-changed", 4, 8, marks=TRACED),
    ("kill-random", "postgresql", "import", 3, 8),
    pytest.param("errors", "sqlite", "import", 8, 2, marks=TRACED),
    ("restart", "postgresql", "import", 3, 6),
    ("contention", "sqlite", "crowd-8", 1, 1),
    pytest.param("power", "sqlite", "import", 40, 60, marks=TRACED),
)


@pytest.mark.parametrize(("harness", "database", "scenario", "tries", "control"), SHORT)
def test_in_short(harness: str, database: str, scenario: str, tries: int, control: int) -> None:
    argv = ["-m", "proof", harness, "--database", database, "--scenario", scenario]
    sized = [*argv, "--tries", str(tries), "--control", str(control)]
    done = subprocess.run([sys.executable, *sized], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failures" in done.stdout
    assert "CONTROL" in done.stdout
