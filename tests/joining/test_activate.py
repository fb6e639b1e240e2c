from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from asta_cli.core import codes, timeline
from asta_cli.run import attempts
from asta_cli.store import tables as t
from tests.joining.world import ERIKA, MAX, PASSWORD, World
from tests.support.cli import Asta

DAYS = 30 * 86_400


@pytest.fixture
def ready(world: World) -> tuple[World, int, str]:
    """Erika is confirmed, and a letter has gone to her company."""
    world.person()
    company = world.company(email="info@muster.example")
    return world, company, world.letter(company)


Ready = tuple[World, int, str]


def company_row(world: World, company: int) -> dict[str, object]:
    (row,) = [r for r in world.rows("company") if r["id"] == company]
    return row


def refused(world: World, code: str, typed: str, **how: object) -> str:
    done = world("activate", "0001234", "--code-file", "-", "--format", "json", stdin=typed, **{"as_": ERIKA, **how})
    assert [p["code"] for p in done.json()["problems"]] == [code]
    assert done.json()["job"] == ""
    assert typed not in done.out + done.err
    return f"{done.code} {done.err}"


def test_the_first_person_becomes_administrator(ready: Ready) -> None:
    world, company, code = ready
    now = world.clock.text()
    done = world("activate", "0001234", "--code-file", "-", "--format", "json", stdin=code, as_=ERIKA, code=0).json()
    assert (done["company"], len(done["job"]), done["created"], done["updated"]) == ("0001234", 13, 1, 1)
    row = company_row(world, company)
    assert (row["activated_at"], bool(row["transfer_open"])) == (now, True)
    (grant,) = world.rows("access_grant")
    assert (grant["email_key"], grant["role"], bool(grant["sites"]), grant["reason"]) == (
        ERIKA,
        "administrator",
        True,
        "activation",
    )
    (letter,) = world.rows("letter")
    assert (letter["used_at"], letter["used_by"]) == (now, ERIKA)
    (job,) = world.rows("job")
    assert (job["kind"], job["state"], job["company_id"]) == ("transfer", "queued", company)
    (mail,) = world.mails("company_activated", "info@muster.example")
    assert mail["by"] == {"name": "Erika Muster", "email": ERIKA}
    world("perms", "check", ERIKA, "perms.grant", "0001234", code=0)


@pytest.mark.parametrize("spoil", [str.lower, lambda c: f"  {c} ", lambda c: c.replace("-", " "), lambda c: c + "\r"])
def test_how_it_is_typed_does_not_matter(ready: Ready, spoil: object) -> None:
    world, _, code = ready
    assert callable(spoil)
    assert world.activate(spoil(code)).code == 0


def test_the_same_person_again_changes_nothing(ready: Ready) -> None:
    world, _, code = ready
    world.activate(code, code=0)
    done = world("activate", "0001234", "--code-file", "-", "--format", "json", stdin=code, as_=ERIKA, code=0).json()
    assert (done["unchanged"], done["created"], done["job"]) == (1, 0, "")
    assert len(world.rows("job")) == len(world.rows("access_grant")) == 1


def test_a_second_person_is_refused_and_told_whom_to_ask_but_not_by_name(ready: Ready) -> None:
    world, _, code = ready
    world.person(MAX)
    world.activate(code, code=0)
    told = refused(world, "used", code, as_=MAX)
    assert told.startswith("5 ")
    assert "is active" in told
    assert "ask its administrators" in told
    assert ERIKA not in told
    assert [g["email_key"] for g in world.rows("access_grant")] == [ERIKA]


def test_who_was_an_administrator_once_is_not_made_one_again_by_the_old_code(ready: Ready) -> None:
    world, _, code = ready
    world.activate(code, code=0)
    world("perms", "revoke", ERIKA, "--company", "0001234", "--reason", "left", "--orphan-ok", code=0)
    refused(world, "used", code)


def test_an_operator_cannot(ready: Ready) -> None:
    world, _, code = ready
    told = refused(world, "forbidden", code, as_=None)
    assert told.startswith("77 ")
    assert "asta --as EMAIL activate 0001234" in told


@pytest.mark.parametrize("state", ["unconfirmed", "locked", "disabled"])
def test_only_a_confirmed_account_can(ready: Ready, state: str) -> None:
    world, _, code = ready
    with world.store.write() as tx:
        tx.execute(t.account.update(), {"state": state})
    assert refused(world, "not_confirmed", code).startswith("77 ")
    assert not world.rows("access_grant")


def test_wrong_void_and_unknown(ready: Ready) -> None:
    world, company, code = ready
    other = world.letter(world.company("0005678"))
    assert refused(world, "wrong_code", other).startswith("5 ")
    with world.store.write() as tx:
        tx.execute(t.letter.update().where(t.letter.c.company_id == company), {"void_at": world.clock.text()})
    newer = world.letter(company)
    assert refused(world, "void_code", code).startswith("5 ")
    world.activate(newer, code=0)


def noted(name: str, function: Callable[..., Any], work: list[str]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        work.append(name)
        return function(*arguments)

    return call


def test_nobody_learns_by_guessing_which_companies_there_are(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same words, same work, same throttling for a company without this code, one that has ended, and none at all."""
    world, _, _ = ready
    ended = world.company("0005555", status="ended")
    world.letter(ended)
    world.company("0007777")
    world("chambers", "add", "178", "--name", "IHK Anderswo", code=0)
    world.company("0007777", chamber="178")
    wrong = world.letter(world.company("0005678"))
    work: list[str] = []
    for module, name in ((attempts, "count"), (codes, "code_mac")):
        monkeypatch.setattr(module, name, noted(name, getattr(module, name), work))
    answers, works = set(), set()
    for ident in ("0001234", "0005555", "0009999", "177:0001234", "177:0009999", "999:0001234"):
        work.clear()
        told = world.activate(wrong, ident=ident, code=5)
        assert "error[wrong_code]" in told.err
        answers.add(told.err.replace(ident.rpartition(":")[2], "NUMBER"))
        works.add(tuple(work))
    assert len(answers) == 1
    assert works == {("count", "code_mac")}
    assert "error[wrong_code]" in world.activate(wrong, ident="0007777", code=5).err
    for ident in ("0001234", "0009999"):
        statuses = [world.activate(wrong, ident=name).code for name in (ident, f"177:{ident}") * 5]
        assert statuses[-2:] == [75] * 2, "however it is spelt"
    logged = [e["outcome"] for e in world.rows("audit_entry") if e["action"] == "activate"]
    assert set(logged) == {"refused:wrong_code"}


@pytest.mark.parametrize(("seconds", "code"), [(DAYS - 1, 0), (DAYS, 5), (DAYS + 1, 5)])
def test_a_code_expires_to_the_second(ready: Ready, seconds: int, code: int) -> None:
    world, company, typed = ready
    world.clock.advance(seconds=seconds)
    done = world.activate(typed, code=code)
    assert ("error[expired]" in done.err) is (code == 5)
    assert bool(company_row(world, company)["activated_at"]) is (code == 0)


def test_an_ended_company(ready: Ready) -> None:
    world, _, code = ready
    with world.store.write() as tx:
        tx.execute(t.company.update(), {"status": "ended"})
    assert refused(world, "company_ended", code).startswith("5 ")


def test_a_newer_letter_recovers_a_company_without_administrators(ready: Ready) -> None:
    world, company, code = ready
    world.activate(code, code=0)
    world("perms", "revoke", ERIKA, "--company", "0001234", "--reason", "left", "--orphan-ok", code=0)
    world.person(MAX)
    world.clock.advance(days=400)
    before = company_row(world, company)
    done = world.activate(world.letter(company), as_=MAX, code=0)
    assert "administrator" in done.err
    assert company_row(world, company) == before
    assert [g["email_key"] for g in world.rows("access_grant") if not g["ended_at"]] == [MAX]
    assert len(world.rows("job")) == 1


@pytest.mark.parametrize(
    "term",
    [
        {"valid_until": "2026-11-24T09:00:00Z"},
        {"valid_until": "2026-11-22T09:00:00Z"},
        {"valid_from": "2027-01-01T00:00:00Z"},
    ],
)
def test_a_grant_that_ends_or_has_not_begun_gives_way(ready: Ready, term: dict[str, str]) -> None:
    world, company, code = ready
    values = {"email": ERIKA, "email_key": ERIKA, "company_id": company, "role": "administrator", "sites": False}
    world.insert("access_grant", **values, granted_at=world.clock.text(), granted_by="operator", run_id=1, **term)
    world.activate(code, code=0)
    (grant,) = [g for g in world.rows("access_grant") if not g["ended_at"]]
    assert (grant["valid_from"], grant["valid_until"], bool(grant["sites"])) == (None, None, True)


def test_typing_errors_cost_no_attempt_and_wrong_codes_do(ready: Ready) -> None:
    world, company, code = ready
    wrong = world.letter(world.company("0005678"))
    for _ in range(15):
        assert refused(world, "malformed_code", code[:-1] + ("0" if code[-1] != "0" else "1")).startswith("5 ")
    for _ in range(10):
        refused(world, "wrong_code", wrong)
    throttled = world.activate(code, code=75)
    assert "error[throttled]" in throttled.err
    assert timeline.local(timeline.plus(world.clock.text(), 300)) in throttled.err
    world.person(MAX)
    assert world.letter(company)  # wrong attempts never void a letter
    world.clock.advance(seconds=300)
    world.activate(code, code=0)


def test_attempts_count_for_each_account_and_company_alone(ready: Ready) -> None:
    world, _, code = ready
    other = world.letter(world.company("0005678"))
    world.person(MAX)
    assert [world.activate(other).code for _ in range(11)] == [5] * 10 + [75]
    world.activate(other, ident="0005678", code=0)
    world.activate(code, as_=MAX, code=0)


def test_two_chambers_with_one_number(ready: Ready) -> None:
    world, company, code = ready
    world("chambers", "add", "178", "--name", "IHK Anderswo", code=0)
    world.company(chamber="178")
    world.activate(code, env={"ASTA_CHAMBER": "178"}, code=5)
    world.activate(code, ident="178:0001234", code=5)
    world.activate(code, code=0)  # the code tells which one is meant
    assert company_row(world, company)["activated_at"]


def test_the_usual_chamber_is_no_filter(ready: Ready) -> None:
    world, _, code = ready
    world("chambers", "add", "178", "--name", "IHK Anderswo", code=0)
    world.activate(code, env={"ASTA_CHAMBER": "178"}, code=0)


def test_a_company_without_address_gets_no_mail(world: World) -> None:
    world.person()
    world.activate(world.letter(world.company()), code=0)
    assert not world.mails("company_activated")


def test_wrong_usage(ready: Ready) -> None:
    world, _, code = ready
    assert "--code-file" in world("activate", "0001234", as_=ERIKA, code=2).err
    assert "error[bad_option]" in world.activate(code, ident="000 1234", code=2).err


def test_waiting_does_the_transfer_where_nobody_else_does(ready: Ready) -> None:
    world, company, code = ready
    done = world("activate", "0001234", "--code-file", "-", "--wait", stdin=code, as_=ERIKA, code=0)
    assert "complete" in done.err
    assert not company_row(world, company)["transfer_open"]
    assert [j["state"] for j in world.rows("job")] == ["done"]


def test_waiting_ends_when_the_transfer_has_to_be_repeated(ready: Ready) -> None:
    world, company, code = ready
    asked = ("activate", "0001234", "--code-file", "-", "--wait", "--format", "json")
    done = world(*asked, stdin=code, as_=ERIKA, env={"ASTA_REGISTER_SOURCE": "/nowhere"}, code=0)
    assert "tried again" in done.err
    assert done.json()["job"]
    assert company_row(world, company)["transfer_open"]


def test_who_comes_back_can_wait_for_what_is_not_done_yet(ready: Ready) -> None:
    world, company, code = ready
    asked = ("activate", "0001234", "--code-file", "-")
    world(*asked, stdin=code, as_=ERIKA, code=0)
    assert company_row(world, company)["transfer_open"]
    done = world(*asked, "--wait", stdin=code, as_=ERIKA, code=0)
    assert "complete" in done.err
    assert not company_row(world, company)["transfer_open"]
    assert "complete" not in world(*asked, "--wait", stdin=code, as_=ERIKA, code=0).err  # nothing to wait for


def test_giving_up_waiting_takes_nothing_back(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    world, company, code = ready

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("asta_cli.jobs.work.work_once", interrupt)
    done = world("activate", "0001234", "--code-file", "-", "--wait", stdin=code, as_=ERIKA, code=0)
    assert "No longer waiting" in done.err
    assert company_row(world, company)["activated_at"]
    assert [j["state"] for j in world.rows("job")] == ["queued"]


def test_at_a_terminal_by_session(asta_db: Asta, ready: Ready) -> None:
    world, _, _code = ready
    asta_db.terminal("login", ERIKA, answers=[("Password: ", PASSWORD)], code=0)
    world.clock.now = datetime.now(UTC)
    code = world.letter(world.company("0005678"))
    shown = asta_db.terminal("activate", "0005678", answers=[("Activation code: ", code)], code=0)
    assert "administrator" in shown.out
