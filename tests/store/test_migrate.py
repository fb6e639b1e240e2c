from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from asta_cli.core.errors import AstaError, Status
from asta_cli.store import migrate, migrations, schema
from asta_cli.store.db import Store, Tx
from asta_cli.store.migrate import Schema, SchemaState
from tests.store.conftest import NOW, OpenStore

Start = Callable[..., subprocess.Popen[str]]
EMPTY = Schema("", migrations.HEAD, SchemaState.EMPTY)
CURRENT = Schema(migrations.HEAD, migrations.HEAD, SchemaState.CURRENT)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, open_store: OpenStore) -> Store:
    """An empty database, on each of the two in turn."""
    return open_store(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_pg_url"))


def shape(store: Store) -> dict[str, Any]:
    """Everything the database says about its tables, in one order."""
    with store.transaction(write=False) as tx:
        look = inspect(tx.conn)
        return {
            name: {
                "columns": [{**c, "type": repr(c["type"])} for c in look.get_columns(name)],
                "key": look.get_pk_constraint(name),
                "foreign": sorted(map(repr, look.get_foreign_keys(name))),
                "unique": sorted(map(repr, look.get_unique_constraints(name))),
                "checks": sorted(map(repr, look.get_check_constraints(name))),
                "indexes": sorted(_index(i) for i in look.get_indexes(name)),
            }
            for name in look.get_table_names()
            if name != "alembic_version"
        }


def _index(index: Any) -> str:
    return repr({**index, "dialect_options": {k: str(v) for k, v in index.get("dialect_options", {}).items()}})


def down(tx: Tx, script: ScriptDirectory) -> None:
    """Take back the last step."""
    steps: Any = lambda current, _: script._downgrade_revs("-1", current)  # noqa: E731
    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=tx.conn)
        environment.run_migrations()


def trouble(store: Store) -> AstaError:
    with pytest.raises(AstaError) as caught, store.read():
        pass
    return caught.value


class TestRevisions:
    def test_the_list_is_what_the_files_say(self) -> None:
        script = ScriptDirectory(str(Path(migrations.__file__).parent))
        assert tuple(r.revision for r in script.walk_revisions())[::-1] == migrations.REVISIONS
        assert script.get_heads() == [migrations.HEAD]

    def test_up_is_what_the_tables_say(self, empty: Store) -> None:
        migrate.init(empty)
        with empty.read() as tx:
            assert compare_metadata(MigrationContext.configure(tx.conn), schema.metadata) == []
        made = shape(empty)
        with empty.write() as tx:
            migrate.run(tx, "base")
            schema.metadata.create_all(tx.conn)
        assert made == shape(empty)

    def test_down_leaves_nothing(self, empty: Store) -> None:
        migrate.init(empty)
        with empty.write() as tx:
            migrate.run(tx, "base")
        assert migrate.state(empty) == EMPTY
        assert shape(empty) == {}

    def test_one_step_down_and_up_again(self, empty: Store) -> None:
        migrate.init(empty)
        made, script = shape(empty), ScriptDirectory(str(Path(migrations.__file__).parent))
        with empty.write() as tx:
            tx.insert("chamber", {"id": 1, "number": "177", "name": "IHK", "created_at": NOW})
            tx.insert("company", {"id": 2, "chamber": "177", "ident_number": "1", "name": "Firma"})
            trainee = {"id": 3, "chamber": "177", "trainee_number": "T1", "company_id": 2, "kind": "trainee"}
            dates = {"contract_start": "2025-09-01", "contract_end": "2027-08-31"}
            tx.insert(
                "trainee", {**trainee, **dates, "last_name": "Zoë", "occupation": "Koch", "account_status": "none"}
            )
        with empty.transaction(write=True) as tx:
            down(tx, script)
        assert shape(empty) != made
        assert migrate.state(empty).current == migrations.REVISIONS[-2]
        migrate.upgrade(empty)
        assert shape(empty) == made
        with empty.read() as tx:
            assert tx.driver("SELECT trainee_number, last_name FROM trainee").all() == [("T1", "Zoë")]


class TestStates:
    def test_empty_then_current(self, empty: Store) -> None:
        assert migrate.state(empty) == EMPTY
        assert migrate.init(empty) == EMPTY
        assert migrate.state(empty) == CURRENT
        assert migrate.upgrade(empty) == CURRENT

    def test_init_refuses_a_filled_one(self, empty: Store) -> None:
        migrate.init(empty)
        with pytest.raises(migrate.AlreadyFilled) as caught:
            migrate.init(empty)
        assert caught.value.status is Status.REFUSED

    def test_newer(self, empty: Store, open_store: OpenStore) -> None:
        self.stamp(empty, "9999")
        assert migrate.state(empty) == Schema("9999", migrations.HEAD, SchemaState.NEWER)
        other = open_store(empty.url)
        assert (trouble(other).code, trouble(other).status) == ("database_newer", Status.CONFIG)
        with pytest.raises(migrate.SchemaNewer):
            migrate.upgrade(other)

    def test_old(self, empty: Store, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
        migrate.init(empty)
        monkeypatch.setattr(migrate, "REVISIONS", (*migrations.REVISIONS, "0099"))
        monkeypatch.setattr(migrate, "HEAD", "0099")
        assert migrate.state(empty).state is SchemaState.OLD
        other = open_store(empty.url)
        if empty.dialect == "postgresql":
            assert trouble(other).code == "database_outdated"
            assert "asta db upgrade" in trouble(other).hint

    def test_empty_server_database_is_left_alone(self, empty_pg_url: str, open_store: OpenStore) -> None:
        store = open_store(empty_pg_url)
        assert (trouble(store).code, trouble(store).status) == ("database_empty", Status.CONFIG)
        assert migrate.state(store) == EMPTY

    def test_foreign(self, empty: Store, open_store: OpenStore) -> None:
        with empty.transaction(write=True) as tx:
            tx.driver("CREATE TABLE customers (id INTEGER)")
        other = open_store(empty.url)
        assert trouble(other).code == "database_foreign"
        with pytest.raises(migrate.SchemaForeign):
            migrate.init(other)
        with other.transaction(write=True) as tx:
            tx.driver("CREATE TABLE alembic_version (version_num VARCHAR(32))")
            tx.driver("INSERT INTO alembic_version VALUES ('8f3b2c')")
        assert trouble(other).code == "database_foreign"

    @staticmethod
    def stamp(store: Store, revision: str) -> None:
        migrate.init(store)
        with store.write() as tx:
            tx.driver(f"UPDATE alembic_version SET version_num = '{revision}'")


class TestAtOnce:
    PROGRAM = """
from sqlalchemy import insert
from asta_cli.store import migrate
sys.stdin.readline()
s = store(sys.argv[1], lock_timeout=60)
if s.path is None:
    migrate.upgrade(s)
with s.write() as tx:
    tx.execute(insert(tables.meta), {"key": sys.argv[2], "value": "x"})
s.close()
"""

    def test_eight_processes_meet_an_empty_database(self, empty: Store, start: Start) -> None:
        processes = [start(self.PROGRAM, empty.url, str(i)) for i in range(8)]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            _, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
        with empty.read() as tx:
            assert tx.driver("SELECT count(*) FROM meta").scalar() == 8

    def test_a_failing_migration_leaves_nothing(self, empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = migrate.run

        def half(tx: Any, target: str) -> None:
            whole(tx, target)
            raise ZeroDivisionError

        monkeypatch.setattr(migrate, "run", half)
        with pytest.raises(ZeroDivisionError):
            migrate.upgrade(empty)
        assert migrate.state(empty) == EMPTY
        monkeypatch.undo()
        assert migrate.upgrade(empty) == EMPTY
        assert migrate.state(empty) == CURRENT


def test_a_current_database_costs_no_alembic(database_url: str, open_store: OpenStore, start: Start) -> None:
    with open_store(database_url).read():
        pass
    program = "with store(sys.argv[1]).read(): pass\nprint('alembic' in sys.modules)"
    out, errors = start(program, database_url).communicate(timeout=20)
    assert out == "False\n", errors
