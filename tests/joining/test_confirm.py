from __future__ import annotations

import pytest

from asta_cli.core import timeline
from tests.joining.world import ERIKA, MAX, PASSWORD, World

DAY = 24 * 3600


@pytest.fixture
def waiting(world: World) -> World:
    """Erika has registered, with a password."""
    world("register", ERIKA, "--name", "Erika Muster", "--password-file", "-", stdin=PASSWORD, code=0)
    return world


def test_confirming_makes_the_account_usable(waiting: World) -> None:
    done = waiting("confirm", waiting.token(), "--format", "json", code=0).json()
    assert (done["updated"], done["unchanged"], done["email"]) == (1, 0, ERIKA)
    account = waiting.account(ERIKA)
    assert (account["state"], account["confirmed_at"]) == ("confirmed", waiting.clock.text())
    assert not waiting.rows("session")  # it never signs in
    (entry,) = [e for e in waiting.rows("run") if e["command"] == "confirm"]
    assert entry["principal"] == ERIKA


def test_from_standard_input_with_the_line_broken_in_two(waiting: World) -> None:
    token = waiting.token()
    waiting("confirm", "-", stdin=f"  {token[:20]} {token[20:].upper()}\n", code=0)
    assert waiting.account(ERIKA)["state"] == "confirmed"


@pytest.mark.parametrize("hours", [0, 25, 10 * 365 * 24])
def test_again_is_kind(waiting: World, hours: int) -> None:
    """Mail scanners open links first."""
    token = waiting.token()
    waiting("confirm", token, code=0)
    before = waiting.rows("account")
    waiting.clock.advance(hours=hours)
    again = waiting("confirm", token, "--format", "json", code=0)
    assert (again.json()["updated"], again.json()["unchanged"]) == (0, 1)
    assert "already" in waiting("confirm", token, code=0).err
    assert waiting.rows("account") == before


def test_an_older_unused_link_is_kind_too(waiting: World) -> None:
    waiting.clock.advance(hours=23, seconds=1)
    waiting("confirm", "--resend", ERIKA, code=0)
    assert waiting.token(number=0) != waiting.token(number=1)
    waiting("confirm", waiting.token(number=1), code=0)
    assert "already" in waiting("confirm", waiting.token(number=0), code=0).err


@pytest.mark.parametrize(("seconds", "code"), [(DAY - 1, 0), (DAY, 5), (DAY + 1, 5), (-3600, 0), (10 * 365 * DAY, 5)])
def test_a_link_is_good_for_a_day_to_the_second(waiting: World, seconds: int, code: int) -> None:
    waiting.clock.advance(seconds=seconds)
    done = waiting("confirm", waiting.token(), code=code)
    assert (waiting.account(ERIKA)["state"] == "confirmed") is (code == 0)
    if code:
        assert "error[expired]" in done.err
        assert f"asta confirm --resend {ERIKA}" in done.err


def test_a_resent_link_works_and_keeps_the_password(waiting: World) -> None:
    waiting.clock.advance(seconds=DAY)
    waiting("confirm", "--resend", ERIKA, code=0)
    waiting("confirm", waiting.token(), code=0)
    waiting("login", ERIKA, "--password-file", "-", stdin=PASSWORD, code=0)


def altered(token: str) -> str:
    return token[:-1] + ("0" if token[-1] != "0" else "1")


def test_altered_foreign_and_mistaken_tokens_are_refused(waiting: World) -> None:
    waiting.person(MAX, None)
    waiting("password", "reset", MAX, code=0)
    reset = waiting.token("password_reset", MAX)
    for token, code in [
        (altered(waiting.token()), "foreign_token"),
        (reset, "foreign_token"),
        ("0" * 48, "foreign_token"),
        (waiting.token()[:-1], "bad_token"),
        ("x", "bad_token"),
        ("\x1b[2J", "bad_token"),
    ]:
        refused = waiting("confirm", token, "--format", "json", code=5)
        assert [p["code"] for p in refused.json()["problems"]] == [code]
        assert token not in refused.out + refused.err
    assert waiting.account(ERIKA)["state"] == "unconfirmed"


@pytest.mark.parametrize("state", ["locked", "disabled"])
def test_it_revives_nobody(waiting: World, state: str) -> None:
    from asta_cli.store import tables as t

    with waiting.store.write() as tx:
        tx.execute(t.account.update(), {"state": state})
    assert "error[account_blocked]" in waiting("confirm", waiting.token(), code=5).err
    assert waiting.account(ERIKA)["state"] == state


def test_waiting_grants_come_into_force(world: World) -> None:
    world.company()
    grant = ("perms", "grant", ERIKA, "--company", "0001234", "--role", "manager", "--reason", "new")
    world(*grant, code=0)
    check = ("perms", "check", ERIKA, "trainees.view", "0001234")
    world("register", ERIKA, "--name", "Erika", code=0)
    world(*check, code=1)
    world("confirm", world.token(), code=0)
    world(*check, code=0)


def test_wrong_usage(world: World) -> None:
    assert "confirm TOKEN" in world("confirm", code=2).err
    world("confirm", "0" * 48, "--resend", ERIKA, code=2)


def test_an_operator_learns_what_a_resend_found(waiting: World) -> None:
    assert "on its way" in waiting("confirm", "--resend", ERIKA, code=0).err
    assert "error[unknown_account]" in waiting("confirm", "--resend", MAX, code=5).err
    waiting("confirm", waiting.token(), code=0)
    assert "confirmed already" in waiting("confirm", "--resend", ERIKA, code=0).err
    assert len(waiting.mails("confirm", ERIKA)) == 2


def test_others_learn_nothing_from_a_resend(waiting: World) -> None:
    waiting.person(MAX, None)
    said = [
        waiting("confirm", "--resend", address, as_=MAX, code=0).err.replace(address, "ADDRESS")
        for address in (ERIKA, MAX, "nobody@example.com")
    ]
    assert len(set(said)) == 1
    assert len(waiting.mails("confirm", ERIKA)) == 2
    for _ in range(5):
        waiting("confirm", "--resend", ERIKA, as_=MAX, code=0)
    assert len(waiting.mails("confirm", ERIKA)) == 3  # enough for a quarter of an hour


def test_the_mail_says_how(waiting: World) -> None:
    """The token that the mail carries is the one that confirms."""
    from asta_cli.core.model import MailKind
    from asta_cli.mail.compose import compose
    from asta_cli.mail.model import LinkRef, Outgoing

    (mail,) = waiting.rows("mail")
    key, params = waiting.key("link token"), waiting.mails("confirm")[0]

    def token(link: LinkRef) -> str:
        from asta_cli.core.tokens import make_link

        return make_link(key, link.purpose, link.id, link.account, link.expires_at)

    outgoing = Outgoing(mail["id"], MailKind.CONFIRM, mail["recipient"], "en", params, mail["queued_at"])
    text = compose(outgoing, sender="a@b.example", token=token, confirm_url=None, gettext=str).get_content()
    (line,) = [line for line in text.splitlines() if line.strip().startswith("asta confirm 0")]
    waiting(*line.split()[1:], code=0)
    assert timeline.plus(waiting.clock.text(), DAY) == params["link"]["expires_at"]
