"""The road under disturbance: several at once, a signal in the middle, no room left, a commit nobody heard of."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Kind
from asta_cli.core.plan import Limits, Outcome, Plan
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.policy import Asker
from asta_cli.core.rows import Row, from_arguments
from asta_cli.run import Batch, Desk, Task, execute, note
from asta_cli.store import tables as t
from asta_cli.store.db import Store, Tx
from asta_cli.store.errors import CommitUnknown, IdTaken, LostRace
from asta_cli.store.locks import chamber_lock
from tests.support.office import CHAMBER, Office
from tests.support.race import Runner, race
from tests.support.registers import Register

WHY = ("--reason", "Wettlauf")


# --- several at once --------------------------------------------------------------------------------------------------


def contestants(office: Office) -> tuple[list[str], dict[str, int]]:
    """Four administrators: two of the head office with its sites, two of a site alone."""
    head = office.company("0001000")
    ids = {"0001000": head, "0001001": office.company("0001001", head)}
    people = [office.person(f"p{n}@firma.example") for n in range(4)]
    for person, at in zip(people, ("0001000", "0001000", "0001001", "0001001"), strict=True):
        office.holds(person, ids[at])
    return people, ids


def orphaned(office: Office) -> set[str]:
    """Companies that nobody administers: the plain way, over what the tables hold."""
    at = {g["company_id"] for g in office.grants() if g["role"] == "administrator" and not g["valid_until"]}
    wide = {
        g["company_id"] for g in office.grants() if g["role"] == "administrator" and g["sites"] and not g["valid_until"]
    }
    return {c["ident_number"] for c in office.rows("company") if c["id"] not in at and c["parent_id"] not in wide}


@pytest.mark.parametrize("attempt", range(2))
def test_eight_at_once_never_orphan_a_company(office: Office, attempt: int) -> None:
    people, _ = contestants(office)
    p0, p1, p2, p3 = people
    runners = [
        Runner(("perms", "revoke", p1, "--role", "administrator"), as_=p0),
        Runner(("perms", "revoke", p0, "--role", "administrator"), as_=p1),
        Runner(("perms", "revoke", p2, "--company", "0001001", *WHY)),
        Runner(("perms", "revoke", p3, "--company", "0001001"), as_=p3),
        Runner(("perms", "revoke", p2, "--company", "0001001"), as_=p0),
        Runner(("perms", "grant", p0, "--company", "0001000", "--role", "administrator", "--no-sites", *WHY)),
        Runner(
            ("perms", "grant", p1, "--company", "0001000", "--role", "administrator", "--until", "2099-12-31", *WHY)
        ),
        Runner(("perms", "revoke", p1, *WHY)),
    ]
    done = race(office.asta.asta, runners)
    assert {r.code for r in done} <= {0, 5, 77}
    assert "last_administrator" in "".join(r.err for r in done)
    assert orphaned(office) == set()
    outcomes = [outcome for _, outcome in office.log()]
    assert len(outcomes) == 8
    assert outcomes.count("ok") == sum(r.code == 0 for r in done)


def test_eight_that_give_the_same_make_it_once(office: Office) -> None:
    office.company("0001000")
    give = Runner(("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager", *WHY))
    done = race(office.asta.asta, [give] * 8)
    assert {r.code for r in done} == {0}, done
    assert len(office.rows("access_grant")) == 1
    assert len(office.mails("invited")) == 1
    assert [outcome for _, outcome in office.log()] == ["ok"] * 8


def test_two_imports_at_once(office: Office, register: Callable[..., Register]) -> None:
    files = register(companies=1)
    with chamber_lock(office.store, CHAMBER, wait=0, holder="nachtlauf"):
        done = office("import", "companies", files.path("companies"), "--chamber", CHAMBER, code=75)
    assert "import_running" in done.err
    assert "nachtlauf" in done.err
    assert office.clock.text()[:4] in done.err
    office("import", "companies", files.path("companies"), code=0)


def test_a_plan_made_ahead_keeps_nobody_from_writing_between_two_chunks(office: Office) -> None:
    """On SQLite who commits must wait for every reader; the next rows of a large file may take long."""
    other = Store(office.store.url, clock=office.clock.text, lock_timeout=0.5)
    seen = []

    class Looking(SimplePlanner):
        def needs(self, rows: Sequence[Row]) -> Needs:
            return Needs(chambers={CHAMBER})

        def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
            seen.append(facts.chambers[CHAMBER].name)
            return Plan(rows=1, unchanged=1)

    def chunks() -> Iterator[Sequence[Row]]:
        for name in ("Eins", "Zwei"):
            with other.write() as tx:
                tx.execute(t.chamber.update().values(name=name))
            yield [from_arguments()]
        with other.write() as tx:
            tx.execute(t.chamber.update().values(name="Drei"))

    task = Task("look", lambda attempt: [Batch(Looking(), chunks())], ahead=True)
    desk = Desk(office.store, Asker.at_desk("root"), office.clock.text, lambda: office.keys)
    assert execute(desk, task, Limits(dry_run=True)).outcome is Outcome.DRY_RUN
    other.close()
    if office.store.path is not None:
        assert seen == ["Eins", "Zwei"]
    assert office.rows("chamber")[0]["name"] == "Drei"


def test_an_import_waits_for_another_as_long_as_it_was_told(office: Office, register: Callable[..., Register]) -> None:
    files = register(companies=20, sites=2, trainees=10)
    wait = Runner(("import", "snapshot", files.directory, "--lock-wait", "60s"))
    done = race(office.asta.asta, [wait] * 3)
    assert [r.code for r in done] == [0, 0, 0], done
    assert sorted("unchanged" in r.err for r in done) == [False, True, True]
    assert [outcome for _, outcome in office.log()] == ["ok"] * 3


# --- signals ----------------------------------------------------------------------------------------------------------


def writing(office: Office) -> bool:
    """Whether another process has begun to write."""
    if office.store.path is not None:
        journal = Path(f"{office.store.path}-journal")
        return journal.exists()
    with office.store.read() as tx:
        asked = "SELECT count(*) FROM pg_locks WHERE mode = 'RowExclusiveLock' AND relation = 'trainee'::regclass"
        return bool(tx.driver(asked).scalar_one())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_of_an_import(
    office: Office, register: Callable[..., Register], number: signal.Signals, code: int
) -> None:
    files = register(companies=200, sites=1, trainees=60)
    before = office.dump()
    process = office.asta.asta.start("import", "snapshot", files.directory, "--chamber", CHAMBER)
    deadline = time.monotonic() + 60
    while not writing(office) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert out == ""
    assert "nothing half done" in err
    assert office.dump() == before
    assert [p.name for p in files.directory.iterdir() if p.name.startswith(".")] == []


# --- no room ----------------------------------------------------------------------------------------------------------


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """Every file of this process and its children stays below *limit* bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_no_room_for_the_database(office: Office, register: Callable[..., Register]) -> None:
    if office.store.path is None:
        pytest.skip("the disk of a server is not ours to fill")
    files = register(companies=50, sites=1, trainees=20)
    before = office.dump()
    size = office.store.path.stat().st_size
    with small_files(size + 200_000):
        done = office("import", "snapshot", files.directory, code=75)
    assert "database_io" in done.err or "disk_full" in done.err
    assert office.dump() == before
    office("import", "snapshot", files.directory, code=0)
    assert len(office.rows("trainee")) == 2000


def test_no_room_for_the_rejects(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text("ident_number;name\n" + "".join(f"x {n};{'F' * 3000}\n" for n in range(1000)), encoding="utf-8")
    with small_files(2_000_000):
        done = office("import", "companies", path, "--rejects", tmp_path / "out.csv", code=75)
    assert "disk" in done.err
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix in (".csv", ".tmp")) == ["companies.csv"]


# --- attempts ---------------------------------------------------------------------------------------------------------


class Touch(SimplePlanner):
    """A planner that changes nothing and fails as told."""

    counted = frozenset({Kind.COMPANY})

    def __init__(self, failures: list[AstaError]) -> None:
        self._failures = failures

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        if self._failures:
            raise self._failures.pop()
        return Plan(rows=len(rows), unchanged=len(rows))


def desk(office: Office, store: object = None) -> Desk:
    return Desk(store or office.store, Asker.at_desk("root"), office.clock.text, lambda: office.keys)  # type: ignore[arg-type]


def task(failures: list[AstaError], runs: list[int]) -> Task:
    def batches(attempt: object) -> list[Batch]:
        runs.append(attempt.run)  # type: ignore[attr-defined]
        return [Batch(Touch(failures), [[from_arguments()]])]

    return Task("perms grant", batches, single=True)


@pytest.mark.parametrize("error", [LostRace(what="company"), IdTaken(rule="pk_run")])
def test_a_lost_race_is_run_again_under_another_number(office: Office, error: AstaError) -> None:
    runs: list[int] = []
    report = execute(desk(office), task([error, error], runs))
    assert report.outcome is Outcome.APPLIED
    assert len(set(runs)) == 3
    assert [row["id"] for row in office.rows("run")] == runs[-1:]
    assert office.log() == [("perms grant", "ok")]


def test_a_race_lost_too_often_is_told(office: Office) -> None:
    with pytest.raises(LostRace):
        execute(desk(office), task([LostRace(what="company")] * 9, []))
    assert office.rows("run") == []


class Deaf:
    """The store, but the answer to a commit is lost; *written* says whether it had happened."""

    def __init__(self, office: Office, *, written: bool) -> None:
        self._store, self._written = office.store, written

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self) -> Iterator[Tx]:
        with self._store.write() as tx:
            yield tx
            if not self._written:
                tx.rollback_only()
        raise CommitUnknown


def test_a_commit_nobody_heard_of_is_looked_up(office: Office) -> None:
    report = execute(desk(office, Deaf(office, written=True)), task([], []))
    assert report.outcome is Outcome.APPLIED
    assert office.log() == [("perms grant", "ok")]
    with pytest.raises(CommitUnknown):
        execute(desk(office, Deaf(office, written=False)), task([], []))
    assert len(office.rows("run")) == 1


def test_who_waits_for_the_log_goes_on_from_its_end(office: Office) -> None:
    asked = desk(office)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: note(asked, "test", "ok", str(n)), range(24)))
    assert office.log() == [("test", "ok")] * 24


def test_of_one_item_nothing_is_left_to_go_on_with(office: Office) -> None:
    company = office.company("0001000")
    for more in ((), ("--keep-going",)):
        report = office.report("perms", "grant", "x", "--company", "0001000", "--role", "manager", *WHY, *more, code=2)
        assert (report["applied"], report["run"]) == (False, "")
    assert company
    assert office.log() == [("perms grant", "refused:bad_email")] * 2
    assert Limits(keep_going=True).exceeded(1, 1) is False
