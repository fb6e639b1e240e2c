"""The mail server of the tests does what the mail tests rely on."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest

from tests.support.smtp import Behaviour, MailServer


def _mail(to: str = "empfaenger@firma.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kammer@ihk.example", to, "Prüfung"
    mail.set_content("Grüße aus Köln\n")
    return mail


def _send(smtp: MailServer, mail: EmailMessage, patience: float = 5.0) -> None:
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=patience) as client:
        client.send_message(mail)


def test_it_keeps_what_it_accepts(smtp: MailServer) -> None:
    _send(smtp, _mail())
    (delivery,) = smtp.to("empfaenger@firma.example")
    assert (delivery.sender, delivery.message["Subject"]) == ("kammer@ihk.example", "Prüfung")
    assert delivery.text == "Grüße aus Köln\n"


@pytest.mark.parametrize(("behaviour", "status"), [(Behaviour.REFUSE, 550), (Behaviour.DEFER, 451)])
def test_it_turns_recipients_away(smtp: MailServer, behaviour: Behaviour, status: int) -> None:
    smtp.behaviour = behaviour
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        _send(smtp, _mail())
    assert refusal.value.recipients["empfaenger@firma.example"][0] == status
    assert smtp.mails == []


def test_it_refuses_one_address_only(smtp: MailServer) -> None:
    smtp.refused.add("weg@firma.example")
    _send(smtp, _mail("da@firma.example"))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        _send(smtp, _mail("weg@firma.example"))
    assert [delivery.recipients for delivery in smtp.mails] == [("da@firma.example",)]


def test_it_stalls(smtp: MailServer) -> None:
    smtp.behaviour = Behaviour.STALL
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        _send(smtp, _mail(), patience=0.5)
    assert smtp.mails == []


def test_it_hangs_up_after_taking_the_mail(smtp: MailServer) -> None:
    smtp.behaviour = Behaviour.DROP
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(smtp, _mail())
    assert len(smtp.mails) == 1
