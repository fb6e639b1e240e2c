from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.joining.world import CHAMBER, ERIKA, MAX, OTHER, PASSWORD, World


def test_registering_makes_an_unconfirmed_account_and_one_mail(world: World) -> None:
    done = world("register", ERIKA, "--name", "Erika Muster", "--chamber", CHAMBER, "--format", "json", code=0).json()
    assert (done["created"], done["unchanged"], done["email"], done["applied"]) == (1, 0, ERIKA, True)
    account = world.account(ERIKA)
    assert (account["state"], account["name"], account["chamber"]) == ("unconfirmed", "Erika Muster", CHAMBER)
    assert account["password_hash"] is None
    (mail,) = world.mails("confirm", ERIKA)
    assert mail["link"]["expires_at"] == "2026-11-24T09:00:00Z"
    assert mail["chamber"] == {"name": "IHK Musterstadt", "email": "info@ihk.example.com"}
    assert "name" not in mail  # whoever registers an address chooses the name: it does not travel to a stranger


def test_the_password_waits_on_the_link_and_is_stored_as_a_hash(world: World) -> None:
    world("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD, code=0)
    (link,) = world.rows("link")
    assert link["password_hash"].startswith("$argon2id$")
    assert world.account(ERIKA)["password_hash"] is None
    world("confirm", world.token(), code=0)
    assert world.account(ERIKA)["password_hash"] == link["password_hash"]


@pytest.mark.parametrize(
    "spelling", ["Erika.Muster@EXAMPLE.com", " erika.muster@example.com ", "ERIKA.MUSTER@Example.Com"]
)
def test_another_spelling_is_the_same_account(world: World, spelling: str) -> None:
    world("register", ERIKA, "--name", "Erika", code=0)
    done = world("register", spelling, "--name", "Erika", "--format", "json", code=0).json()
    assert (done["created"], done["unchanged"]) == (0, 1)
    assert len(world.rows("account")) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("erika@müller.de", "erika@xn--mller-kva.de"),
        ("erika@müller.de", "erika@mu\u0308ller.de"),
        ("erika@MÜLLER.de", "Erika@müller.de"),
    ],
)
def test_another_unicode_or_idna_form_is_the_same_account(world: World, first: str, second: str) -> None:
    world("register", first, "--name", "Erika", code=0)
    world("register", second, "--name", "Erika", code=0)
    (account,) = world.rows("account")
    assert {m["recipient"] for m in world.rows("mail")} == {account["email"]}


def test_eszett_is_not_double_s(world: World) -> None:
    world("register", "erika@straße.de", "--name", "Erika", code=0)
    world("register", "erika@strasse.de", "--name", "Erika", code=0)
    assert len(world.rows("account")) == 2


@pytest.mark.parametrize("address", ["erika", "erika@", "@example.com", "a b@example.com", "erika@localhost", "ä@ö.de"])
def test_a_malformed_address_is_refused(world: World, address: str) -> None:
    refused = world("register", address, "--name", "Erika", code=2)
    assert "error[bad_email]" in refused.err
    assert not world.rows("account")


@pytest.mark.parametrize("name", ["Erika\x1b[31m", "Erika\u202e", "Erika\x07"])
def test_a_name_with_control_characters_is_refused(world: World, name: str) -> None:
    refused = world("register", ERIKA, "--name", name)
    assert (refused.code, "error[bad_character]" in refused.err) == (2, True)
    assert not world.rows("account")


def test_without_a_name_and_a_terminal_the_option_is_named(world: World) -> None:
    assert "--name" in world("register", ERIKA, code=2).err
    assert "register EMAIL" in world("register", code=2).err


def test_an_unknown_chamber_is_refused(world: World) -> None:
    assert "error[unknown_chamber]" in world("register", ERIKA, "--name", "E", "--chamber", "999", code=5).err


@pytest.mark.parametrize("password", ["kurz", "passwordpassword", "Erika Muster Erika Muster", "x" * 129])
def test_a_weak_password_is_refused_and_nothing_written(world: World, password: str) -> None:
    refused = world("register", ERIKA, "--name", "Erika Muster", "--password-file", "-", stdin=password, code=5)
    assert "error[weak_password]" in refused.err
    assert password not in refused.err + refused.out
    assert not world.rows("account")


def test_an_operator_is_told_what_there_is(world: World) -> None:
    said = [world("register", ERIKA, "--name", "E", code=0).err]
    said.append(world("register", ERIKA, "--name", "E", code=0).err)
    world("confirm", world.token(), code=0)
    said.append(world("register", ERIKA, "--name", "E", code=0).err)
    assert "is registered" in said[0]
    assert "never confirmed" in said[1]
    assert "confirmed account already" in said[2]
    assert len(world.mails("confirm", ERIKA)) == 2
    assert not world.mails("already_registered")


def test_the_same_link_is_sent_again_while_it_is_good(world: World) -> None:
    world("register", ERIKA, "--name", "E", code=0)
    world.clock.advance(hours=20)
    world("register", ERIKA, "--name", "E", code=0)
    assert world.token(number=0) == world.token(number=1)
    world.clock.advance(hours=4)
    world("register", ERIKA, "--name", "E", code=0)
    assert world.token(number=2) != world.token(number=1)
    assert len(world.rows("account")) == 1


def masked(result: Any) -> tuple[int, str, dict[str, Any]]:
    """What an asker sees, but for the id of the run and the time it took."""
    shown = result.json()
    shown.update(run=bool(shown["run"]), seconds=0, email="")
    return result.code, result.err, shown


def test_others_get_one_answer_whatever_there_is(world: World) -> None:
    world.person(MAX)
    world.person("confirmed@example.com")
    world("register", "waiting@example.com", "--name", "W", code=0)
    answers, texts = [], []
    for address in ("new@example.com", "waiting@example.com", "confirmed@example.com"):
        asked = ("register", address, "--name", "Somebody Else")
        answers.append(masked(world(*asked, "--format", "json", as_=MAX)))
        texts.append(world(*asked, as_=MAX).err.replace(address, "ADDRESS"))
    assert answers[0] == answers[1] == answers[2]
    assert texts[0] == texts[1] == texts[2]
    assert answers[0][2]["created"] == answers[0][2]["unchanged"] == 0
    assert [len(world.mails("confirm", a)) for a in ("new@example.com", "waiting@example.com")] == [2, 3]
    (first, _second) = world.mails("already_registered", "confirmed@example.com")
    assert first["name"] == "Erika Muster"  # the owner's, not the stranger's


def test_others_cannot_flood_an_address(world: World) -> None:
    world.person(MAX)
    world.person(ERIKA)
    answers = [world("register", ERIKA, "--name", "S", as_=MAX, code=0).err for _ in range(6)]
    assert len(set(answers)) == 1
    assert len(world.mails("already_registered", ERIKA)) == 3
    world.clock.advance(seconds=15 * 60)
    world("register", ERIKA, "--name", "S", as_=MAX, code=0)
    assert len(world.mails("already_registered", ERIKA)) == 4


def test_a_stranger_cannot_plant_a_password(world: World) -> None:
    """They register the address first and wait for its owner to register and to confirm."""
    world("register", ERIKA, "--name", "Stranger", "--password-file", "-", stdin=OTHER, code=0)
    world("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD, code=0)
    confirmed = world("confirm", world.token(), code=0)
    assert "password reset" in confirmed.err
    assert world.account(ERIKA)["password_hash"] is None
    world("login", ERIKA, "--password-file", "-", stdin=OTHER, code=5)


def test_nor_by_registering_last(world: World) -> None:
    world("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD, code=0)
    world("register", ERIKA, "--name", "Stranger", "--password-file", "-", stdin=OTHER, code=0)
    for number in (0, 1):
        world("confirm", world.token(number=number), code=0)
    assert world.account(ERIKA)["password_hash"] is None


def test_nor_while_the_link_is_too_short_to_be_sent_again(world: World) -> None:
    world("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD, code=0)
    world.clock.advance(hours=23, seconds=1)
    world("register", ERIKA, "--name", "Stranger", "--password-file", "-", stdin=OTHER, code=0)
    world("confirm", world.token(), code=0)
    assert world.account(ERIKA)["password_hash"] is None


def test_registering_without_password_does_not_confirm_somebody_elses(world: World) -> None:
    world("register", ERIKA, "--name", "Stranger", "--password-file", "-", stdin=OTHER, code=0)
    world("register", ERIKA, "--name", "Erika", code=0)
    world("confirm", world.token(), code=0)
    assert world.account(ERIKA)["password_hash"] is None


@pytest.mark.parametrize("hours", [0, 23.5])
def test_the_same_password_again_goes_on_waiting(world: World, hours: float) -> None:
    for _ in range(2):
        world("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD, code=0)
        world.clock.advance(hours=hours)
    world("confirm", world.token(), code=0)
    world("login", ERIKA, "--password-file", "-", stdin=PASSWORD, code=0)


PEOPLE = """E-Mail;Vorname;Nachname;IHK
a@example.com;Ayşe;Yılmaz;177
b@example.com;Jörg;Müller-Lüdenscheidt;177
"""


def people(home: Path, text: str = PEOPLE) -> Path:
    path = home / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_many_from_a_file_and_the_repeat_is_unchanged(world: World) -> None:
    path = people(world.asta.asta.home)
    done = [world("register", "--from", path, "--format", "json", code=0).json() for _ in range(2)]
    assert [(d["rows"], d["created"], d["unchanged"]) for d in done] == [(2, 2, 0), (2, 0, 2)]
    assert [a["name"] for a in world.rows("account")] == ["Ayşe Yılmaz", "Jörg Müller-Lüdenscheidt"]


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    done = world("register", "--from", people(world.asta.asta.home), "--dry-run", "--format", "json", code=0).json()
    assert (done["created"], done["applied"], done["dry_run"], done["run"]) == (2, False, True, "")
    assert not world.rows("account")
    assert not world.rows("mail")


def test_one_bad_row_and_nothing_is_written(world: World) -> None:
    text = PEOPLE + "not-an-address;C;D;177\ne@example.com;;;177\nf@example.com;F;G;999\n"
    path = people(world.asta.asta.home, text)
    done = world("register", "--from", path, "--format", "json", code=3).json()
    assert [(p["where"], p["code"]) for p in done["problems"]] == [
        ("people.csv:4", "bad_email"),
        ("people.csv:5", "missing_value"),
        ("people.csv:6", "unknown_chamber"),
    ]
    assert not world.rows("account")
    rejects = world.asta.asta.home / "rejects.csv"
    done = world("register", "--from", path, "--keep-going", "--rejects", rejects, "--format", "json", code=3).json()
    assert (done["applied"], done["created"], done["rejected"]) == (True, 2, 3)
    assert "not-an-address" in rejects.read_text(encoding="utf-8-sig")


def test_two_spellings_in_one_file_are_one_account(world: World) -> None:
    text = "email,name\na@example.com,A\nA@EXAMPLE.com,B\nb@example.com,C\nb@example.com,C\n"
    done = world("register", "--from", people(world.asta.asta.home, text), "--format", "json", code=3).json()
    assert [(p["where"], p["code"], p["severity"]) for p in done["problems"]] == [
        ("people.csv:2", "conflict_in_file", "error"),
        ("people.csv:3", "conflict_in_file", "error"),
        ("people.csv:5", "duplicate_in_file", "warning"),
    ]


def test_a_password_for_many_is_wrong_usage(world: World) -> None:
    path = people(world.asta.asta.home)
    world("register", "--from", path, "--password-file", "-", stdin=PASSWORD, code=2)


def test_others_learn_nothing_from_a_file_either(world: World) -> None:
    world.person(MAX)
    world.person("a@example.com")
    path = people(world.asta.asta.home)
    shown = world("register", "--from", path, "--format", "json", as_=MAX, code=0).json()
    assert (shown["rows"], shown["created"], shown["unchanged"]) == (2, 0, 0)
    assert "Whoever of these people" in world("register", "--from", path, as_=MAX, code=0).err
    assert len(world.rows("account")) == 3
