"""Jobs: each done once, put off when it fails, never lost; the transfer leaves the company complete."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from asta_cli.core.policy import Asker
from asta_cli.core.progress import Progress, Stage, Step
from asta_cli.core.transfers import Register as Source
from asta_cli.jobs.work import ATTEMPTS, LEASE, pause, work_once
from asta_cli.run import Desk
from asta_cli.run.queues import claim_job, job_progress, job_state, put_off_job
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from asta_cli.store.locks import chamber_lock
from tests.support.office import Office
from tests.support.race import Runner, race
from tests.support.registers import Register

IMPORTED = "2026-11-22T02:00:00Z"


def queue(office: Office, company: int, **more: Any) -> int:
    now = office.clock.text()
    values = {"kind": "transfer", "company_id": company, "state": "queued", "queued_at": now, "due_at": now}
    return office.insert("job", **{**values, **more})


def activated(office: Office, ident: str = "0001000") -> int:
    """A company whose transfer waits."""
    company = office.company(ident, activated_at=office.clock.text(), transfer_open=True)
    queue(office, company)
    return company


def desk(office: Office, store: Store | None = None) -> Desk:
    return Desk(store or office.store, Asker.at_desk("root"), office.clock.text, lambda: office.keys)


def listed(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office("jobs", "list", "--format", "json", code=0).json()
    return found


def test_without_a_source_a_transfer_ends_at_once_as_of_the_last_import(office: Office) -> None:
    activated(office)
    with office.store.write() as tx:
        tx.driver(f"UPDATE chamber SET imported_at = '{IMPORTED}'")
    (waiting,) = listed(office)
    assert (waiting["state"], waiting["company"], waiting["progress"]) == ("queued", "0001000", 0)
    office("jobs", "work", "--once", code=0)
    (done,) = listed(office)
    assert {k: done[k] for k in ("kind", "state", "attempts", "progress", "error")} == {
        "kind": "transfer",
        "state": "done",
        "attempts": 1,
        "progress": 100,
        "error": "",
    }
    assert done["finished_at"] == office.clock.text()
    (company,) = office.rows("company")
    assert (company["transfer_open"], company["transferred_at"]) == (False, IMPORTED)
    assert office.log() == [("transfer", "ok")]
    (shown,) = office("companies", "list", "--format", "json", code=0).json()
    assert (shown["complete"], shown["as_of"]) == (True, IMPORTED)


def test_nothing_due_is_nothing_to_do(office: Office) -> None:
    assert office("jobs", "work", "--once", code=0).err == ""
    assert office.log() == []


def test_with_a_source_the_company_gets_its_rows_and_no_other_does(
    office: Office, register: Callable[..., Register]
) -> None:
    files = register(companies=2, sites=0)
    activated(office)
    office("jobs", "work", "--once", env={"ASTA_REGISTER_SOURCE": str(files.directory)}, code=0)
    (company,) = office.rows("company")
    (row,) = [c for c in files.companies if c["ident_number"] == "0001000"]
    assert (company["name"], company["transfer_open"]) == (row["name"], False)
    assert company["transferred_at"] == office.clock.text()
    expected = {t["trainee_number"] for t in files.trainees if t["company_ident_number"] == "0001000"}
    assert {t["trainee_number"] for t in office.rows("trainee")} == expected
    assert len(office.rows("trainer")) == 1
    assert office.rows("chamber")[0]["imported_at"] is None  # the register as a whole was not taken over
    assert office.log() == [("transfer", "ok"), ("transfer", "ok")]


def test_a_chamber_has_a_directory_of_its_own_in_the_source(
    office: Office, register: Callable[..., Register], tmp_path: Path
) -> None:
    register("source/177", companies=1, sites=0)
    register("source/178", companies=1, sites=0, trainees=9)
    activated(office)
    office("jobs", "work", "--once", env={"ASTA_REGISTER_SOURCE": str(tmp_path / "source")}, code=0)
    assert len(office.rows("trainee")) == 4


def test_what_fails_comes_back_later_and_longer(office: Office, tmp_path: Path) -> None:
    activated(office)
    env = {"ASTA_REGISTER_SOURCE": str(tmp_path / "nothing")}
    for attempt in (1, 2, 3):
        failed = office("jobs", "work", "--once", env=env, code=75)
        assert "error[jobs_put_off]" in failed.err
        (job,) = listed(office)
        assert (job["state"], job["attempts"], job["error"]) == ("queued", attempt, "file_not_found")
        office("jobs", "work", "--once", env=env, code=0)  # not due yet
        office.clock.advance(seconds=pause(attempt))
    assert office.rows("company")[0]["transfer_open"]
    office("jobs", "work", "--once", code=0)
    (job,) = listed(office)
    assert (job["state"], job["attempts"], job["error"]) == ("done", 4, "")


def test_a_register_that_is_being_imported_is_waited_for(office: Office, register: Callable[..., Register]) -> None:
    env = {"ASTA_REGISTER_SOURCE": str(register(companies=1, sites=0).directory)}
    activated(office)
    with chamber_lock(office.store, "177", wait=0, holder="nachtlauf"):
        office("jobs", "work", "--once", env=env, code=75)
    (job,) = listed(office)
    assert (job["state"], job["error"], job["progress"]) == ("queued", "import_running", 0)
    assert not office("companies", "list", "--format", "json", code=0).json()[0]["complete"]
    office.clock.advance(seconds=pause(1))
    office("jobs", "work", "--once", env=env, code=0)
    assert office("companies", "list", "--format", "json", code=0).json()[0]["complete"]


def test_a_register_that_is_broken_is_tried_again_when_it_is_mended(
    office: Office, register: Callable[..., Register]
) -> None:
    files = register(companies=1, sites=0)
    env = {"ASTA_REGISTER_SOURCE": str(files.directory)}
    whole = files.path("trainees").read_bytes()
    activated(office)
    files.path("trainees").write_bytes(whole[:-30])
    office("jobs", "work", "--once", env=env, code=75)
    (job,) = listed(office)
    assert (job["state"], job["error"]) == ("queued", "truncated_file")
    assert office.rows("trainee") == []
    files.path("trainees").write_bytes(whole)
    office.clock.advance(seconds=pause(1))
    office("jobs", "work", "--once", env=env, code=0)
    assert len(office.rows("trainee")) == 4


def test_a_transfer_says_how_far_it_is(office: Office, register: Callable[..., Register]) -> None:
    files = register(companies=1, sites=0)
    activated(office)
    seen: list[tuple[str, int]] = []

    class Watched(Progress):
        def enter(self, stage: Stage | None) -> None:
            if stage is not None:  # while rows are compared a transaction is open
                percent = office.rows("job")[0]["progress"] if stage.step is Step.READ else 0
                seen.append((f"{stage.step} {stage.name}", percent))

    work_once(replace(desk(office), progress=Watched()), Source(str(files.directory)))
    read = [("read companies.csv", 10), ("read trainers.csv", 10), ("read trainees.csv", 30)]
    assert seen == read + [(f"compare {kind}.csv", 0) for kind in ("companies", "trainers", "trainees")]
    assert office.rows("job")[0]["progress"] == 100


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_one_does_it(
    office: Office, register: Callable[..., Register]
) -> None:
    files = register(companies=60, sites=3, trainees=60)
    env = {"ASTA_REGISTER_SOURCE": str(files.directory)}
    office.clock.now = datetime.now(UTC) - timedelta(days=1)  # the worker goes by the clock of the machine
    activated(office)
    worker = office.asta.asta.start("jobs", "work", "--once", env=env)
    end = time.monotonic() + 60
    while office.rows("job")[0]["progress"] < 30:
        assert worker.poll() is None
        assert time.monotonic() < end
    worker.kill()
    worker.communicate()
    (job,) = listed(office)
    assert (job["state"], office.rows("trainee")) == ("running", [])
    assert not office("companies", "list", "--format", "json", code=0).json()[0]["complete"]
    office.clock.advance(days=2)
    office("jobs", "work", "--once", env=env, code=0)
    (job,) = listed(office)
    assert (job["state"], job["attempts"], job["progress"]) == ("done", 2, 100)
    assert len(office.rows("trainee")) == 60
    assert office("companies", "list", "--format", "json", code=0).json()[0]["complete"]


def test_pauses_grow_to_six_hours_and_take_a_week_in_all() -> None:
    found = [pause(attempt) for attempt in range(1, ATTEMPTS)]
    assert found == sorted(found)
    assert found[-1] == found[-2] == 21_600
    assert 6 * 86_400 < sum(found) <= 7 * 86_400


def test_after_a_week_a_job_is_given_up_until_somebody_takes_it_up_again(office: Office, tmp_path: Path) -> None:
    activated(office)
    env = {"ASTA_REGISTER_SOURCE": str(tmp_path / "nothing")}
    with office.store.write() as tx:
        tx.execute(t.job.update().values(attempts=ATTEMPTS - 1))
    told = office("jobs", "work", "--once", env=env, code=75)
    assert "error[jobs_given_up]" in told.err
    (job,) = listed(office)
    assert (job["state"], job["attempts"], job["error"]) == ("failed", ATTEMPTS, "file_not_found")
    assert job["finished_at"]
    assert not office("companies", "list", "--format", "json", code=0).json()[0]["complete"]
    assert "jobs given up: 1" in office("doctor", env=env).out
    office.clock.advance(days=30)
    office("jobs", "work", "--once", env=env, code=0)
    assert listed(office)[0]["state"] == "failed"
    office("jobs", "work", "--once", "--failed", code=0)
    (job,) = listed(office)
    assert (job["state"], job["attempts"], job["error"]) == ("done", 1, "")
    assert office("companies", "list", "--format", "json", code=0).json()[0]["complete"]


def test_a_job_with_which_everybody_dies_is_given_up(office: Office) -> None:
    activated(office)
    with office.store.write() as tx:
        tx.execute(t.job.update().values(attempts=ATTEMPTS, state="running", lease_until=office.clock.text()))
    office("jobs", "work", "--once", code=75)
    (job,) = listed(office)
    assert (job["state"], job["error"]) == ("failed", "died")


@pytest.mark.parametrize("where", ["kammer.toml", "mappings"])
def test_a_mapping_explains_the_files_to_transfers(
    office: Office, register: Callable[..., Register], tmp_path: Path, where: str
) -> None:
    files = register(companies=1, sites=0)
    for kind in ("companies", "trainers", "trainees"):
        path = files.path(kind)
        path.write_text(path.read_text().replace("Identnummer", "Unser Zeichen"))
    activated(office)
    env = {"ASTA_REGISTER_SOURCE": str(files.directory)}
    office("jobs", "work", "--once", env=env, code=75)
    (job,) = listed(office)
    assert (job["state"], job["error"]) == ("queued", "missing_column")
    path = tmp_path / where
    if where == "mappings":
        path.mkdir()
    text = '[companies.columns]\n"Unser Zeichen" = "ident_number"\n'
    text += "".join(f'[{k}.columns]\n"Unser Zeichen" = "company_ident_number"\n' for k in ("trainers", "trainees"))
    (path / "177.toml" if where == "mappings" else path).write_text(text)
    office.clock.advance(seconds=pause(1))
    office("jobs", "work", "--once", env=env | {"ASTA_REGISTER_MAPPING": str(path)}, code=0)
    assert len(office.rows("trainee")) == 4


def test_a_directory_of_mappings_need_not_have_all(
    office: Office, register: Callable[..., Register], tmp_path: Path
) -> None:
    files = register(companies=1, sites=0)
    activated(office)
    env = {"ASTA_REGISTER_SOURCE": str(files.directory), "ASTA_REGISTER_MAPPING": str(tmp_path)}
    office("jobs", "work", "--once", env=env, code=0)
    assert len(office.rows("trainee")) == 4


def test_a_claimed_job_is_nobody_elses_until_the_lease_is_over(office: Office) -> None:
    activated(office)
    mine = claim_job(desk(office), LEASE)
    assert mine is not None
    office("jobs", "work", "--once", code=0)
    assert listed(office)[0]["state"] == "running"
    office.clock.advance(seconds=LEASE - 1)
    job_progress(desk(office), mine, 50, LEASE)  # who says that he is alive keeps it
    office.clock.advance(seconds=LEASE - 1)
    assert claim_job(desk(office), LEASE) is None
    office.clock.advance(seconds=1)
    office("jobs", "work", "--once", code=0)
    put_off_job(desk(office), mine, 60, "late")  # too late: it is done
    assert job_state(desk(office), mine.id) == ("done", 100, None)


def test_who_lost_his_claim_does_not_end_the_transfer(office: Office) -> None:
    activated(office)
    first = claim_job(desk(office), LEASE)
    office.clock.advance(seconds=LEASE)
    second = claim_job(desk(office), LEASE)
    assert first is not None
    assert second is not None
    assert (first.attempt, second.attempt) == (1, 2)
    put_off_job(desk(office), first, 60, "late")
    assert job_state(desk(office), first.id) == ("running", 0, None)


def test_a_job_of_a_kind_that_only_a_newer_asta_knows_fails(office: Office) -> None:
    queue(office, office.company("0001000"), kind="teleport")
    office("jobs", "work", "--once", code=75)
    (job,) = listed(office)
    assert (job["state"], job["error"]) == ("failed", "unknown_kind")


def test_one_job_alone_can_be_worked_on(office: Office) -> None:
    activated(office, "0001000")
    activated(office, "0002000")
    first, second = office.rows("job")
    assert work_once(desk(office), None, job=second["id"]).done == 1
    assert [j["state"] for j in office.rows("job")] == ["queued", "done"]
    asked = replace(desk(office), asker=Asker("root", "a@x.example", "a@x.example"))
    assert work_once(asked, None, job=first["id"]).done == 1  # the person who waits for it need not be an operator


def test_only_operators_work_and_look(office: Office) -> None:
    activated(office)
    office.person("a@x.example")
    office("jobs", "work", "--once", as_="a@x.example", code=77)
    assert office("jobs", "list", "--format", "json", as_="a@x.example", code=0).json() == []


def test_many_claims_at_once_never_meet(office: Office) -> None:
    company = office.company("0001000")
    jobs = {queue(office, company) for _ in range(20)}
    stores = [Store(office.store.url, clock=office.clock.text) for _ in range(4)]

    def claim(store: Store) -> list[int]:
        found = []
        while (job := claim_job(desk(office, store), LEASE)) is not None:
            found.append(job.id)
        return found

    with ThreadPoolExecutor(4) as pool:
        claimed = [id_ for found in pool.map(claim, stores) for id_ in found]
    for store in stores:
        store.close()
    assert sorted(claimed) == sorted(jobs)


def test_two_workers_at_once_do_each_transfer_once(office: Office) -> None:
    office.clock.advance(days=-1)  # they are processes of their own and have the system's clock
    for number in range(1, 7):
        activated(office, f"000{number}000")
    for result in race(office.asta.asta, [Runner(("jobs", "work", "--once"))] * 2):
        assert result.code == 0, result.err
    assert [(j["state"], j["attempts"]) for j in office.rows("job")] == [("done", 1)] * 6
    assert office.log() == [("transfer", "ok")] * 6


def test_a_worker_goes_on_until_it_is_stopped(office: Office) -> None:
    office.clock.now = datetime.now(UTC) - timedelta(days=1)  # the worker goes by the clock of the machine
    activated(office)
    worker = office.asta.asta.start("jobs", "work")
    assert worker.stderr is not None
    assert "one job done" in worker.stderr.readline()  # said after the commit: a signal between would silence it
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=60)
    assert worker.returncode == 143, out + err
    assert office.rows("job")[0]["state"] == "done"


@pytest.mark.parametrize("state", ["queued", "done"])
def test_the_list_can_be_narrowed(office: Office, state: str) -> None:
    activated(office, "0001000")
    office("jobs", "work", "--once", code=0)
    activated(office, "0002000")
    found = office("jobs", "list", "--state", state, "--format", "json", code=0).json()
    assert [job["state"] for job in found] == [state]
    assert office("jobs", "list", "--company", "0001000", "--format", "count", code=0).lines == ["1"]
    office("jobs", "list", "--company", "0009", code=5)
