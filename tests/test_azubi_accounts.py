"""``import azubi-accounts``: what the trainee portal says of accounts, beside what the register says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, codes, counts
from tests.support.registers import write_rows

COMPANY = {"ident_number": "K0", "name": "Kopf"}
TRAINEE = {"company_ident_number": "K0", "last_name": "Yılmaz", "occupation": "Koch", "contract_start": "2025-09-01",
           "contract_end": "2028-08-31", "account_status": "none"}  # fmt: skip
Feed = Callable[..., dict[str, Any]]


@pytest.fixture
def feed(office: Office, tmp_path: Path) -> Feed:
    """Take over the register, then return how to read a feed: ``feed(T1="active", T2=("locked", "2026-11-20"))``."""
    write_rows(tmp_path / "companies.csv", [COMPANY])
    write_rows(tmp_path / "trainees.csv", [{"trainee_number": n, **TRAINEE} for n in ("T1", "T2")])
    office("import", "snapshot", tmp_path, code=0)

    def read(*more: object, code: int = 0, **said: str | tuple[str, str]) -> dict[str, Any]:
        told = {n: (s, "") if isinstance(s, str) else s for n, s in said.items()}
        rows = [{"Azubinummer": n, "Azubi-Konto": s, "changed_at": at} for n, (s, at) in told.items()]
        path = write_rows(tmp_path / "konten.csv", rows)
        return office.report("import", "azubi-accounts", path, *more, code=code)

    return read


def states(office: Office) -> dict[str, str]:
    listed = office("trainees", "list", "--format", "json", code=0).json()
    return {t["trainee_number"]: t["account_status"] for t in listed}


def night(office: Office, directory: Path, status: str) -> dict[str, Any]:
    rows = [{"trainee_number": n, **TRAINEE, "account_status": status} for n in ("T1", "T2")]
    return office.report("import", "trainees", write_rows(directory / "trainees.csv", rows), "--full", code=0)


def test_the_feed_writes_what_it_changes_and_nothing_else(office: Office, feed: Feed) -> None:
    before = office.rows("trainee")
    report = feed(T1="aktiv", T2="none")
    assert counts(report) == {"rows": 2, "updated": 1, "unchanged": 1}
    assert (report["kind"], report["command"]) == ("azubi-accounts", "import azubi-accounts")
    assert states(office) == {"T1": "active", "T2": "none"}
    own = {"account_status", "feed_status", "feed_changed_at", "feed_hash", "said"}
    for old, new in zip(before, office.rows("trainee"), strict=True):
        assert {k: v for k, v in old.items() if k not in own} == {k: v for k, v in new.items() if k not in own}
    after = office.rows("trainee")
    assert counts(feed(T1="aktiv", T2="none")) == {"rows": 2, "unchanged": 2}
    assert counts(feed("--full", T1="aktiv", T2="none")) == {"rows": 2, "unchanged": 2}
    assert office.rows("trainee") == after
    assert office.log()[-1] == ("import azubi-accounts", "ok")


def test_who_changes_its_mind_last_is_right(office: Office, feed: Feed, tmp_path: Path) -> None:
    feed(T1="active", T2="active")
    assert counts(night(office, tmp_path, "none")) == {"rows": 2, "unchanged": 2, "kept": 2}
    assert states(office) == {"T1": "active", "T2": "active"}
    night(office, tmp_path, "registered")
    assert states(office) == {"T1": "registered", "T2": "registered"}
    report = feed("--full", T1="active", T2="locked")
    assert counts(report) == {"rows": 2, "updated": 1, "unchanged": 1, "kept": 1}
    assert states(office) == {"T1": "registered", "T2": "locked"}


def test_an_older_line_changes_nothing(office: Office, feed: Feed) -> None:
    feed(T1=("active", "20.11.2026"), T2=("active", "2026-11-20T12:00:00+01:00"))
    report = feed(T1=("locked", "19.11.2026"), T2=("locked", "2026-11-20 11:59"))
    assert counts(report) == {"rows": 2, "unchanged": 2}
    assert states(office) == {"T1": "active", "T2": "active"}
    feed(T1=("locked", "2026-11-20"), T2=("closed", "2026-11-20T11:00:01Z"))
    assert states(office) == {"T1": "locked", "T2": "closed"}


def test_what_is_wrong_is_told_by_row(office: Office, feed: Feed) -> None:
    report = feed("--keep-going", code=3, T1=("active", "gestern"), T2="", T9="active")
    assert codes(report) == [
        ("konten.csv:2", "bad_date", "warning"),
        ("konten.csv:3", "missing_value", "error"),
        ("konten.csv:4", "not_found", "error"),
    ]
    assert states(office) == {"T1": "active", "T2": "none"}


def test_a_trainee_who_has_ended_is_followed_but_not_reopened(office: Office, feed: Feed) -> None:
    with office.store.write() as tx:
        tx.driver("UPDATE trainee SET status = 'ended', ended_at = '2026-11-01T00:00:00Z' WHERE trainee_number = 'T1'")
    assert counts(feed(T1="closed"))["updated"] == 1
    ended = office.rows("trainee")[0]
    assert (ended["status"], ended["account_status"]) == ("ended", "closed")


def test_a_snapshot_reads_it_last_whatever_was_new(office: Office, tmp_path: Path) -> None:
    write_rows(tmp_path / "azubi-accounts.csv", [{"trainee_number": n, "account_status": "active"} for n in "AB"])
    write_rows(tmp_path / "companies.csv", [COMPANY])
    trainees = [{"trainee_number": n, **TRAINEE} for n in "AB"]
    trainees[1]["contract_end"] = "x"
    write_rows(tmp_path / "trainees.csv", trainees)
    tried = office.report("import", "snapshot", tmp_path, "--keep-going", "--dry-run", code=3)
    done = office.report("import", "snapshot", tmp_path, "--keep-going", code=3)
    told = [("trainees.csv:3", "bad_date", "error"), ("azubi-accounts.csv:3", "depends_on_rejected", "error")]
    assert codes(tried) == codes(done) == told
    assert [counts(part) for part in tried["kinds"]] == [counts(part) for part in done["kinds"]]
    assert states(office) == {"A": "active"}


def test_an_undone_feed_is_read_anew(office: Office, feed: Feed) -> None:
    run = feed(T1="active", T2="active")["run"]
    office("runs", "undo", run, code=0)
    assert states(office) == {"T1": "none", "T2": "none"}
    assert counts(feed(T1="active", T2="active"))["updated"] == 2


def test_the_feed_is_not_the_register(office: Office, feed: Feed) -> None:
    before = office.rows("chamber")[0]["imported_at"]
    office.clock.advance(hours=1)
    feed(T1="active", T2="active")
    assert office.rows("chamber")[0]["imported_at"] == before
