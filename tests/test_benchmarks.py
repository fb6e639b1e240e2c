"""The registers that the benchmarks make: asta finds in them what they say is in them, tonight and tomorrow."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.register import KINDS, Night, write_night
from tests.support.inprocess import AstaInProcess

ROWS = 3_000


def imported(asta: AstaInProcess, night: Night) -> dict[str, dict[str, int]]:
    answer = asta("import", "snapshot", night.directory, "--chamber", "177", "--format", "json", code=0)
    told = json.loads(answer.out)
    assert not told["problems"]
    return {part["kind"]: part for part in told["kinds"]}


def test_asta_counts_what_a_made_register_says_of_itself(asta_inproc: AstaInProcess, tmp_path: Path) -> None:
    asta_inproc("chambers", "add", "177", "--name", "IHK", code=0)
    tonight = write_night(tmp_path / "tonight", ROWS)
    first = imported(asta_inproc, tonight)
    assert tonight.rows["trainees"] == ROWS
    assert {kind: first[kind]["created"] for kind in KINDS} == tonight.created == tonight.rows
    tomorrow = write_night(tmp_path / "tomorrow", ROWS, tomorrow=True)
    second = imported(asta_inproc, tomorrow)
    assert {kind: second[kind]["created"] for kind in KINDS} == tomorrow.created
    assert {kind: second[kind]["updated"] for kind in KINDS} == tomorrow.updated
    gone = {kind: tonight.rows[kind] + tomorrow.created[kind] - tomorrow.rows[kind] for kind in KINDS}
    assert gone == tomorrow.ended
    assert all(tomorrow.updated.values())


def test_a_size_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = write_night(tmp_path / "one", 500), write_night(tmp_path / "two", 500)
    assert all(one.file(kind).read_bytes() == two.file(kind).read_bytes() for kind in KINDS)
