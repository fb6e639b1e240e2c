"""Filling empty tables without their indexes: what comes out is what comes out with them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from asta_cli.core.blocks import Block
from asta_cli.core.errors import AstaError
from asta_cli.core.model import Kind, Value
from asta_cli.core.plan import Plan
from asta_cli.store import bare
from asta_cli.store.apply import History, apply
from asta_cli.store.db import Store, Tx
from tests.store.conftest import NOW, OpenStore
from tests.store.test_migrate import shape

MANY = 5_000
RUN = 9


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, open_store: OpenStore) -> Store:
    """A chamber with one company, on each of the two databases in turn."""
    return begun(open_store(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url")))


def begun(made: Store) -> Store:
    with made.write() as tx:
        tx.insert("chamber", {"id": 1, "number": "177", "name": "IHK", "created_at": NOW})
        tx.insert("company", {"id": 1, "chamber": "177", "ident_number": "1", "name": "Firma"})
        tx.insert("run", {"id": RUN, "command": "import", "state": "applied", "started_at": NOW, "principal": "op"})
    return made


def trainees(count: int, *, start: int = 1, company: int = 1, chamber: str = "177") -> Plan:
    """A plan that creates *count* trainees of *company*."""
    ids = list(range(start, start + count))
    numbers: list[Any] = [f"{id_:07}" for id_ in ids]
    same = {"chamber": chamber, "kind": "trainee", "last_name": "Öz", "occupation": "Koch", "account_status": "none",
            "contract_start": "2026-09-01", "contract_end": "2029-08-31", "status": "open"}  # fmt: skip
    columns: dict[str, list[Value]] = {"trainee_number": numbers, "company_id": [company] * count}
    return Plan(blocks=(Block(Kind.TRAINEE, chamber, ids, same, columns, numbers, "trainees.csv", ids),))


def stripped(tx: Tx) -> bool:
    return bool(tx.at_end)


class TestShape:
    def test_everything_is_there_again(self, store: Store) -> None:
        before = shape(store)
        with store.write() as tx:
            history = History(RUN)
            apply(tx, trainees(MANY), history)
            assert stripped(tx)
            apply(tx, trainees(MANY, start=MANY + 1), history)
        assert shape(store) == before
        with store.read() as tx:
            assert tx.driver("SELECT count(*) FROM trainee WHERE company_id = 1").scalar() == 2 * MANY

    def test_a_check_that_waits_for_the_commit_is_made_before(self, store: Store) -> None:
        before = shape(store)
        with store.write() as tx:
            site = {"id": 2, "chamber": "177", "ident_number": "2", "name": "Werk", "parent_id": 1}
            tx.insert("company", site)
            apply(tx, trainees(MANY), History(RUN))
            assert stripped(tx)
            tx.insert("company", site | {"id": 3, "ident_number": "3", "parent_id": 4})
            tx.insert("company", site | {"id": 4, "ident_number": "4"})
        assert shape(store) == before

    def test_everything_is_there_after_a_rollback(self, store: Store) -> None:
        before = shape(store)
        with store.write() as tx:
            apply(tx, trainees(MANY), History(RUN))
            tx.rollback_only()
        assert shape(store) == before

    @pytest.mark.parametrize("wrong", [{"company": 77}, {"chamber": "999"}])
    def test_the_database_still_refuses_nonsense(self, store: Store, wrong: dict[str, str]) -> None:
        before = shape(store)
        with pytest.raises(AstaError), store.write() as tx:
            apply(tx, trainees(MANY, **wrong), History(RUN))  # type: ignore[arg-type]
        assert shape(store) == before
        with store.read() as tx:
            assert tx.driver("SELECT count(*) FROM trainee").scalar() == 0


class TestWhen:
    def test_few_rows_are_not_worth_it(self, store: Store) -> None:
        with store.write() as tx:
            apply(tx, trainees(MANY - 1), History(RUN))
            assert not stripped(tx)

    def test_a_table_that_holds_something_stays_as_it_is(self, store: Store) -> None:
        with store.write() as tx:
            history = History(RUN)
            apply(tx, trainees(1), history)
            apply(tx, trainees(MANY, start=2), history)
            assert not stripped(tx)

    def test_other_kinds_are_left_alone(self, store: Store) -> None:
        with store.write() as tx:
            bare.before(tx, Kind.MAIL, MANY)
            assert not stripped(tx)

    def test_whoever_reads_keeps_a_server_s_tables_as_they_are(self, pg_url: str, open_store: OpenStore) -> None:
        store = begun(open_store(pg_url))
        seen, done = threading.Event(), threading.Event()

        def read() -> None:
            with store.read() as tx:
                tx.driver("SELECT count(*) FROM company")
                seen.set()
                done.wait(30)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            assert seen.wait(30)
            with store.write() as tx:
                apply(tx, trainees(MANY), History(RUN))
                assert not stripped(tx)
        finally:
            done.set()
            reader.join()
        with store.read() as tx:
            assert tx.driver("SELECT count(*) FROM trainee").scalar() == MANY
