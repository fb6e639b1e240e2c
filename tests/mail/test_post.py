"""The outbox of a real database to a real server: at least once, never lost, the same bytes each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asta_cli.core.keys import MacKey
from asta_cli.core.model import LinkPurpose, MailKind
from asta_cli.core.tokens import PURPOSE, make_link
from asta_cli.mail.outbox import LEASE
from asta_cli.run import Desk
from asta_cli.run.queues import claim_mail
from tests.mail.samples import PARAMS
from tests.support.office import Office
from tests.support.smtp import Behaviour, MailServer

SENDER = {"ASTA_MAIL__SENDER": "IHK Süd <asta@ihk.example>"}


def queue(
    office: Office, kind: MailKind = MailKind.PASSWORD_CHANGED, to: str = "ayse@firma.example", **more: Any
) -> int:
    now = office.clock.text()
    values = {"kind": kind.value, "recipient": to, "language": "de", "params": json.dumps(PARAMS[kind])}
    return office.insert("mail", **{**values, "state": "queued", "queued_at": now, "due_at": now, **more})


def send(office: Office, smtp: MailServer, code: int = 0, **how: Any) -> str:
    return office("mail", "send", "--once", env={"ASTA_MAIL_URL": smtp.url, **SENDER}, code=code, **how).err


def listed(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office("mail", "list", "--format", "json", code=0).json()
    return found


def test_what_is_due_is_sent_once(office: Office, smtp: MailServer) -> None:
    for kind in MailKind:
        queue(office, kind, f"{kind.value}@firma.example")
    assert f"{len(MailKind)} mails sent" in send(office, smtp)
    assert len(smtp.mails) == len(MailKind)
    assert {(m["state"], m["attempts"], m["error"]) for m in listed(office)} == {("sent", 1, "")}
    assert listed(office)[0]["sent_at"] == office.clock.text()
    assert send(office, smtp) == ""
    assert len(smtp.mails) == len(MailKind)


def test_a_mail_speaks_the_language_of_its_reader(office: Office, smtp: MailServer) -> None:
    queue(office, to="a@firma.example")
    queue(office, to="b@firma.example", language="en")
    send(office, smtp, lang="en")
    german, english = (smtp.to(to)[0].message for to in ("a@firma.example", "b@firma.example"))
    assert (german["Content-Language"], english["Content-Language"]) == ("de", "en")
    assert german["Subject"] != english["Subject"]


def test_the_token_is_made_when_the_mail_is_sent_and_is_nowhere_else(office: Office, smtp: MailServer) -> None:
    queue(office, MailKind.CONFIRM)
    send(office, smtp)
    link = PARAMS[MailKind.CONFIRM]["link"]
    key = MacKey(office.keys.id, office.keys.subkey(PURPOSE))
    token = make_link(key, LinkPurpose.CONFIRM, link["id"], link["account"], link["expires_at"])
    assert f"asta confirm {token}" in smtp.mails[0].text.splitlines()
    assert token not in repr(office.dump())


def test_a_server_that_takes_a_mail_and_dies_gets_the_same_again(office: Office, smtp: MailServer) -> None:
    queue(office, MailKind.CONFIRM)
    smtp.behaviour = Behaviour.DROP
    assert "error[mail_unreachable]" in send(office, smtp, code=75)
    (mail,) = listed(office)
    assert (mail["state"], mail["attempts"], mail["error"]) == ("queued", 1, "connection_lost")
    smtp.behaviour = Behaviour.ACCEPT
    assert send(office, smtp) == ""  # its time has not come
    office.clock.advance(seconds=60)
    send(office, smtp)
    first, second = smtp.mails
    assert first.message.as_bytes() == second.message.as_bytes()
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert listed(office)[0]["state"] == "sent"


def test_a_server_that_is_not_there_costs_no_mail(office: Office, smtp: MailServer) -> None:
    for number in range(5):
        queue(office, to=f"a{number}@firma.example")
    url = {"ASTA_MAIL_URL": "smtp://127.0.0.1:1"}
    failed = office("mail", "send", "--once", env=url, code=75)
    assert "connection_refused" in failed.err
    assert {m["state"] for m in listed(office)} == {"queued"}
    assert sum(m["attempts"] for m in listed(office)) == 2  # the others are spared the trouble
    office.clock.advance(seconds=60)
    send(office, smtp)
    assert len(smtp.mails) == 5


def test_a_refused_recipient_is_told_and_the_others_get_theirs(office: Office, smtp: MailServer) -> None:
    smtp.refused.add("gone@firma.example")
    queue(office, to="gone@firma.example")
    queue(office)
    told = office("-q", "mail", "send", "--once", env={"ASTA_MAIL_URL": smtp.url}, code=0)
    assert "one mail can never be delivered" in told.err
    assert [(m["state"], m["error"]) for m in listed(office)] == [("failed", "550 recipient_refused"), ("sent", "")]
    assert office("mail", "list", "--state", "failed", "--format", "count").lines == ["1"]


def test_a_recipient_put_off_is_tried_again(office: Office, smtp: MailServer) -> None:
    smtp.behaviour = Behaviour.DEFER
    queue(office)
    assert "one mail put off" in send(office, smtp)
    smtp.behaviour = Behaviour.ACCEPT
    office.clock.advance(seconds=60)
    send(office, smtp)
    assert [(m["state"], m["attempts"], m["error"]) for m in listed(office)] == [("sent", 2, "")]


def test_a_link_that_is_over_is_not_sent_any_more(office: Office, smtp: MailServer) -> None:
    queue(office, MailKind.CONFIRM)
    office.clock.advance(days=2)
    send(office, smtp)
    assert smtp.mails == []
    assert [(m["state"], m["error"]) for m in listed(office)] == [("failed", "link_expired")]


def test_a_claim_whose_owner_died_lapses(office: Office, smtp: MailServer) -> None:
    queue(office)
    desk = Desk(office.store, _operator(), office.clock.text, lambda: office.keys)
    assert claim_mail(desk, int(LEASE.total_seconds())) is not None
    send(office, smtp)
    assert smtp.mails == []
    office.clock.advance(seconds=LEASE.total_seconds())
    send(office, smtp)
    assert [(m["state"], m["attempts"]) for m in listed(office)] == [("sent", 2)]


def test_without_a_server_mails_are_files(office: Office, tmp_path: Path) -> None:
    queue(office)
    where = tmp_path / "mails"
    office("mail", "send", "--once", env={"ASTA_MAIL_URL": f"dir://{where}"}, code=0)
    (file,) = where.iterdir()
    assert (where.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert file.name == f"{listed(office)[0]['id']}.eml"


@pytest.mark.parametrize(
    "env",
    [
        {"ASTA_MAIL_URL": "ftp://x"},
        {"ASTA_MAIL__SENDER": "nobody"},
        {"ASTA_PORTAL__CONFIRM_URL": "javascript:alert(1)"},
    ],
)
def test_a_wrong_setting_is_told_before_any_mail_is_touched(office: Office, env: dict[str, str]) -> None:
    queue(office)
    office("mail", "send", "--once", env=env, code=78)
    assert listed(office)[0]["attempts"] == 0


def test_only_operators_send_and_look(office: Office, smtp: MailServer) -> None:
    queue(office)
    office.person("a@x.example")
    send(office, smtp, code=77, as_="a@x.example")
    assert smtp.mails == []
    assert office("mail", "list", "--format", "json", as_="a@x.example", code=0).json() == []


def _operator() -> Any:
    from asta_cli.core.policy import Asker

    return Asker.at_desk("root")


def test_what_is_no_longer_true_is_not_told(office: Office, smtp: MailServer) -> None:
    for ident in ("0001", "0002", "0003"):
        office.company(ident)
    office.person("ayse@firma.example")
    give = ("perms", "grant", "--role", "manager", "--reason", "r")
    for email, idents in (("ayse@firma.example", ("0001", "0002")), ("neu@firma.example", ("0003",))):
        rows = "".join(f"{email};{ident}\n" for ident in idents)
        office(*give, "--from", "-", "--input-format", "csv", stdin=f"email;company\n{rows}", code=0)
    for email, ident in (("ayse@firma.example", "0002"), ("neu@firma.example", "0003")):
        office("perms", "revoke", email, "--company", ident, "--reason", "r", code=0)
    assert "one mail sent" in send(office, smtp)
    (mail,) = smtp.to("ayse@firma.example")
    text = mail.message.as_string()
    assert "0001" in text
    assert "0002" not in text
    assert smtp.to("neu@firma.example") == []
    assert [(m["to"], m["state"], m["error"]) for m in listed(office)] == [
        ("ayse@firma.example", "sent", ""),
        ("neu@firma.example", "dropped", "no_longer_true"),
    ]
    assert send(office, smtp) == ""


def test_a_permission_that_expired_while_the_mail_waited_is_not_told(office: Office, smtp: MailServer) -> None:
    office.company("0001")
    give = ("perms", "grant", "ayse@firma.example", "--company", "0001", "--role", "manager", "--reason", "r")
    office(*give, "--for", "1d", code=0)
    office.clock.advance(days=2)
    assert send(office, smtp) == ""
    assert [m["state"] for m in listed(office)] == ["dropped"]


def test_a_service_closed_again_is_not_announced(office: Office, smtp: MailServer) -> None:
    office.person("ayse@firma.example")
    office.holds("ayse@firma.example", office.company("0001"))
    for state in ("available", "unavailable"):
        office("services", "set-state", "exam-registration", state, code=0)
    assert send(office, smtp) == ""
    assert [(m["kind"], m["state"], m["error"]) for m in listed(office)] == [
        ("service_released", "dropped", "no_longer_true")
    ]
    office("services", "set-state", "exam-registration", "available", code=0)
    assert "one mail sent" in send(office, smtp)
