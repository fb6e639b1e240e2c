"""The doctor says what is wrong, what it cannot protect, and leaves with the worst of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office
from tests.support.smtp import MailServer


def examined(office: Office, code: int, **how: Any) -> dict[str, tuple[str, str]]:
    """State and message of each check; the worst one of several."""
    found: dict[str, tuple[str, str]] = {}
    for check in office("doctor", "--format", "json", code=code, **how).json()["checks"]:
        found[check["check"]] = (check["state"], check["message"])
    return found


def test_a_sound_installation(office: Office, smtp: MailServer) -> None:
    found = examined(office, 0, env={"ASTA_MAIL_URL": smtp.url})
    assert {name for name, (state, _) in found.items() if state not in ("ok", "note")} <= {"clock", "language"}
    assert "could do anything" in found["access"][1]
    assert ("SQLite" if office.store.path else "PostgreSQL") in found["database"][1]


def test_json_is_the_same_in_every_language(office: Office) -> None:
    german, english = (examined(office, 0, lang=lang) for lang in ("de", "en"))
    for found in (german, english):
        found.pop("clock", None)  # on a server it tells the time, which goes on in between
    assert german == english


def test_every_check_is_a_line(office: Office) -> None:
    lines = office("doctor", code=0).lines
    assert len(lines) == len(office("doctor", "--format", "json").json()["checks"])


def test_a_mail_server_that_is_not_there(office: Office) -> None:
    found = examined(office, 75, env={"ASTA_MAIL_URL": "smtp://127.0.0.1:1"})
    assert found["mail"] == ("error", "mails cannot be delivered now (connection_refused)")


@pytest.mark.parametrize(
    ("env", "check"),
    [
        ({"ASTA_MAIL_URL": "ftp://x"}, "mail"),
        ({"ASTA_SQLITE__JOURNAL": "sometimes"}, "settings"),
        ({"ASTA_DATABASE_URL": "mysql://x"}, "database"),
    ],
)
def test_a_wrong_setting(office: Office, env: dict[str, str], check: str) -> None:
    assert examined(office, 78, env=env)[check][0] == "error"


def test_a_database_that_cannot_be_reached_does_not_hide_the_rest(office: Office) -> None:
    found = examined(office, 75, env={"ASTA_DATABASE_URL": "postgresql://127.0.0.1:1/x?connect_timeout=2"})
    assert found["database"][0] == "error"
    assert found["mail"][0] == "ok"
    assert "key" not in found


def test_another_key(office: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_bytes(bytes(40))
    other.chmod(0o600)
    assert examined(office, 78, env={"ASTA_SECRET_KEY_FILE": str(other)})["key"][0] == "error"
    other.chmod(0o644)
    assert "open to other users" in examined(office, 78, env={"ASTA_SECRET_KEY_FILE": str(other)})["key"][1]


def test_what_waits_too_long_and_what_was_given_up(office: Office) -> None:
    then = office.clock.text()
    mail = {"kind": "confirm", "recipient": "a@x.example", "language": "de", "params": "{}", "queued_at": then}
    office.insert("mail", **mail, state="queued", due_at=then)
    assert examined(office, 0)["waiting"] == ("ok", "1 mails and 0 jobs wait, none for long")
    office.clock.advance(hours=2)
    assert examined(office, 0)["waiting"][0] == "warning"
    company = office.company("0001")
    office.insert("mail", **mail, state="failed", due_at=then)
    office.insert(
        "job",
        kind="transfer",
        company_id=company,
        state="queued",
        attempts=9,
        queued_at=then,
        due_at=office.clock.text(),
    )
    said = office("doctor", code=0).out
    for text in (
        "mails due for over an hour: 1",
        "mails that could not be delivered: 1",
        "jobs that fail again and again: 1",
    ):
        assert text in said
