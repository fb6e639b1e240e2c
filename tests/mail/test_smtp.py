from __future__ import annotations

import socket
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from asta_cli.core.model import MailKind
from asta_cli.mail.compose import compose
from asta_cli.mail.deliver import transport
from asta_cli.mail.model import SENT, Delivery, Outcome
from asta_cli.mail.smtp import wire
from tests.mail.samples import MUELLER, SENDER, outgoing, token
from tests.mail.servers import DRIP, HANG_UP, STALL, guarded, only_asta, scripted, trusting
from tests.support.smtp import Behaviour, MailServer


def mail(kind: MailKind = MailKind.GRANTED, id_: int = 42, **changes: Any) -> EmailMessage:
    return compose(outgoing(kind, id_=id_, **changes), sender=SENDER, token=token, confirm_url=None, gettext=str)


def later(reason: str, *, server: bool = True) -> Delivery:
    return Delivery(Outcome.TEMPORARY, reason, server)


def attempt(url: str, *, timeout: float = 5.0) -> Delivery:
    with transport(url, timeout=timeout) as way:
        return way.deliver(mail())


def test_a_message_arrives_whole(smtp: MailServer) -> None:
    assert attempt(smtp.url) == SENT
    (arrived,) = smtp.mails
    assert (arrived.sender, arrived.recipients) == ("asta@ihk.example", ("Ayse@firma.example",))
    assert arrived.message["Message-ID"] == mail()["Message-ID"]
    assert arrived.text == mail().get_content()
    assert "Müller-Lüdenscheidt" in arrived.text


def test_the_wire_form_is_seven_bit_and_short_of_line() -> None:
    names = [{**MUELLER, "name": name, "role": "manager"} for name in ("Ä" * 300, ".", "From here", "=3D")]
    sent = wire(mail(companies=names))
    assert sent.isascii()
    assert all(len(line) <= 78 for line in sent.split(b"\r\n"))
    assert b"\n" not in sent.replace(b"\r\n", b"")
    read = message_from_bytes(sent, policy=policy.default)
    assert read.get_content().splitlines() == mail(companies=names).get_content().splitlines()
    assert [name for name, _ in read.items()] == [name for name, _ in mail().items()]


def test_the_confirmation_command_is_readable_on_the_wire() -> None:
    lines = wire(mail(MailKind.CONFIRM)).split(b"\r\n")
    assert any(line.startswith(b"asta confirm ") and not line.endswith(b"=") for line in lines)


def test_one_connection_serves_a_run() -> None:
    with scripted() as script, transport(script.url, timeout=5) as way:
        assert [way.deliver(mail(id_=n)) for n in range(3)] == [SENT] * 3
        assert script.connections == 1
    assert script.log[-1] == b"quit"


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour.REFUSE, Delivery(Outcome.PERMANENT, "550 recipient_refused")),
        (Behaviour.DEFER, later("451 recipient_refused", server=False)),
        (Behaviour.DROP, later("connection_lost")),
        (Behaviour.STALL, later("timed_out")),
    ],
)
def test_what_the_server_does_decides(smtp: MailServer, behaviour: Behaviour, expected: Delivery) -> None:
    smtp.behaviour = behaviour
    with transport(smtp.url, timeout=0.5) as way:
        assert way.deliver(mail()) == expected
        smtp.behaviour = Behaviour.ACCEPT
        assert way.deliver(mail()) == SENT


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        (b"", b"421 full\r\n", later("421 greeting_refused")),
        (b"", b"554 no\r\n", later("554 greeting_refused")),
        (b"", HANG_UP, later("connection_lost")),
        (b"", STALL, later("timed_out")),
        (b"", b"HTTP/1.1 400\r\n", later("protocol_broken")),
        (b"", b"220 " + b"x" * 9000 + b"\r\n", later("protocol_broken")),
        (b"EHLO", b"421 bye\r\n", later("connection_lost")),
        (b"EHLO", b"500 what\r\n", later("500 hello_refused")),
        (b"MAIL", b"421 bye\r\n", later("421 sender_refused")),
        (b"MAIL", b"451 later\r\n", later("451 sender_refused")),
        (b"MAIL", b"530 sign in\r\n", later("530 sender_refused")),
        (b"MAIL", b"550 not you\r\n", later("550 sender_refused")),
        (b"MAIL", b"552 too big\r\n", Delivery(Outcome.PERMANENT, "552 sender_refused")),
        (b"RCPT", b"421 bye\r\n", later("421 recipient_refused")),
        (b"RCPT", b"450 later\r\n", later("450 recipient_refused", server=False)),
        (b"RCPT", b"530 sign in\r\n", later("530 recipient_refused")),
        (b"RCPT", b"550 unknown\r\n", Delivery(Outcome.PERMANENT, "550 recipient_refused")),
        (b"RCPT", b"250-\r\n250-", later("timed_out")),
        (b"DATA", b"451 later\r\n", later("451 message_refused", server=False)),
        (b"DATA", b"554 no\r\n", Delivery(Outcome.PERMANENT, "554 message_refused")),
        (b"DATA", HANG_UP, later("connection_lost")),
        (b"DATA", b"garbage\r\n", later("protocol_broken")),
        (b".", b"421 bye\r\n", later("421 message_refused")),
        (b".", b"452 full\r\n", later("452 message_refused", server=False)),
        (b".", b"550 spam\r\n", Delivery(Outcome.PERMANENT, "550 message_refused")),
        (b".", b"2", later("timed_out")),
        (b".", HANG_UP, later("connection_lost")),
        (b".", STALL, later("timed_out")),
        (b".", b"250 " + b"x" * 9000 + b"\r\n", later("protocol_broken")),
    ],
)
def test_every_answer_has_its_meaning(command: bytes, answer: bytes, expected: Delivery) -> None:
    with scripted({command: [answer]}) as script, transport(script.url, timeout=0.5) as way:
        assert way.deliver(mail()) == expected
        script.answers.clear()
        assert way.deliver(mail(id_=43)) == SENT, "the next message is not affected"


def test_a_yes_that_got_lost_makes_an_identical_repeat() -> None:
    with scripted({b".": [HANG_UP]}) as script, transport(script.url, timeout=5) as way:
        assert way.deliver(mail()) == later("connection_lost")
        assert way.deliver(mail()) == SENT
    first, second = script.texts
    assert first == second


def test_a_server_that_dies_after_its_yes_costs_nothing() -> None:
    with scripted({b"RSET": [HANG_UP]}) as script, transport(script.url, timeout=5) as way:
        assert way.deliver(mail()) == SENT
        assert way.deliver(mail(id_=43)) == SENT
    assert script.connections == 2
    assert len(script.texts) == 2


def test_a_server_that_never_stops_talking_is_left() -> None:
    began = time.monotonic()
    with scripted({b"RCPT": [DRIP]}) as script:
        assert attempt(script.url, timeout=0.2) == later("timed_out")
    assert time.monotonic() - began < 5


def test_a_stall_while_parting_does_not_hold_the_run() -> None:
    began = time.monotonic()
    with scripted({b"QUIT": [STALL]}) as script:
        assert attempt(script.url, timeout=0.3) == SENT
    assert time.monotonic() - began < 5


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert attempt(f"smtp://127.0.0.1:{port}") == later("connection_refused")
    assert attempt("smtp://no-such-host.invalid") == later("host_unknown")


def test_an_interrupt_in_the_middle_leaves_no_half_message() -> None:
    with scripted() as script:
        with transport(script.url, timeout=5) as way:
            assert way.deliver(mail()) == SENT
            with pytest.raises(KeyboardInterrupt):
                way.deliver(Interrupting(mail()))  # type: ignore[arg-type]
            assert way.deliver(mail(id_=43)) == SENT
        assert script.connections == 2, "what was begun there is not gone on with"
    assert len(script.texts) == 2


class Interrupting:
    """A message that Ctrl-C hits while it is being written."""

    def __init__(self, message: EmailMessage) -> None:
        self._message = message

    def __getitem__(self, name: str) -> object:
        if name == "To":
            raise KeyboardInterrupt
        return self._message[name]

    def __deepcopy__(self, memo: object) -> EmailMessage:
        return self._message

    def get_content(self) -> object:
        return self._message.get_content()


def test_starttls_protects_the_message() -> None:
    with guarded(require_starttls=True) as server:
        with transport(f"smtp+starttls://localhost:{server.port}", timeout=5, tls=trusting()) as way:
            assert [way.deliver(mail()), way.deliver(mail(id_=43))] == [SENT, SENT]
        assert len(server.mails) == 2


def test_tls_from_the_start() -> None:
    with guarded(smtps=True) as server:
        with transport(f"smtps://localhost:{server.port}", timeout=5, tls=trusting()) as way:
            assert way.deliver(mail()) == SENT
        assert len(server.mails) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize(
    ("host", "trusted"), [("localhost", False), ("127.0.0.1", True)], ids=["unknown", "other name"]
)
def test_a_certificate_that_proves_nothing_is_refused(scheme: str, host: str, trusted: bool) -> None:
    with guarded(smtps=scheme == "smtps") as server:
        tls = trusting() if trusted else None
        with transport(f"{scheme}://{host}:{server.port}", timeout=5, tls=tls) as way:
            assert [way.deliver(mail()), way.deliver(mail())] == [later("tls_certificate")] * 2
        assert server.mails == []


def test_tls_with_a_server_that_has_none() -> None:
    with scripted() as script:
        assert attempt(f"smtps://localhost:{script.port}", timeout=0.5).reason in {"tls_failed", "timed_out"}


def test_without_starttls_nothing_is_ever_sent() -> None:
    with scripted() as script, transport(f"smtp+starttls://127.0.0.1:{script.port}", timeout=5) as way:
        assert [way.deliver(mail()), way.deliver(mail())] == [later("starttls_missing")] * 2
    assert not any(line.upper().startswith((b"MAIL", b"AUTH")) for line in script.log)


def test_what_came_before_tls_is_forgotten() -> None:
    offer = b"250-script\r\n250 STARTTLS\r\n"
    injected = b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"
    with scripted({b"EHLO": [offer], b"STARTTLS": [injected]}) as script:
        way = transport(f"smtp+starttls://asta:s3cret@localhost:{script.port}", timeout=2, tls=trusting())
        with way:
            assert way.deliver(mail()) == later("login_missing")
    assert script.log.count(b"STARTTLS") == 1
    assert not any(line.upper().startswith(b"AUTH") for line in script.log)


def signing_in(server: MailServer, password: str) -> Delivery:
    with transport(f"smtp+starttls://asta:{password}@localhost:{server.port}", timeout=5, tls=trusting()) as way:
        way.deliver(mail())
        return way.deliver(mail())


def test_signing_in() -> None:
    with guarded(authenticator=only_asta, auth_required=True) as server:
        assert signing_in(server, "s3cr%2Fet%231") == SENT
        assert len(server.mails) == 2


def test_a_wrong_password_costs_no_message() -> None:
    with guarded(authenticator=only_asta) as server:
        assert signing_in(server, "wrong") == later("535 login_refused")
        assert server.mails == [], "a connection that failed to sign in is not used"


def test_a_server_without_sign_in() -> None:
    with scripted() as script:
        assert attempt(f"smtp://asta:s3cret@127.0.0.1:{script.port}") == later("login_missing")
    with scripted({b"EHLO": [b"250-script\r\n250 AUTH GSSAPI\r\n"]}) as script:
        assert attempt(f"smtp://asta:s3cret@127.0.0.1:{script.port}") == later("login_missing")
    with scripted({b"EHLO": [b"250-script\r\n250 AUTH PLAIN\r\n"], b"AUTH": [HANG_UP]}) as script:
        assert attempt(f"smtp://asta:s3cret@127.0.0.1:{script.port}") == later("connection_lost")
