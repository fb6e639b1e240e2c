"""What every test may ask for. Databases are real ones; each test has its own."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from asta_cli.store import migrate
from asta_cli.store.db import Store
from asta_cli.store.keys import open_keys
from tests.support.cli import Asta
from tests.support.clock import Clock
from tests.support.depth import examples
from tests.support.inprocess import AstaInProcess
from tests.support.office import Office
from tests.support.postgres import PostgresServer
from tests.support.registers import Register, make_register
from tests.support.smtp import MailController, MailServer
from tests.support.sqlite import MigratedFile

_SERVER = pytest.StashKey[Path]()
# One key for all: the migrated PostgreSQL database that every test's is copied from is bound to it.
KEY = bytes(range(100, 140))


def pytest_configure(config: pytest.Config) -> None:
    """Name the place of the session's PostgreSQL server; its path is short because it holds a socket."""
    settings.register_profile("asta", max_examples=examples(50), deadline=None)  # a busy machine is no failure
    settings.load_profile("asta")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background; the commands we start shall hear it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[_SERVER] = Path(given["server"] if given else tempfile.mkdtemp(prefix="asta-pg-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker process where the server is."""
    node.workerinput["server"] = str(node.config.stash[_SERVER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server when the last worker is done."""
    if not hasattr(config, "workerinput"):
        root = config.stash[_SERVER]
        PostgresServer(root).stop()
        shutil.rmtree(root)


@pytest.fixture(scope="session")
def key_bytes() -> bytes:
    """The secret key of all test databases."""
    return KEY


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the secret key, as ``ASTA_SECRET_KEY_FILE`` wants it."""
    path = tmp_path_factory.mktemp("key") / "secret.key"
    path.touch(0o600)
    path.write_bytes(KEY)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home directory."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def asta(home: Path) -> Asta:
    """The command, with an empty home and nothing in its environment: SQLite, mails into a directory."""
    return Asta(home)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> PostgresServer:
    """The session's PostgreSQL server, with a migrated database to copy."""
    server = PostgresServer(request.config.stash[_SERVER])
    server.start(_migrate)
    return server


def _migrate(url: str) -> None:
    store = Store(url, clock=Clock().text)
    migrate.upgrade(store)
    store.close()


@pytest.fixture
def pg_url(postgres: PostgresServer, shared_pg_url: str) -> str:
    """A migrated PostgreSQL database that is empty: emptying one is ten times as quick as making another."""
    postgres.empty(shared_pg_url)
    return shared_pg_url


@pytest.fixture
def empty_pg_url(postgres: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    url = postgres.create("template0")
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the test's own, once SQLite (not made yet), once PostgreSQL (migrated)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'asta.db'}"
    url: str = request.getfixturevalue("pg_url")
    return url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> MigratedFile:
    """A migrated SQLite file to copy: twenty times as quick as migrating each test's own."""
    path = tmp_path_factory.mktemp("migrated") / "asta.db"
    _migrate(f"sqlite:///{path}")
    return MigratedFile(path)


@pytest.fixture
def clock() -> Clock:
    """The time of `store` and `asta_inproc`: stands still until it is set."""
    return Clock()


@pytest.fixture
def store(database_url: str, migrated: MigratedFile, clock: Clock) -> Iterator[Store]:
    """An open, migrated store, once on SQLite and once on PostgreSQL."""
    migrated.put(database_url)
    opened = Store(database_url, clock=clock.text)
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def asta_db(home: Path, database_url: str, key_file: Path) -> Asta:
    """The command on each of the two databases in turn."""
    return Asta(home, {"ASTA_DATABASE_URL": database_url, "ASTA_SECRET_KEY_FILE": str(key_file)})


@pytest.fixture
def asta_inproc(home: Path, clock: Clock) -> AstaInProcess:
    """The command called in this process, at the time of `clock`: quick, and it can travel. SQLite in *home*."""
    return AstaInProcess(Asta(home), clock)


@pytest.fixture
def asta_inproc_db(asta_db: Asta, clock: Clock) -> AstaInProcess:
    """`asta_inproc` on each of the two databases in turn."""
    return AstaInProcess(asta_db, clock)


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """A mail server on the loopback address; ``smtp.url`` is the value for ``ASTA_MAIL_URL``."""
    server = MailServer()
    controller = MailController(server)
    controller.start()
    yield server
    controller.stop()


@pytest.fixture
def register(tmp_path: Path) -> Callable[..., Register]:
    """`make_register` for this test: ``register(companies=3, sites=2, encoding="cp1252", name="second")``."""

    def write(name: str = "register", **wishes: Any) -> Register:
        return make_register(tmp_path / name, **wishes)

    return write


@pytest.fixture(scope="session")
def shared_pg_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database that the tests of a worker share, one after the other."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def office(home: Path, database_url: str, store: Store, clock: Clock, key_file: Path) -> Office:
    """A database with one chamber, once on SQLite and once on PostgreSQL, bound to the key."""
    asta = Asta(home, {"ASTA_DATABASE_URL": database_url, "ASTA_SECRET_KEY_FILE": str(key_file)})
    made = Office(AstaInProcess(asta, clock), store, clock, open_keys(store, key_file))
    made.chamber()
    return made
