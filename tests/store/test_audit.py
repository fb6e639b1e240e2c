"""The audit log finds whatever is done to it; every test tampers as one who has the database and not the key."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from asta_cli import run
from asta_cli.core.chambers import ChamberPlanner
from asta_cli.core.policy import Asker
from asta_cli.core.rows import from_arguments
from asta_cli.store import audit
from asta_cli.store.db import Store
from asta_cli.store.keys import Keys, open_keys

NOW = "2026-11-23T21:00:00Z"


@pytest.fixture
def keys(store: Store, key_file: Path) -> Keys:
    return open_keys(store, key_file)


@pytest.fixture
def desk(store: Store, keys: Keys) -> run.Desk:
    """A desk at which three runs, one of them refused, and a note have been made."""
    made = run.Desk(store, Asker.at_desk("root"), lambda: NOW, lambda: keys)
    for create, number, name in ((True, "177", "A"), (True, "178", "B"), (False, "177", "C"), (False, "9", "X")):
        _chamber(made, create, number, name)
    run.note(made, "trainees list", "ok", "company 177:1")
    return made


def _chamber(desk: run.Desk, create: bool, number: str, name: str) -> None:
    row = from_arguments(chamber=number, name=name)

    def batches(attempt: run.Attempt) -> list[run.Batch]:
        planner = ChamberPlanner(create=create, now=attempt.now, ids=attempt.ids, normalise=lambda text: (text, text))
        return [run.Batch(planner, [[row]])]

    run.execute(desk, run.Task("chambers add" if create else "chambers set", batches, target=number, single=True))


def faults(desk: run.Desk) -> list[tuple[int, str]]:
    with desk.store.read() as tx:
        return [(f.seq, f.code) for f in audit.verify(tx, desk.keys().subkey("audit"))]


@contextmanager
def tampered(desk: run.Desk, *statements: str | tuple[str, tuple[Any, ...]]) -> Iterator[list[tuple[int, str]]]:
    """The faults of the log after *statements* (``?`` marks values); afterwards it is as it was."""
    with desk.store.write() as tx:
        # Foreign keys do not stop who owns the database.
        sqlite = tx.dialect == "sqlite"
        tx.driver("PRAGMA defer_foreign_keys=ON" if sqlite else "SET LOCAL session_replication_role = replica")
        for statement in statements:
            sql, values = statement if isinstance(statement, tuple) else (statement, ())
            changed = tx.driver(sql if sqlite else sql.replace("?", "%s"), values)
            assert changed.rowcount, sql
        yield [(f.seq, f.code) for f in audit.verify(tx, desk.keys().subkey("audit"))]
        tx.rollback_only()


def test_an_untouched_log_is_whole(desk: run.Desk) -> None:
    assert faults(desk) == []
    with desk.store.read() as tx:
        assert audit.size(tx) == 5


def test_logs_of_earlier_days_stay_whole(desk: run.Desk) -> None:
    """The layout, once more: who changes what a hash covers makes every log that there is a broken one."""
    key, previous = desk.keys().subkey("audit"), bytes(32)
    with desk.store.read() as tx:
        entries = [dict(row) for row in tx.driver("SELECT * FROM audit_entry ORDER BY seq").mappings()]
        head = tx.driver("SELECT seq, hash FROM audit_head").one()
    for entry in entries:
        told = json.dumps([entry[k] for k in ("seq", "at", "action", "outcome", "run_id", "changes")]).encode()
        bound = b"".join(bytes(entry[k]) for k in ("change_digest", "detail_commitment"))
        made = blake2b(told + bound + previous, key=key, digest_size=32, person=b"asta audit entry").digest()
        assert (bytes(entry["previous"]), bytes(entry["hash"])) == (previous, made)
        previous = made
    sealed = blake2b(b"5|" + previous, key=key, digest_size=32, person=b"asta audit head").digest()
    assert (head[0], bytes(head[1])) == (5, sealed)
    assert bytes(entries[4]["change_digest"]) == blake2b(digest_size=32).digest()  # a note changes nothing


def test_another_key_finds_every_entry_wrong(desk: run.Desk) -> None:
    with desk.store.read() as tx:
        found = [(f.seq, f.code) for f in audit.verify(tx, bytes(32))]
    assert [seq for seq, code in found if code == "entry_changed"] == [1, 2, 3, 4, 5]


TAMPERINGS = [
    ("UPDATE audit_entry SET at = '2026-11-23T21:00:01Z' WHERE seq = 2", (2, "entry_changed")),
    ("UPDATE audit_entry SET action = 'chambers set' WHERE seq = 1", (1, "entry_changed")),
    ("UPDATE audit_entry SET outcome = 'ok' WHERE seq = 4", (4, "entry_changed")),
    ("UPDATE audit_entry SET run_id = NULL WHERE seq = 2", (2, "entry_changed")),
    ("UPDATE audit_entry SET changes = 2 WHERE seq = 3", (3, "entry_changed")),
    ("UPDATE audit_entry SET detail_commitment = change_digest WHERE seq = 1", (1, "entry_changed")),
    ("UPDATE audit_entry SET previous = hash WHERE seq = 3", (3, "chain_broken")),
    ("UPDATE audit_entry SET hash = previous WHERE seq = 2", (3, "chain_broken")),
    ("DELETE FROM audit_entry WHERE seq = 1", (1, "entry_missing")),
    ("DELETE FROM audit_entry WHERE seq = 3", (3, "entry_missing")),
    ("DELETE FROM audit_entry WHERE seq = 5", (4, "tail_cut")),
    ("UPDATE audit_entry SET seq = 6 WHERE seq = 5", (5, "entry_missing")),
    ("UPDATE audit_detail SET payload = '{}' WHERE seq = 2", (2, "detail_changed")),
    ("UPDATE audit_detail SET payload = NULL WHERE seq = 2", (2, "detail_changed")),
    ("UPDATE audit_detail SET payload = replace(payload, 'root', 'nobody') WHERE seq = 5", (5, "detail_changed")),
    ("DELETE FROM audit_detail WHERE seq = 4", (4, "detail_missing")),
    ("UPDATE audit_detail SET seq = 99 WHERE seq = 4", (0, "detail_unexplained")),
    ("UPDATE run_change SET payload = '[1]' WHERE action = 'create'", (1, "change_payload")),
    ("UPDATE run_change SET payload = NULL WHERE action = 'update'", (3, "change_payload")),
    ("UPDATE run_change SET record_id = 1 WHERE action = 'update'", (3, "changes_differ")),
    ("UPDATE run_change SET kind = 'company' WHERE action = 'update'", (3, "changes_differ")),
    ("UPDATE run_change SET count = 7 WHERE action = 'update'", (3, "changes_differ")),
    ("UPDATE run_change SET kind = 'chamber|up', action = 'date' WHERE action = 'update'", (3, "change_payload")),
    ("DELETE FROM run_change WHERE action = 'update'", (3, "changes_differ")),
    ("UPDATE run_change SET run_id = 5 WHERE action = 'update'", (0, "changes_unexplained")),
    ("UPDATE run SET principal = 'somebody' WHERE command = 'chambers set'", (3, "run_changed")),
    ("UPDATE run SET created = 9 WHERE command = 'chambers set'", (3, "run_changed")),
    ("UPDATE run SET file = 'x.csv' WHERE command = 'chambers set'", (3, "run_changed")),
    ("DELETE FROM run WHERE command = 'chambers set'", (3, "run_missing")),
    ("UPDATE audit_head SET seq = 3", (5, "tail_cut")),
    ("DELETE FROM audit_head", (5, "tail_cut")),
]


def test_one_thing_done_to_the_log_is_found(desk: run.Desk) -> None:
    missed = []
    for statement, fault in TAMPERINGS:
        with tampered(desk, statement) as found:
            if fault not in found:
                missed.append((statement, found))
    assert missed == []
    assert faults(desk) == []


def test_swapped_entries_are_found(desk: run.Desk) -> None:
    swap = [f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))]
    with tampered(desk, *swap) as found:
        assert {(2, "chain_broken"), (3, "chain_broken"), (2, "entry_changed")} <= set(found)


def test_swapped_details_are_found(desk: run.Desk) -> None:
    swap = [f"UPDATE audit_detail SET seq = {new} WHERE seq = {old}" for old, new in ((1, 99), (2, 1), (99, 2))]
    with tampered(desk, *swap) as found:
        assert {(1, "detail_changed"), (2, "detail_changed")} <= set(found)


def test_an_inserted_entry_is_found(desk: run.Desk) -> None:
    insertion = (
        "INSERT INTO audit_entry SELECT 6, at, action, outcome, run_id, changes, change_digest, detail_commitment,"
        " hash, hash FROM audit_entry WHERE seq = 5",
        "INSERT INTO audit_detail SELECT 6, salt, payload FROM audit_detail WHERE seq = 5",
        "UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit_entry WHERE seq = 6)",
    )
    with tampered(desk, *insertion) as found:
        assert {(6, "entry_changed"), (6, "tail_cut")} <= set(found)


@pytest.mark.parametrize("kept", [0, 1, 4])
def test_a_tail_cut_with_a_head_to_fit_is_found(desk: run.Desk, kept: int) -> None:
    cut = [f"DELETE FROM {table} WHERE seq > {kept}" for table in ("audit_detail", "audit_entry")]
    # What an entry says of the one before it is all that there is to learn of an older head.
    with desk.store.read() as tx:
        before = bytes(tx.driver(f"SELECT previous FROM audit_entry WHERE seq = {kept + 1}").scalar_one())
    with tampered(desk, *cut, ("UPDATE audit_head SET seq = ?, hash = ?", (kept, before))) as found:
        assert (kept, "tail_cut") in found


def test_a_log_without_anything_in_it_does_not_explain_its_runs(desk: run.Desk) -> None:
    wiped = [f"DELETE FROM {table}" for table in ("audit_detail", "audit_entry", "audit_head")]
    with tampered(desk, *wiped) as found:
        assert {code for _seq, code in found} == {"run_unexplained", "changes_unexplained"}


def test_only_a_checkpoint_would_find_that_everything_was_put_back(desk: run.Desk) -> None:
    """The limit of what a log can know of itself: an older state, put back whole, was true once."""
    with desk.store.read() as tx:
        head = tuple(tx.driver("SELECT seq, hash FROM audit_head").one())
    run.note(desk, "trainees list", "ok", "company 177:2")
    cut = [f"DELETE FROM {table} WHERE seq > {head[0]}" for table in ("audit_detail", "audit_entry")]
    with tampered(desk, *cut, ("UPDATE audit_head SET seq = ?, hash = ?", head)) as found:
        assert found == []


def test_values_of_the_wrong_type_are_faults_and_no_bug(desk: run.Desk) -> None:
    if desk.store.path is None:
        pytest.skip("PostgreSQL takes none")
    wrong = (
        "UPDATE audit_entry SET hash = 'x', at = x'00', changes = 'many' WHERE seq = 2",
        "UPDATE audit_detail SET salt = 17, payload = x'ff' WHERE seq = 3",
        "UPDATE run_change SET salt = zeroblob(100), commitment = 1, count = 'x' WHERE action = 'update'",
        "UPDATE audit_head SET hash = 'x'",
    )
    with tampered(desk, *wrong) as found:
        assert {seq for seq, _code in found} >= {2, 3, 5}


def test_the_log_goes_on_after_tampering_and_still_tells(desk: run.Desk) -> None:
    with desk.store.write() as tx:
        tx.driver("DELETE FROM audit_detail WHERE seq = 5")
        tx.driver("DELETE FROM audit_entry WHERE seq = 5")
    run.note(desk, "trainees list", "ok", "company 177:3")
    assert (5, "entry_missing") in faults(desk)


def _cells(desk: run.Desk) -> list[tuple[str, str, str, Any, Any]]:
    """Every cell of the log that is not empty: table, key column, column, key, value."""
    tables = {"audit_entry": "seq", "audit_detail": "seq", "audit_head": "id", "run_change": "run_id", "run": "id"}
    found = []
    with desk.store.read() as tx:
        for table, key in tables.items():
            for row in tx.driver(f"SELECT * FROM {table}").mappings():
                for column, value in row.items():
                    # A run's state may change when a later one undoes it, and the head has one row only.
                    if value is not None and (table, column) not in {("run", "state"), ("audit_head", "id")}:
                        found.append((table, key, str(column), row[key], value))
    return found


def _other(value: Any, chance: random.Random) -> Any:
    """A value near *value*: one bit or letter is another."""
    if isinstance(value, bytes | memoryview):
        changed = bytearray(value)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        return bytes(changed)
    if isinstance(value, int):
        return value + 1000
    place = chance.randrange(len(value))
    return value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]


def test_any_cell_changed_by_a_little_is_found(desk: run.Desk) -> None:
    chance, missed = random.Random(1), []
    cells = _cells(desk)
    for table, key, column, id_, value in cells:
        change = (f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (_other(value, chance), id_))
        with tampered(desk, change) as found:
            if not found:
                missed.append((table, column, value))
    assert len(cells) > 100
    assert missed == []
