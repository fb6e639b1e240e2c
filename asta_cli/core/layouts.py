"""Which columns each kind of file has, which are required, and under which headings people know them.

The keys of our own listings are among the headings: what a listing writes as CSV, the matching command reads back.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its English name, whether a file without it is refused, and its German and other headings."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file. ``headings`` are a chamber's own, each with its column or nothing (ignored)."""

    kind: str
    columns: tuple[Column, ...]
    headings: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The English column names in their order."""
        return tuple(c.name for c in self.columns)

    @property
    def required(self) -> frozenset[str]:
        """The columns without which nothing can be read."""
        return frozenset(c.name for c in self.columns if c.required)


DAYS = frozenset(
    {"birth_date", "contract_start", "contract_end", "terminated_on", "valid_from", "valid_until", "changed_at"}
)
"""The columns whose values are days or, the last, a time."""

_IDENT = ("Identnummer", "Ident-Nr.", "Firmen-ID", "Firmen-Identnummer")
_TRAINEE = ("Azubinummer", "Azubi-ID", "AzubiCard-Nr.")
_CHAMBER = Column("chamber", ("Kammer", "IHK", "IHK-Nr."))
_EMAIL = ("E-Mail", "E-Mail-Adresse")
_ACCOUNT = ("Azubi-Konto",)

COMPANIES = Layout(
    "companies",
    (
        Column("ident_number", _IDENT, required=True),
        Column("name", ("Firma", "Firmenname", "Name"), required=True),
        Column("parent_ident_number", ("parent", "Stammbetrieb", "Hauptbetrieb", "Identnummer Stammbetrieb")),
        Column("email", _EMAIL),
        Column("street", ("Straße", "Strasse", "Anschrift")),
        Column("postal_code", ("PLZ", "Postleitzahl")),
        Column("city", ("Ort", "Stadt")),
        Column("establishment_number", ("Betriebsnummer", "BBNR")),
        _CHAMBER,
    ),
)
TRAINERS = Layout(
    "trainers",
    (
        Column("trainer_number", ("Ausbildernummer",), required=True),
        Column("company_ident_number", ("company", *_IDENT, "Betrieb"), required=True),
        Column("first_name", ("Vorname",)),
        Column("last_name", ("Nachname", "Name"), required=True),
        Column("email", _EMAIL),
        Column("aptitude", ("Fachliche Eignung", "Eignung", "AEVO")),
        Column("occupations", ("Ausbildungsberufe",)),
        Column("valid_from", ("Gültig ab", "Bestellt am")),
        Column("valid_until", ("Gültig bis", "Abgemeldet am")),
        _CHAMBER,
    ),
)
TRAINEES = Layout(
    "trainees",
    (
        Column("trainee_number", _TRAINEE, required=True),
        Column("company_ident_number", ("company", *_IDENT, "Betrieb"), required=True),
        Column("kind", ("Art",)),
        Column("first_name", ("Vorname",)),
        Column("last_name", ("Nachname", "Name"), required=True),
        Column("email", _EMAIL),
        Column("birth_date", ("Geburtsdatum",)),
        Column("occupation", ("Ausbildungsberuf", "Beruf"), required=True),
        Column("specialisation", ("Fachrichtung", "Schwerpunkt")),
        Column("contract_start", ("Vertragsbeginn", "Beginn"), required=True),
        Column("contract_end", ("Vertragsende", "Ende"), required=True),
        Column("terminated_on", ("Gelöst am", "Lösung am")),
        Column("trainer_number", ("Ausbildernummer",)),
        Column("exam_period", ("Prüfungszeitraum",)),
        Column("account_status", _ACCOUNT),
        _CHAMBER,
    ),
)
AZUBI_ACCOUNTS = Layout(
    "azubi-accounts",
    (
        Column("trainee_number", _TRAINEE, required=True),
        Column("account_status", _ACCOUNT, required=True),
        Column("changed_at", ("Geändert am", "Stand")),
        _CHAMBER,
    ),
)
GRANTS = Layout(
    "grants",
    (
        Column("email", _EMAIL, required=True),
        Column("company", (*_IDENT, "Betrieb", "ident_number"), required=True),
        _CHAMBER,
        Column("role", ("Rolle",)),
        Column("trainer_number", ("Ausbildernummer",)),
        Column("valid_from", ("Gültig ab",)),
        Column("valid_until", ("Gültig bis",)),
        Column("sites", ("Betriebsstätten",)),
        Column("reason", ("Grund", "Begründung")),
    ),
)
_LISTED = ("granted_by", "granted_at", "account")
SYNCED = Layout("grants", (*GRANTS.columns, Column("state", ("Zustand",)), *(Column(name, ()) for name in _LISTED)))
"""Grants as a listing has them: those that are over stand there as such."""
REGISTRATIONS = Layout(
    "registrations",
    (
        Column("email", _EMAIL, required=True),
        Column("name", ("Name",)),
        Column("first_name", ("Vorname",)),
        Column("last_name", ("Nachname",)),
        _CHAMBER,
    ),
)
LETTERS = Layout(
    "letters",
    (Column("company", (*_IDENT, "Betrieb", "ident_number"), required=True), _CHAMBER),
)
