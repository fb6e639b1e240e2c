"""``perms explain`` on both databases: one small chamber in which every odd thing has happened to somebody."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.office import Office

HEAD, SITE, SISTER, DEEP, OTHER, CLOSED = "0001000", "0001001", "0001002", "0001011", "0002000", "0003000"
BOSS = "boss@firma.example"
PAST, SOON = "2026-11-01T09:00:00Z", "2026-12-31T23:00:00Z"
WHY = ("--reason", "Schreiben vom 2. März")


@pytest.fixture
def firm(office: Office) -> Office:
    fill(office)
    return office


def fill(office: Office) -> None:
    """A head office with sites, another firm, a closed one, and everybody who has a question."""
    now = office.clock.text()
    head = office.company(HEAD, activated_at=now)
    site, sister = office.company(SITE, head, activated_at=now), office.company(SISTER, head)
    deep = office.company(DEEP, site)
    other, closed = office.company(OTHER), office.company(CLOSED, status="ended", ended_at=PAST)
    branch = office.company("0003001", closed)
    office.chamber("175")
    foreign = office.company("0009000", chamber="175")
    office.trainer("A1", site)
    for name in PEOPLE:
        office.person(f"{name}@firma.example", STATES.get(name, "confirmed"))
    kept: dict[str, Any] = {"granted_at": PAST, "granted_by": BOSS, "reason": "neu im Team", "run_id": 77}
    gone: dict[str, Any] = {
        "ended_at": "2026-11-10T09:00:00Z",
        "ended_by": BOSS,
        "end_reason": "Abteilung gewechselt",
        "end_run_id": 78,
    }

    def holds(name: str, company: int, role: str = "manager", **more: Any) -> None:
        office.holds(f"{name}@firma.example", company, role, **{**kept, **more})

    office.holds(BOSS, head, "administrator", granted_at=PAST, reason="activation", granted_by=BOSS)
    holds("wide", head, valid_until=SOON)
    holds("narrow", head, sites=False)
    holds("left", head, **gone)
    holds("expired", head, valid_until="2026-11-15T23:00:00Z")
    holds("coming", head, valid_from=SOON)
    holds("late", head, granted_at="2026-11-20T09:00:00Z")
    for name in ("new", "nobody"):
        holds(name, head, invited_until="2026-12-14T09:00:00Z")
    holds("tardy", head, invited_until="2026-11-20T09:00:00Z")
    holds("lapsed", head, invited_until="2026-11-20T09:00:00Z")
    for name in ("locked", "disabled"):
        holds(name, head)
    holds("trainer", head, "trainer")
    holds("bare", site, "trainer")
    holds("bound", site, "trainer", trainer_id=office.rows("trainer")[0]["id"])
    holds("sister", sister)
    holds("deep", deep)
    holds("elsewhere", other)
    holds("foreign", foreign)
    holds("applicant", head, "contract_applicant")
    holds("closed", closed)
    holds("branch", branch, "administrator")
    desk = {"chamber": "177", "added_at": PAST, "added_by": "operator", "run_id": 76}
    office.insert("operator", email="desk@ihk.example", email_key="desk@ihk.example", **desk)
    office.person("desk@ihk.example")
    holds("twice", head)
    holds("twice", site, "administrator", **gone)


PEOPLE = (
    "boss", "wide", "narrow", "left", "expired", "coming", "late", "new", "tardy", "locked", "disabled", "trainer",
    "bare", "bound", "sister", "deep", "elsewhere", "foreign", "applicant", "closed", "branch", "twice", "stranger",
)  # fmt: skip
STATES = {"new": "unconfirmed", "locked": "locked", "disabled": "disabled"}


@dataclass(frozen=True)
class Case:
    """Who is asked about what and where; what stands in the way of the nearest grant, and the first command."""

    who: str
    permission: str
    company: str
    obstacles: Sequence[str] = ()
    cures: Sequence[str] = ()
    caveats: Sequence[str] = ()
    more: Sequence[str] = ()
    as_: str | None = None
    allowed: bool = False


CASES = [
    Case("boss", "perms.grant", HEAD, allowed=True),
    Case("wide", "trainees.view", DEEP, allowed=True),
    Case("twice", "company.view", SITE, allowed=True),
    Case("narrow", "trainees.view", SITE, ["without_sites"], ["grant", "include_sites"]),
    Case("left", "trainees.view", HEAD, ["grant_ended"], ["grant"]),
    Case("expired", "trainees.view", HEAD, ["grant_expired"], ["grant"]),
    Case("coming", "trainees.view", HEAD, ["not_begun"], ["start_earlier"]),
    Case("coming", "trainees.view", HEAD, more=["--at", "2027-01-01"], allowed=True),
    Case("late", "trainees.view", HEAD, ["not_given_yet"], [], more=["--at", "2026-11-10"]),
    Case("wide", "trainees.view", HEAD, ["grant_expired"], ["extend"], more=["--at", "2027-02-01"]),
    Case("new", "trainees.view", HEAD, ["not_confirmed"], ["resend_invitation"]),
    Case("nobody", "trainees.view", HEAD, ["not_confirmed"], ["resend_invitation"]),
    Case("nobody", "trainees.view", HEAD, ["not_confirmed"], ["resend_invitation"], as_=BOSS),
    Case("tardy", "trainees.view", HEAD, ["invitation_lapsed"], ["grant"]),
    Case("lapsed", "trainees.view", HEAD, ["invitation_lapsed"], ["grant"]),
    Case("locked", "trainees.view", HEAD, ["account_locked"], ["unlock_account"]),
    Case("locked", "trainees.view", HEAD, ["account_locked"], ["unlock_account"], as_=BOSS),
    Case("disabled", "trainees.view", HEAD, ["account_disabled"], ["unlock_account"]),
    Case("wide", "perms.grant", HEAD, ["wrong_role"], ["grant"]),
    Case("left", "trainees.view", HEAD, ["grant_ended"], ["grant"], as_="desk@ihk.example"),
    Case("wide", "perms.grant_trainer", HEAD, ["setting_off"], ["grant", "switch_on_setting"], as_=BOSS),
    Case("trainer", "trainees.view_assigned", SITE, ["trainer_not_inherited"], ["grant"]),
    Case("bound", "trainees.view", SITE, ["wrong_role"], ["grant"]),
    Case("bound", "trainees.view_assigned", SITE, allowed=True),
    Case("bare", "trainees.view_assigned", SITE, caveats=["no_trainer_record"], allowed=True),
    Case("sister", "trainees.view", SITE, ["other_company"], ["grant"]),
    Case("deep", "trainees.view", HEAD, ["other_company"], ["grant"]),
    Case("elsewhere", "trainees.view", HEAD, ["other_company"], ["grant"]),
    Case("elsewhere", "trainees.view", HEAD, [], ["grant"], as_=BOSS),
    Case("foreign", "trainees.view", HEAD, ["other_company"], ["grant"]),
    Case("boss", "contracts.file", HEAD, ["wrong_role"], ["grant"], ["service_not_open"], as_=BOSS),
    Case("boss", "exam.register", HEAD, caveats=["service_not_open"], as_=BOSS, allowed=True),
    Case("applicant", "trainees.view", HEAD, ["wrong_role"], ["grant"], as_="applicant@firma.example"),
    Case("closed", "trainees.view", CLOSED, ["company_ended"], ["reopen_company"]),
    Case("closed", "trainees.view", "0003001", ["company_ended"], ["grant", "reopen_company"]),
    Case("branch", "perms.grant", CLOSED, ["other_company"], ["reopen_company"]),
    Case("left", "trainees.view", HEAD, ["grant_ended"], ["grant"], as_="left@firma.example"),
    Case("twice", "perms.grant", SITE, ["grant_ended"], ["grant"]),
    Case("stranger", "trainees.view", HEAD, [], ["grant"]),
    Case("stranger", "trainees.view", HEAD, [], ["grant"], as_=BOSS),
    Case("desk@ihk.example", "trainees.view", HEAD, allowed=True),
    Case("desk@ihk.example", "exam.register", HEAD, [], ["grant"], as_=BOSS),
    Case("ghost", "trainees.view", HEAD, [], ["grant"]),
]


def ask(office: Office, case: Case, *more: object, verb: str = "explain", lang: str = "en") -> Any:
    email = case.who if "@" in case.who else f"{case.who}@firma.example"
    words = ("perms", verb, email, case.permission, case.company, *case.more, *more)
    return office("--lang", lang, *words, as_=case.as_, code=0 if case.allowed else 1)


def test_every_odd_situation(firm: Office) -> None:
    for case in CASES:
        told = ask(firm, case, "--format", "json").json()
        (answer,) = told["answers"]
        assert told["allowed"] is answer["allowed"] is case.allowed, case
        assert answer["operator"] is (case.allowed and "ihk" in case.who)
        nearest = answer["misses"][0]["obstacles"] if answer["misses"] else []
        assert nearest == list(case.obstacles), case
        assert [r["code"] for r in answer["remedies"]] == list(case.cures), case
        if case.caveats or not case.permission.startswith(("exam", "contracts")):
            assert [c["code"] for c in answer["caveats"]] == list(case.caveats), case
        assert "null" not in json.dumps(told)
        assert ask(firm, case, verb="check").out == ("yes\n" if case.allowed else "no\n"), case


def test_it_is_told_in_both_languages(office: Office) -> None:
    fill(office)
    for case in CASES:
        assert ask(office, case).out.startswith("Yes: " if case.allowed else "No: ")
        german = ask(office, case, lang="de").out
        assert german.startswith("Ja: " if case.allowed else "Nein: ")
        for command in (line for line in german.splitlines() if line.startswith("    asta ")):
            assert command in ask(office, case).out


def test_the_commands_named_do_what_they_promise(firm: Office) -> None:
    """As printed, and where nobody can be asked."""
    for case in {case.who: case for case in CASES if not (case.allowed or case.as_ or case.more)}.values():
        told = ask(firm, case, "--format", "json").json()
        grants = [r for r in told["answers"][0]["remedies"] if r["command"].startswith("asta perms grant")]
        if not grants:
            continue
        firm(*shlex.split(grants[0]["command"])[1:], code=0)
        again = firm("perms", "check", told["email"], case.permission, case.company)
        assert again.code == (0 if told["account"]["state"] == "confirmed" else 1), case


@pytest.mark.parametrize("who", [{}, {"as_": "desk@ihk.example"}])
@pytest.mark.parametrize("lang", ["en", "de"])
def test_a_command_can_be_pasted_into_a_shell(firm: Office, who: dict[str, str], lang: str) -> None:
    """Whatever is legal before the @: each command that is told does it, the other way round each time."""
    email = "o'brien&`id`$HOME!{x}|y@firma.example"
    firm.person(email, "locked")
    asked = ("perms", "explain", email, "trainees.view", HEAD)
    pasted = 0
    while (told := firm(*asked, lang=lang, **who)).code != 0:
        (command,) = [line.strip() for line in told.lines if line.startswith("    asta ")][:1]
        if who:
            command = command.replace("asta", f"asta --as {who['as_']}", 1)
        done = subprocess.run(
            ["bash", "-c", command], env=firm.asta.asta.environment(), capture_output=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        pasted += 1
        assert pasted < 4, command
    assert pasted == 2


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Otherwise the role manager at"), ("de", "Sonst würde die Rolle")]
)
def test_a_closed_account_with_a_role_that_would_do(firm: Office, language: str, said: str) -> None:
    """An older role that ended is no reason then."""
    head = next(c["id"] for c in firm.rows("company") if c["ident_number"] == HEAD)
    firm.holds("disabled@firma.example", head, "administrator", ended_at=PAST, ended_by=BOSS)
    told = firm("--lang", language, "perms", "explain", "disabled@firma.example", "trainees.view", HEAD, code=1).out
    assert said in told
    assert BOSS not in told
