"""A small training register: a head office with sites, minors, leavers, people with and without an account.

Nobody in it exists: names are put together at random, addresses lie under ``.example`` (RFC 2606).
"""

from __future__ import annotations

import csv
import random
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

_GIVEN = """
Anna Ben Clara David Emilia Finn Greta Jonas Katharina Leon Marie Noah Sophie Zoé Jürgen Björn Ayşe Mehmet Elif
Emre Agnieszka Łukasz Đặng Olena Fatima Jean-Luc Anna-Lena"""
_FAMILY = """Müller Schmidt Schneider Fischer Weber Wagner Becker Schäfer Koch Bauer Größler Weiß Yılmaz Öztürk Kowalski
Nguyễn Shevchenko O'Brien Müller-Lüdenscheidt García"""
GIVEN = tuple(_GIVEN.split())
FAMILY = (*_FAMILY.split(), "van der Berg", "von Weizsäcker")
OCCUPATIONS = (
    "Industriekaufmann/-frau",
    "Fachinformatiker/-in",
    "Mechatroniker/-in",
    "Fachkraft für Lagerlogistik",
    "Kaufmann/-frau im Einzelhandel",
)
HEAD_OFFICE = "0004711"
COMPANIES = (  # number, name, head office, city
    (HEAD_OFFICE, "Präzisionstechnik Größler SE", "", ("75172", "Pforzheim")),
    ("0004712", "Präzisionstechnik Größler SE, Standort Calw", HEAD_OFFICE, ("75365", "Calw")),
    ("0004713", "Präzisionstechnik Größler SE, Standort Nagold", HEAD_OFFICE, ("72202", "Nagold")),
    ("0004714", "Präzisionstechnik Größler SE, Lehrwerkstatt Nagold", "0004713", ("72202", "Nagold")),
    ("0000815", "Gasthof zum Löwen e. K.", "", ("72250", "Freudenstadt")),
    ("0001234", "Uhren & Schmuck Weiß OHG", "", ("75175", "Pforzheim")),
    ("0009001", "Spedition Öztürk GmbH & Co. KG", "", ("75417", "Mühlacker")),
)
_FOLD = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Register:
    """Where the files lie, and who in them the walk speaks of."""

    directory: Path
    grants: Path
    summer: str
    deadline: str


def write_register(directory: Path, today: date, seed: int = 1) -> Register:
    """Write the files of a register and grants.csv as of *today*; the same *seed* gives the same people."""
    chance = random.Random(seed)  # noqa: S311 - names, not secrets
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(directory / "companies.csv", _COMPANY_COLUMNS, _companies())
    trainers = _trainers(chance)
    _write(directory / "trainers.csv", _TRAINER_COLUMNS, trainers)
    _write(directory / "trainees.csv", _TRAINEE_COLUMNS, _trainees(chance, today, trainers))
    year = today.year + (today.month > 3)
    grants = directory.parent / "grants.csv"
    _write(grants, ("E-Mail", "Identnummer", "Rolle", "Gültig bis", "Grund"), _grants(year))
    return Register(directory, grants, f"{year}-S", f"{year}-02-15")


_COMPANY_COLUMNS = ("Identnummer", "Firma", "Stammbetrieb", "E-Mail", "Straße", "PLZ", "Ort")
_TRAINER_COLUMNS = ("Ausbildernummer", "Identnummer", "Vorname", "Nachname", "E-Mail", "Fachliche Eignung")
_TRAINEE_COLUMNS = (
    *("Azubinummer", "Identnummer", "Vorname", "Nachname", "E-Mail", "Geburtsdatum", "Ausbildungsberuf"),
    *("Vertragsbeginn", "Vertragsende", "Gelöst am", "Ausbildernummer", "Prüfungszeitraum", "Azubi-Konto"),
)


def _companies() -> Iterable[Sequence[str]]:
    for number, name, head, (postal_code, city) in COMPANIES:
        yield number, name, head, f"ausbildung@betrieb-{number}.example", "Hauptstraße 1", postal_code, city


def _trainers(chance: random.Random) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for n, (number, *_) in enumerate(COMPANIES):
        for k in range(2):
            first, last = chance.choice(GIVEN), chance.choice(FAMILY)
            email = f"{_ascii(first)}.{_ascii(last)}@betrieb-{number}.example"
            rows.append((f"A{n:03d}{k}", number, first, last, email, chance.choice(("AEVO-Prüfung", "befreit"))))
    return rows


def _trainees(chance: random.Random, today: date, trainers: list[Sequence[str]]) -> Iterable[Sequence[str]]:
    for n in range(60):
        number = COMPANIES[n % len(COMPANIES)][0]
        trainer = chance.choice([t for t in trainers if t[1] == number])
        first, last = chance.choice(GIVEN), chance.choice(FAMILY)
        began = today.year - chance.choice((0, 1, 2)) - (today.month < 9)
        start, end = date(began, 9, 1), date(began + 3, 8, 31)
        born = start - timedelta(days=chance.randrange(16 * 365, 22 * 365))  # many are minors when they begin
        left = _day(start + timedelta(days=60)) if n % 15 == 7 else ""
        status = chance.choice(("aktiv", "aktiv", "kein Konto", "Code versandt", "registriert"))
        email = f"{_ascii(first)}.{_ascii(last)}.{n}@post.example" if n % 5 else ""
        yield (
            *(f"177{n:06d}", number, first, last, email, _day(born), chance.choice(OCCUPATIONS)),
            *(_day(start), _day(end), left, trainer[0], f"Sommer {began + 3}", status),
        )


def _grants(year: int) -> Iterable[Sequence[str]]:
    for n, (number, *_) in enumerate(COMPANIES[:4]):
        yield f"personal.{n}@betrieb-{number}.example", number, "Verwalter", f"31.12.{year}", "Personalabteilung"
    yield "leitung@groessler.example", HEAD_OFFICE, "Administrator", "", "Ausbildungsleitung"


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(columns)
        writer.writerows(rows)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(_FOLD)).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.lower() if c.isalnum() or c == "-")
