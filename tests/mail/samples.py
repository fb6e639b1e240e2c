"""One message of each kind, as the planners queue them, with names that hurt."""

from __future__ import annotations

from typing import Any

from asta_cli.core.model import MailKind
from asta_cli.mail.model import LinkRef, Outgoing

QUEUED = "2026-11-23T21:00:00Z"
SENDER = "IHK Süd <asta@ihk.example>"
LINK = {"id": 7, "account": 11, "expires_at": "2026-11-24T21:00:00Z"}
NEW = {"email": "Ayse.Yilmaz@firma.example", "email_key": "ayse.yilmaz@firma.example"}
MUELLER = {"chamber": "123", "ident_number": "0004711", "name": "Müller-Lüdenscheidt GmbH & Co. KG"}
CHAMBER = {"name": "IHK Süd", "email": "ausbildung@ihk.example"}
PARAMS: dict[MailKind, dict[str, Any]] = {
    MailKind.CONFIRM: {"link": LINK},
    MailKind.ALREADY_REGISTERED: {"name": "Ayşe Yılmaz"},
    MailKind.PASSWORD_RESET: {"link": LINK, "name": "Đặng Thị Hà"},
    MailKind.PASSWORD_CHANGED: {"at": QUEUED, "name": "Sean O'Brien"},
    MailKind.COMPANY_ACTIVATED: {
        "company": MUELLER,
        "by": {"name": "Ayşe Yılmaz", "email": "ayse@firma.example"},
        "at": QUEUED,
    },
    MailKind.GRANTED: {
        "name": "Ayşe Yılmaz",
        "companies": [
            {**MUELLER, "role": "administrator", "valid_until": "2027-07-31T22:00:00Z"},
            {**MUELLER, "ident_number": "0004712", "role": "manager", "valid_from": "2027-01-31T23:00:00Z"},
            {**MUELLER, "ident_number": "0004713", "role": "contract_applicant"},
        ],
    },
    MailKind.INVITED: {
        "companies": [{**MUELLER, "role": "trainer"}],
        "chamber": CHAMBER,
        "until": "2026-12-14T21:00:00Z",
    },
    MailKind.ACCOUNT_LOCKED: {"at": QUEUED, "name": "Ayşe Yılmaz", "chamber": CHAMBER},
    MailKind.ACCOUNT_UNLOCKED: {"at": QUEUED, "name": "Ayşe Yılmaz"},
    MailKind.ACCOUNT_DISABLED: {"at": QUEUED, "name": "Ayşe Yılmaz"},
    MailKind.EMAIL_CHANGE: {"link": {**LINK, **NEW}, "old_email": "ayse@firma.example"},
    MailKind.EMAIL_CHANGE_ASKED: {"at": QUEUED, "name": "Ayşe Yılmaz", "new_email": NEW["email"]},
    MailKind.EMAIL_CHANGED: {
        "at": QUEUED,
        "name": "Ayşe Yılmaz",
        "old_email": "ayse@firma.example",
        "new_email": NEW["email"],
    },
    MailKind.EMAIL_TAKEN: {"at": QUEUED, "name": "Đặng Thị Hà"},
    MailKind.EXPIRING: {
        "companies": [
            {**MUELLER, "email": "sean@firma.example", "role": "manager", "valid_until": "2026-12-06T23:00:00Z"}
        ],
        "days": 14,
        "name": "Ayşe Yılmaz",
    },
    MailKind.OPERATOR_ADDED: {"of": "177", "by": "it@ihk.example", "impersonate": True, "name": "Ayşe Yılmaz"},
    MailKind.OPERATOR_REMOVED: {"of": "", "by": "it@ihk.example", "name": "Ayşe Yılmaz"},
    MailKind.TOKEN_CREATED: {
        "token": "nightly",
        "verbs": ["import snapshot"],
        "until": "2027-07-31T22:00:00Z",
        "name": "Sean O'Brien",
    },
    MailKind.SERVICE_RELEASED: {"service": "exam-registration", "companies": [MUELLER], "chamber": CHAMBER},
}


def outgoing(kind: MailKind = MailKind.CONFIRM, *, id_: int = 42, language: str = "en", **changes: Any) -> Outgoing:
    """An outbox entry; *changes* replace parameters, None takes one away."""
    recipient = changes.pop("recipient", "Ayse@firma.example")
    params = {name: value for name, value in (PARAMS[kind] | changes).items() if value is not None}
    return Outgoing(id_, kind, recipient, language, params, QUEUED)


def token(link: LinkRef) -> str:
    """A stand-in for the HMAC: as long as a real one, and different for every link and purpose."""
    return f"{link.purpose}{link.id}x{link.account}".ljust(48, "z")
