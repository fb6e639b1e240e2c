"""Letters: codes in a file and nowhere else, file and database both or neither."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import codes as activation
from asta_cli.core.keys import MacKey
from asta_cli.files.output import PendingFile
from asta_cli.letters import drafts
from asta_cli.letters import issue as issuing
from asta_cli.run import Desk
from tests.support.cli import Result
from tests.support.office import Office, codes, counts

HEADER = "chamber,ident_number,name,street,postal_code,city,email,code,valid_until"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "letters.csv"


class Written:
    """A draft in memory."""

    path = temporary = "letters.csv"

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, data: str) -> int:
        self.parts.append(data)
        return len(data)

    def seal(self) -> None: ...
    def publish(self) -> None: ...
    def discard(self) -> None: ...


def read(file: Path) -> dict[str, dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["ident_number"]: row for row in csv.DictReader(lines)}


def state_of(office: Office, ident: str) -> list[str]:
    letters = office("letters", "list", "--company", ident, "--all", "--format", "json", code=0).json()
    return [letter["state"] for letter in letters]


def fits(office: Office, letter: dict[str, Any], code: str) -> bool:
    key = MacKey(office.keys.id, office.keys.subkey(activation.PURPOSE))
    return bytes(letter["code_mac"]) == activation.code_mac(key, letter["company_id"], activation.read(code))


def test_a_letter_is_a_line_of_the_file_and_a_row_without_its_code(office: Office, file: Path) -> None:
    office.company(
        "0001", name='Müller & "Söhne", GmbH', street="Weg 1", postal_code="01067", city="Köln", email="a@b.example"
    )
    done = office("letters", "issue", "--company", "0001", "--csv", file, code=0)
    assert file.read_text(encoding="utf-8").splitlines()[0] == HEADER
    assert file.stat().st_mode & 0o777 == 0o600
    (line,) = read(file).values()
    code = line.pop("code")
    assert line == {
        "chamber": "177",
        "ident_number": "0001",
        "name": 'Müller & "Söhne", GmbH',
        "street": "Weg 1",
        "postal_code": "01067",
        "city": "Köln",
        "email": "a@b.example",
        "valid_until": "2026-12-23",  # thirty days after the one of issue, the last of them included
    }
    (letter,) = office.rows("letter")
    assert fits(office, letter, code)
    assert letter["valid_until"] == "2026-12-23T23:00:00Z"
    everything = repr(office.dump()) + done.out + done.err
    assert code not in everything
    assert code.replace("-", "") not in everything
    assert office.log() == [("letters issue", "ok")]


def test_a_newer_letter_voids_the_older_unused_ones(office: Office, file: Path) -> None:
    office.company("0001")
    old = office.company("0002")
    mac = {
        "code_mac": bytes(32),
        "issued_at": "2026-01-01T00:00:00Z",
        "valid_until": "2026-02-01T00:00:00Z",
        "run_id": 1,
    }
    office.insert("letter", company_id=old, **mac, used_at="2026-01-02T00:00:00Z", used_by="x@y.example")
    office.insert("letter", company_id=old, **mac)
    issue = ("letters", "issue", "--company", "0001", "--company", "177:0002", "--csv", file)
    assert counts(office.report(*issue, code=0)) == {"rows": 2, "created": 2, "ended": 1}
    assert counts(office.report(*issue, code=0)) == {"rows": 2, "created": 2, "ended": 2}
    assert state_of(office, "0001") == ["void", "valid"]
    assert state_of(office, "0002") == ["used", "void", "void", "valid"]
    listed = office("letters", "list", "--format", "json", code=0).json()
    assert [(x["ident_number"], x["state"]) for x in listed] == [("0001", "valid"), ("0002", "used"), ("0002", "valid")]
    assert len(office("letters", "list", "--state", "void", "--format", "ids", code=0).lines) == 3
    office.clock.advance(days=31)
    assert state_of(office, "0001") == ["void", "expired"]
    assert office("letters", "list", "--format", "json", code=0).json()[0]["state"] == "used"


def test_a_company_named_twice_gets_one_letter(office: Office, file: Path) -> None:
    office.company("0001")
    report = office.report("letters", "issue", "--company", "0001", "--company", "177:0001", "--csv", file, code=0)
    assert counts(report) == {"rows": 2, "created": 1, "unchanged": 1}


def test_missing_are_those_whom_nobody_can_administer(office: Office, file: Path) -> None:
    head = office.company("head")
    office.company("site", parent=head)
    narrow = office.company("narrow")
    office.company("below-narrow", parent=narrow)
    expired, invited, locked = (office.company(name) for name in ("expired", "invited", "locked"))
    office.company("ended", status="ended", ended_at="2026-01-01T00:00:00Z")
    office.chamber("178")
    office.company("elsewhere", chamber="178")
    for email, state in (("a@x.example", "confirmed"), ("l@x.example", "locked")):
        office.person(email, state)
    office.holds("a@x.example", head)
    office.holds("a@x.example", narrow, sites=False)
    office.holds("a@x.example", expired, valid_until="2026-11-22T23:00:00Z")
    office.holds("nobody@x.example", invited)
    office.holds("l@x.example", locked)
    issue = ("letters", "issue", "--missing", "--chamber", "177", "--csv", file)
    assert counts(office.report(*issue, code=0)) == {"rows": 7, "created": 4, "unchanged": 3}
    first = read(file)
    assert set(first) == {"below-narrow", "expired", "invited", "locked"}
    assert counts(office.report(*issue, code=0)) == {"rows": 7, "unchanged": 7}
    assert counts(office.report(*issue, "--again", code=0)) == {"rows": 7, "created": 4, "unchanged": 3, "ended": 4}
    assert {c["code"] for c in read(file).values()}.isdisjoint(c["code"] for c in first.values())
    office.clock.advance(days=31)
    assert office.report(*issue, code=0)["created"] == 4


def test_a_letter_to_who_misses_one_says_what_one_to_a_named_company_says(office: Office, file: Path) -> None:
    head = office.company("0002", name="=Groß; KG", street='"Haus", 1', city="Köln", email="a@b.example")
    office.company("0001", name='Müller & "Söhne", GmbH\nWerk', postal_code="01067", parent=head)
    office("letters", "issue", "--missing", "--csv", file, code=0)
    missing = read(file)
    assert list(missing) == ["0001", "0002"]
    for number in (1, 2):
        letter, ident = office.rows("letter")[number - 1], f"000{number}"
        assert fits(office, letter, missing[ident]["code"])
        assert letter["company_id"] == next(c["id"] for c in office.rows("company") if c["ident_number"] == ident)
    office("letters", "issue", "--company", "0001", "--company", "0002", "--csv", file, code=0)
    named = read(file)
    assert [{**line, "code": ""} for line in named.values()] == [{**line, "code": ""} for line in missing.values()]


def test_a_company_that_closes_meanwhile_gets_no_letter(
    office: Office, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.company("0001")
    closing = office.company("0002")
    listed = issuing._open

    def then_it_closes(desk: Desk, chamber: str) -> Sequence[str]:
        found = listed(desk, chamber)
        with office.store.write() as tx:
            tx.update("company", ("id", closing), {"status": "ended", "ended_at": "2026-11-23T10:00:00Z"})
        return found

    monkeypatch.setattr(issuing, "_open", then_it_closes)
    report = office.report("letters", "issue", "--missing", "--csv", file, code=0)
    assert counts(report) == {"rows": 2, "created": 1, "unchanged": 1}
    assert list(read(file)) == ["0001"]


CELLS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(['"', "a,b", "\r"])


@given(st.lists(st.lists(st.tuples(*[CELLS] * 9), min_size=1, max_size=4), min_size=1, max_size=3))
def test_the_file_is_csv_as_python_writes_it(chunks: list[list[tuple[str | None, ...]]]) -> None:
    expected = StringIO()
    csv.writer(expected).writerows([HEADER.split(","), *(line for chunk in chunks for line in chunk)])
    draft = Written()
    file = drafts.CodeFile(lambda tag: draft)
    file.begin(1, dry_run=False)
    for chunk in chunks:
        file.write(list(zip(*chunk, strict=True)))
    assert "".join(draft.parts) == expected.getvalue()


@pytest.mark.parametrize("rejects", [False, True])
def test_with_nothing_to_issue_the_codes_of_last_night_stay(office: Office, file: Path, rejects: bool) -> None:
    office.company("0001")
    issue = ["letters", "issue", "--missing", "--csv", file]
    office(*issue, code=0)
    codes_of_last_night = file.read_bytes()
    if rejects:
        wanted = file.parent.parent / "wanted.csv"
        wanted.write_text("Identnummer\n0009\n")
        issue = ["letters", "issue", "--from", wanted, "--chamber", "177", "--keep-going", "--csv", file]
    again = office(*issue, code=3 if rejects else 0)
    assert file.read_bytes() == codes_of_last_night
    assert f"no letter was issued; {file} was not written" in again.err
    other = file.with_name("other.csv")
    issue[-1] = other
    report = office.report(*issue, code=3 if rejects else 0)
    assert (report["applied"], report["created"], report["file"]) == (True, 0, "")
    assert list(file.parent.iterdir()) == [file]
    if not rejects:
        assert office("-q", *issue, code=0) == Result(0, "", "")


@pytest.mark.parametrize(
    ("name", "code", "alone"),
    [("0009", "unknown_company", 5), ("ended", "company_ended", 5), ("0 1", "bad_value", 2)],
)
def test_one_bad_company_and_there_is_no_letter(office: Office, file: Path, name: str, code: str, alone: int) -> None:
    office.company("0001")
    office.company("ended", status="ended", ended_at="2026-01-01T00:00:00Z")
    for named, status in (("0001",), 3), ((), alone):
        companies = [word for ident in (*named, name) for word in ("--company", ident)]
        refused = office.report("letters", "issue", *companies, "--csv", file, code=status)
        assert [c for _, c, _ in codes(refused)] == [code]
    assert office.rows("letter") == []
    assert list(file.parent.iterdir()) == []


def test_only_operators_issue_letters_and_see_them(office: Office, file: Path) -> None:
    company = office.company("0001")
    office.person("a@x.example")
    office.holds("a@x.example", company)
    office("letters", "issue", "--company", "0001", "--csv", file, code=0)
    for how in (("--company", "0001"), ("--company", "0009"), ("--missing",)):
        refused = office.report("letters", "issue", *how, "--csv", file, as_="a@x.example", code=77)
        assert [c for _, c, _ in codes(refused)] == ["forbidden"]
    assert office("letters", "list", "--format", "json", as_="a@x.example", code=0).json() == []
    assert len(office.rows("letter")) == 1


def test_a_trial_leaves_nothing(office: Office, file: Path) -> None:
    office.company("0001")
    before = office.dump()
    report = office.report("letters", "issue", "--missing", "--csv", file, "--dry-run", code=0)
    assert (report["created"], report["run"], report["file"]) == (1, "", "")
    assert list(file.parent.iterdir()) == []
    assert office.dump() == before


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_file_that_cannot_be_written_stops_everything(
    office: Office, tmp_path: Path, options: tuple[str, ...]
) -> None:
    office.company("0001")
    before = office.dump()
    for target in (tmp_path / "missing" / "x.csv", tmp_path, "-"):
        office("letters", "issue", "--company", "0001", "--csv", target, *options, code=2)
    assert office.dump() == before


def test_which_companies_must_be_said_in_one_way(office: Office, file: Path) -> None:
    office("letters", "issue", "--csv", file, code=2)
    office("letters", "issue", "--company", "0001", "--missing", "--csv", file, code=2)
    office("letters", "issue", "--company", "0001", code=2)
    office.chamber("178")
    office("letters", "issue", "--missing", "--csv", file, code=2)
    office.company("0001")
    office("letters", "issue", "--company", "177:0001", "--csv", file, code=0)


@pytest.mark.parametrize("option", ["--from", "--rejects"])
def test_no_other_file_takes_the_place_of_the_codes(office: Office, tmp_path: Path, option: str) -> None:
    office.company("0001")
    wanted = tmp_path / "wanted.csv"
    wanted.write_text("Identnummer;Kammer\n0001;177\n0009;177\n")
    files = {"--from": wanted, "--csv": tmp_path / "codes.csv"} | {option: tmp_path / "." / "codes.csv"}
    (tmp_path / "codes.csv").write_text(wanted.read_text())
    argv = [word for pair in files.items() for word in pair]
    office("letters", "issue", *argv, "--keep-going", code=2)
    assert office.rows("letter") == []


def test_an_interruption_before_the_commit_leaves_neither(
    office: Office, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.company("0001")
    seal = drafts.CodeFile.seal

    def sealed_then_interrupted(self: drafts.CodeFile) -> None:
        seal(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(drafts.CodeFile, "seal", sealed_then_interrupted)
    office("letters", "issue", "--company", "0001", "--csv", file, code=130)
    assert office.rows("letter") == []
    assert list(file.parent.iterdir()) == []


def test_a_crash_after_the_commit_leaves_the_codes_durable_and_is_told(
    office: Office, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.company("0001")

    class Killed(BaseException):
        pass

    def killed(self: PendingFile) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(PendingFile, "publish", killed)
        patched.setattr(PendingFile, "discard", killed)
        office("letters", "issue", "--company", "0001", "--csv", file, code=70)
    (left,) = file.parent.iterdir()
    (letter,) = office.rows("letter")
    assert fits(office, letter, read(left)["0001"]["code"])
    assert left.stat().st_mode & 0o777 == 0o600
    told = office("letters", "issue", "--missing", "--csv", file, code=0)
    assert f"{left} holds valid codes" in told.err
    checks = office("doctor", "--format", "json", code=0).json()["checks"]
    (found,) = [c for c in checks if c["check"] == "letters"]
    assert (found["state"], str(left) in found["message"]) == ("warning", True)


def test_a_crash_before_the_commit_leaves_a_file_that_is_known_as_void(office: Office, file: Path) -> None:
    office.company("0001")
    office("letters", "issue", "--company", "0001", "--csv", file, code=0)
    (file.parent / ".asta-letters-0000000000001-00ff.tmp").write_text("x")
    assert "its codes are void" in office("letters", "issue", "--missing", "--csv", file, code=0).err


def test_a_name_that_cannot_be_given_after_the_commit_says_where_the_codes_are(
    office: Office, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.company("0001")
    seal = PendingFile.seal

    def sealed(self: PendingFile) -> None:
        seal(self)
        file.mkdir(exist_ok=True)  # somebody was quicker

    monkeypatch.setattr(PendingFile, "seal", sealed)
    failed = office("letters", "issue", "--company", "0001", "--csv", file, code=75)
    (draft,) = [p for p in file.parent.iterdir() if p.name.startswith(".asta-letters-")]
    assert f"mv {draft} {file}" in failed.err
    (letter,) = office.rows("letter")
    assert fits(office, letter, read(draft)["0001"]["code"])
