"""The harnesses of ``make proof`` in short: a few tries each, and the broken variant that each of them has to catch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proof.scenarios import prepared
from proof.sites import SqliteSite
from proof.states import Office

ROOT = Path(__file__).parents[1]
TRACED = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
SHORT = (
    pytest.param("kill-writes", "sqlite", "import hold approve undo sync activate", 3, 8, marks=TRACED),
    pytest.param("kill-spilling", "sqlite", "import-changed", 4, 8, marks=TRACED),
    ("kill-random", "postgresql", "import", 3, 8),
    pytest.param("errors", "sqlite", "import", 8, 2, marks=TRACED),
    ("restart", "postgresql", "import", 3, 6),
    ("contention", "sqlite", "crowd-8", 1, 1),
    ("races", "postgresql", "activate all-leave", 2, 4),
    ("races", "sqlite", "last-administrator approve", 2, 5),
    ("revocation", "postgresql", "revoke-use", 20, 100),
    pytest.param("power", "sqlite", "import", 40, 60, marks=TRACED),
)


@pytest.mark.parametrize(("harness", "database", "scenarios", "tries", "control"), SHORT)
def test_in_short(harness: str, database: str, scenarios: str, tries: int, control: int) -> None:
    argv = ["-m", "proof", harness, "--database", database, "--tries", str(tries), "--control", str(control)]
    chosen = [word for scenario in scenarios.split() for word in ("--scenario", scenario)]
    sized = [sys.executable, *argv, *chosen]
    done = subprocess.run(sized, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" 0 failures") == len(scenarios.split())
    assert "CONTROL" in done.stdout


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "files").mkdir()
    return Office(SqliteSite(tmp_path), tmp_path / "files")


def test_the_changed_night_has_every_kind_of_change(office: Office) -> None:
    scenario = prepared(office, "import-changed")
    office.site.reset(scenario.base)
    told = json.loads(office.site.run(*scenario.argv, "--dry-run", "--format", "json").out)
    done = {kind["kind"]: (kind["created"], kind["updated"], kind["ended"], kind["warned"]) for kind in told["kinds"]}
    assert done == {"companies": (0, 6, 2, 0), "trainers": (0, 6, 2, 0), "trainees": (20, 29, 10, 0)}


def test_a_kept_plan_that_has_lost_a_part_is_found(office: Office) -> None:
    office.base("held")
    whole, _faults = office.site.look()
    with office.site.store() as store, store.write() as tx:
        tx.driver("DELETE FROM held_plan WHERE seq = 0")
    rest, _faults = office.site.look()
    assert "held changes" in rest.differs(whole)


def test_an_index_that_did_not_come_back_is_found(office: Office) -> None:
    office.base("chamber")
    whole, _faults = office.site.look()
    with office.site.store() as store, store.write() as tx:
        name = tx.driver("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").scalars().first()
        tx.driver(f"DROP INDEX {name}")
    assert office.site.look()[0].differs(whole) == ["the schema"]
