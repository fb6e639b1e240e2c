from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from asta_cli.core.model import MailKind, MailState
from asta_cli.mail.compose import compose
from asta_cli.mail.deliver import TIMEOUT, transport
from asta_cli.mail.model import SENT, Delivery, Outcome, Outgoing
from asta_cli.mail.outbox import LEASE, MAX_AGE, Settlement, Tally, back_off, send_due, settlement, useless
from tests.mail.samples import LINK, QUEUED, SENDER, outgoing, token
from tests.mail.servers import HANG_UP, Script, scripted
from tests.support.smtp import MailServer

LATER = Delivery(Outcome.TEMPORARY, "451 recipient_refused")


@dataclass
class Box:
    """An outbox of plain values with the rules of the real one: a claim counts, and lapses unless it is settled."""

    waiting: list[Outgoing]
    settled: dict[int, Settlement] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    now: str = QUEUED

    def claim(self) -> Outgoing | None:
        message = next((m for m in self.waiting if m.id not in self.settled), None)
        if message is not None:
            self.attempts[message.id] = self.attempts.get(message.id, 0) + 1
        return message

    def settle(self, message: Outgoing, delivery: Delivery) -> None:
        self.settled[message.id] = settlement(message, delivery, attempts=self.attempts[message.id], now=self.now)

    def send(self, url: str, settle: Callable[[Outgoing, Delivery], None] | None = None) -> Tally:
        way = transport(url, timeout=2)
        return send_due(self.claim, settle or self.settle, way, written, now=lambda: self.now)


def written(message: Outgoing) -> EmailMessage:
    return compose(message, sender=SENDER, token=token, confirm_url=None, gettext=str)


def box(count: int = 3, kind: MailKind = MailKind.GRANTED) -> Box:
    return Box([outgoing(kind, id_=n, recipient=f"p{n}@firma.example") for n in range(1, count + 1)])


def at(delta: timedelta) -> str:
    return (datetime.fromisoformat(QUEUED) + delta).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_waiting_grows_and_then_stays() -> None:
    waits = [back_off(n) for n in range(1, 10)]
    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert waits[-1] == waits[-2] == timedelta(hours=2)
    assert back_off(0) == waits[0]


def test_settlements() -> None:
    message = outgoing(MailKind.GRANTED)
    assert settlement(message, SENT, attempts=1, now=QUEUED) == Settlement(MailState.SENT)
    never = Delivery(Outcome.PERMANENT, "550 recipient_refused")
    assert settlement(message, never, attempts=1, now=QUEUED) == Settlement(
        MailState.FAILED, error="550 recipient_refused"
    )
    assert settlement(message, LATER, attempts=2, now=QUEUED) == Settlement(
        MailState.QUEUED, at(timedelta(minutes=5)), "451 recipient_refused"
    )


@pytest.mark.parametrize(
    ("age", "attempts", "state"),
    [
        (MAX_AGE - timedelta(hours=2), 9, MailState.QUEUED),
        (MAX_AGE - timedelta(hours=2) + timedelta(seconds=1), 9, MailState.FAILED),
        (MAX_AGE * 2, 4, MailState.QUEUED),
        (MAX_AGE * 2, 5, MailState.FAILED),
    ],
)
def test_giving_up_needs_age_and_attempts(age: timedelta, attempts: int, state: MailState) -> None:
    assert settlement(outgoing(MailKind.GRANTED), LATER, attempts=attempts, now=at(age)).state is state


def test_a_mail_whose_link_will_have_expired_is_given_up() -> None:
    day = timedelta(days=1)
    message = outgoing(MailKind.CONFIRM)
    almost, over = at(day - timedelta(minutes=1, seconds=1)), at(day - timedelta(minutes=1))
    assert settlement(message, LATER, attempts=1, now=almost).state is MailState.QUEUED
    assert settlement(message, LATER, attempts=1, now=over).state is MailState.FAILED
    assert useless(message, str(LINK["expires_at"]))
    assert not useless(outgoing(MailKind.CONFIRM, link=None), at(day * 10))


def test_a_mail_whose_link_has_expired_is_not_sent(smtp: MailServer) -> None:
    one = box(1, MailKind.CONFIRM)
    one.now = at(timedelta(days=1))
    assert one.send(smtp.url) == Tally(failed=1)
    assert one.settled[1] == Settlement(MailState.FAILED, error="link_expired")
    assert smtp.mails == []


def test_everything_due_is_sent_once(smtp: MailServer) -> None:
    full = box(5)
    assert full.send(smtp.url) == Tally(sent=5)
    assert [mail.recipients for mail in smtp.mails] == [(f"p{n}@firma.example",) for n in range(1, 6)]
    assert full.send(smtp.url) == Tally()


def test_one_bad_recipient_does_not_hold_the_others(smtp: MailServer) -> None:
    smtp.refused = {"p2@firma.example"}
    full = box(3)
    assert full.send(smtp.url) == Tally(sent=2, failed=1)
    assert full.settled[2].error == "550 recipient_refused"


def test_one_unwritable_message_does_not_hold_the_others(smtp: MailServer) -> None:
    full = box(3)
    full.waiting[0] = outgoing(MailKind.GRANTED, id_=1, companies=None)
    assert full.send(smtp.url) == Tally(sent=2, failed=1)
    assert full.settled[1].error == "unwritable"


def test_a_server_in_trouble_is_left_alone_and_nothing_is_lost() -> None:
    full = box(5)
    with scripted({b"": [b"421 full\r\n"] * 9}) as script:
        assert full.send(script.url) == Tally(later=2, trouble="421 greeting_refused")
        assert script.connections == 2
    assert {settled.state for settled in full.settled.values()} == {MailState.QUEUED}
    assert sorted(full.settled) == [1, 2]


def test_a_message_that_breaks_the_connection_does_not_hold_the_others() -> None:
    full = box(3)
    with scripted({b".": [HANG_UP]}) as script:
        assert full.send(script.url) == Tally(sent=2, later=1)


def test_trouble_with_the_last_message_is_told() -> None:
    with scripted({b".": [HANG_UP]}) as script:
        assert box(1).send(script.url) == Tally(later=1, trouble="connection_lost")


@pytest.mark.parametrize("scheme", ["smtp", "dir"])
def test_a_crash_between_delivery_and_settling_makes_an_identical_repeat(scheme: str, tmp_path: Path) -> None:
    def crash(message: Outgoing, delivery: Delivery) -> None:
        raise KeyboardInterrupt

    full = box(2)
    with scripted() as script:
        url = script.url if scheme == "smtp" else f"dir://{tmp_path}"
        with pytest.raises(KeyboardInterrupt):
            full.send(url, crash)
        first = everything(script, tmp_path)
        assert full.send(url) == Tally(sent=2)
        again = everything(script, tmp_path)
    assert len(first) == 1
    assert again == [*first, first[0], again[-1]] if scheme == "smtp" else again[0] == first[0] and len(again) == 2


def everything(script: Script, directory: Path) -> list[bytes]:
    return [*script.texts, *(file.read_bytes() for file in sorted(directory.glob("*.eml")))]


def test_a_lease_outlasts_the_longest_delivery() -> None:
    assert timedelta(seconds=TIMEOUT * 10) < LEASE
