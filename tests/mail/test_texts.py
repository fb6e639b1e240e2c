from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from asta_cli.core.model import MailKind
from asta_cli.mail.compose import compose
from asta_cli.mail.model import Gettext
from tests.mail.samples import SENDER, outgoing, token

Speaks = Callable[[str], Gettext]

# Per kind: the subject, then what the text must say, in English and in German.
SAYS: dict[MailKind, tuple[list[str], list[str]]] = {
    MailKind.CONFIRM: (
        ["Please confirm your e-mail address", "24 hours", "2026-11-24, 22:00 (CET)", "did not register"],
        ["Bitte bestätigen Sie Ihre E-Mail-Adresse", "24 Stunden", "24.11.2026, 22:00 Uhr (MEZ)", "nicht registriert"],
    ),
    MailKind.ALREADY_REGISTERED: (
        ["You already have an account", "Good day Ayşe Yılmaz,", "asta login Ayse@firma.example"],
        ["Sie haben bereits ein Konto", "Guten Tag Ayşe Yılmaz,", "asta login Ayse@firma.example"],
    ),
    MailKind.PASSWORD_RESET: (
        ["Choose a new password", "asta password set Ayse@firma.example --token-file", "2026-11-24, 22:00 (CET)"],
        ["Neues Passwort wählen", "asta password set Ayse@firma.example --token-file", "24.11.2026, 22:00 Uhr (MEZ)"],
    ),
    MailKind.PASSWORD_CHANGED: (
        ["Your password was changed", "2026-11-23, 22:00 (CET)", "asta password reset Ayse@firma.example"],
        ["Ihr Passwort wurde geändert", "23.11.2026, 22:00 Uhr (MEZ)", "asta password reset Ayse@firma.example"],
    ),
    MailKind.COMPANY_ACTIVATED: (
        ["Your company was activated", "Müller-Lüdenscheidt", "Ayşe Yılmaz <ayse@firma.example>", "2026-11-23, 22:00"],
        ["Ihr Ausbildungsbetrieb wurde aktiviert", "Müller-Lüdenscheidt", "<ayse@firma.example>", "23.11.2026, 22:00"],
    ),
    MailKind.GRANTED: (
        ["You have new permissions", "ident number 0004711", "Administrator, until 2027-07-31", "Contract applicant"],
        [
            "Sie haben neue Berechtigungen",
            "Identnummer 0004711",
            "Administrator, bis 31.07.2027",
            "Verwalter, ab 01.02.",
        ],
    ),
    MailKind.INVITED: (
        [
            "You are invited to the ASTA-Infocenter",
            "Trainer",
            '--name "First Last"',
            "until 2026-12-14,",
            "Your IHK Süd",
        ],
        ["Einladung in das ASTA-Infocenter", "Ausbilder", '--name "Vorname Nachname"', "14.12.2026", "Ihre IHK Süd"],
    ),
    MailKind.EXPIRING: (
        [
            "Permissions end soon",
            "sean@firma.example:",
            "Manager, until 2026-12-06",
            "renew --expiring 14d --until DAY",
        ],
        ["Berechtigungen enden bald", "sean@firma.example:", "bis 06.12.2026", "renew --expiring 14d --until TAG"],
    ),
    MailKind.SERVICE_RELEASED: (
        [
            "A new service for your companies",
            "online exam registration",
            "activate exam-registration --company IDENT_N",
        ],
        ["Ein neuer Dienst für Ihre Ausbildungsbetriebe", "Online-Prüfungsanmeldung", "--company IDENTNUMMER"],
    ),
    MailKind.OPERATOR_ADDED: (
        ["You are an operator now", "it@ihk.example", "chamber 177", "the log then names you both"],
        ["Sie gehören jetzt zur Sachbearbeitung", "it@ihk.example", "Kammer 177", "Protokoll"],
    ),
    MailKind.OPERATOR_REMOVED: (
        ["You are no longer an operator", "all chambers", "Service tokens that you had made have ended"],
        ["Sie gehören nicht mehr zur Sachbearbeitung", "it@ihk.example", "alle Kammern"],
    ),
    MailKind.TOKEN_CREATED: (
        [
            "A service token was made for your account",
            "2027-07-31",
            "asta import snapshot",
            "asta tokens revoke nightly",
        ],
        ["Für Ihr Konto wurde ein Zugangstoken erstellt", "31.07.2027", "asta tokens revoke nightly"],
    ),
    MailKind.ACCOUNT_LOCKED: (
        ["Your account was locked", "Good day Ayşe Yılmaz,", "hold again as soon as", "ausbildung@ihk.example"],
        ["Ihr Konto wurde gesperrt", "Guten Tag Ayşe Yılmaz,", "gelten wieder, sobald", "Ihre IHK Süd"],
    ),
    MailKind.ACCOUNT_UNLOCKED: (
        ["Your account can be used again", "asta login Ayse@firma.example"],
        ["Ihr Konto kann wieder benutzt werden", "asta login Ayse@firma.example"],
    ),
    MailKind.ACCOUNT_DISABLED: (
        ["Your account was closed", "It can no longer be used"],
        ["Ihr Konto wurde geschlossen", "Es kann nicht mehr benutzt werden"],
    ),
    MailKind.EMAIL_CHANGE: (
        ["Please confirm your new e-mail address", "Good day, ", "ayse@firma.example", "asta confirm email7x11"],
        ["Bitte bestätigen Sie Ihre neue E-Mail-Adresse", "ayse@firma.example", "asta confirm email7x11"],
    ),
    MailKind.EMAIL_CHANGE_ASKED: (
        ["Your account is to have another e-mail address", "- Ayse.Yilmaz@firma.example", "asta password reset"],
        ["Ihr Konto soll eine andere E-Mail-Adresse bekommen", "- Ayse.Yilmaz@firma.example", "asta password reset"],
    ),
    MailKind.EMAIL_CHANGED: (
        ["Your account has another e-mail address", "- Ayse.Yilmaz@firma.example", "ayse@firma.example is no longer"],
        ["Ihr Konto hat eine andere E-Mail-Adresse", "- Ayse.Yilmaz@firma.example", "ayse@firma.example ist nicht"],
    ),
    MailKind.EMAIL_TAKEN: (
        ["You already have an account", "does not get your address"],
        ["Sie haben bereits ein Konto", "bekommt Ihre Adresse nicht"],
    ),
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", MailKind)
def test_every_kind_says_what_it_must(kind: MailKind, language: str, speaks: Speaks) -> None:
    message = outgoing(kind, language=language)
    mail = compose(message, sender=SENDER, token=token, confirm_url=None, gettext=speaks(language))
    subject, *phrases = SAYS[kind][language == "de"]
    assert mail["Subject"] == subject
    assert mail["Content-Language"] == language
    text = mail.get_content()
    unwrapped = re.sub(r"\s+", " ", text)
    assert [phrase for phrase in phrases if phrase not in unwrapped] == []
    assert all(len(line) <= 78 for line in text.splitlines())
    assert "{" not in text


@pytest.mark.parametrize("kind", MailKind)
def test_german_mails_are_german_throughout(kind: MailKind, speaks: Speaks) -> None:
    unknown: list[str] = []

    def ask(text: str) -> str:
        found = speaks("de")(text)
        if found == text and text not in {"Administrator", "{company}: {role}"}:
            unknown.append(text)
        return found

    compose(outgoing(kind, language="de"), sender=SENDER, token=token, confirm_url="https://p.example", gettext=ask)
    assert unknown == []


def test_who_granted_is_not_named() -> None:
    mail = compose(
        outgoing(MailKind.INVITED, granted_by="boss@firma.example"),
        sender=SENDER,
        token=token,
        confirm_url=None,
        gettext=str,
    )
    assert "boss" not in mail.as_string()
