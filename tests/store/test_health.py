from __future__ import annotations

from sqlalchemy import insert

from asta_cli.store import health, tables
from asta_cli.store.db import Store
from tests.store.conftest import OpenStore
from tests.store.test_db import keys


def test_info(store: Store) -> None:
    keys(store)
    info = health.info(store)
    assert info["kind"] == store.dialect
    assert info["state"] == "current"
    assert info["schema"] == info["needed"]
    assert int(info["bytes"]) > 4096
    assert str(info["version"])[0].isdigit()


def test_info_of_an_empty_one(empty_pg_url: str, open_store: OpenStore) -> None:
    info = health.info(open_store(empty_pg_url.replace("postgres@", "postgres:geheim@")))
    assert (info["state"], info["schema"], info["user"]) == ("empty", "", "postgres")
    assert "geheim" not in str(info)


def test_a_sound_one(store: Store) -> None:
    assert health.check(store) == []


def test_what_differs(store: Store) -> None:
    with store.write() as tx:
        tx.driver("CREATE TABLE extra (id INTEGER)")
        tx.driver("ALTER TABLE account ADD COLUMN extra INTEGER")
        tx.driver("DROP INDEX ix_mail_due")
    found = health.check(store)
    assert "schema: remove_table extra" in found
    assert "schema: remove_column account account.extra" in found
    assert any("ix_mail_due" in line for line in found)
    assert len(found) == 3


def test_what_dangles(sqlite_url: str, open_store: OpenStore) -> None:
    store = open_store(sqlite_url)
    keys(store)
    with store.engine.connect() as conn:
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
    with store.write() as tx:
        tx.execute(insert(tables.exam_period), {"id": 1, "chamber": "9", "period": "2027-S", "deadline": "2027-02-01"})
    assert health.check(store) == ["dangling: exam_period -> chamber"]
