"""Small register files with known content, as a chamber would hand them over."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Row = dict[str, str]
Language = Literal["de", "en"]

_FIRMS = ("Müller & Söhne Maschinenbau GmbH", "Bäckerei Großmann", "Autohaus Weiß KG", "Čapek Elektrotechnik e. K.")
_CITIES = (("Köln", "50667"), ("Nürnberg", "90402"), ("Görlitz", "02826"), ("Lübeck", "23552"))
_FIRST = ("Jürgen", "Zoë", "Änne", "Mehmet", "Käthe", "René", "Aleksandra", "Björn")
_LAST = ("Schäfer", "Yılmaz", "Groß", "Öztürk", "Müller-Lüdenscheidt", "D'Angelo", "Strauß", "Kowalski")
_OCCUPATIONS = ("Industriemechaniker/in", "Kaufmann/-frau für Büromanagement", "Fachinformatiker/in", "Bäcker/in")
_GERMAN = {
    "ident_number": "Identnummer",
    "company_ident_number": "Identnummer",
    "name": "Firma",
    "parent_ident_number": "Stammbetrieb",
    "email": "E-Mail",
    "street": "Straße",
    "postal_code": "PLZ",
    "city": "Ort",
    "trainer_number": "Ausbildernummer",
    "first_name": "Vorname",
    "last_name": "Nachname",
    "aptitude": "Eignung",
    "valid_from": "Gültig ab",
    "trainee_number": "Azubinummer",
    "kind": "Art",
    "birth_date": "Geburtsdatum",
    "occupation": "Ausbildungsberuf",
    "contract_start": "Vertragsbeginn",
    "contract_end": "Vertragsende",
    "exam_period": "Prüfungszeitraum",
    "account_status": "Azubi-Konto",
}
_GERMAN_VALUES = {
    "aevo": "AEVO-Prüfung",
    "trainee": "Auszubildende/r",
    "none": "kein Konto",
    "active": "aktiv",
    "2027-S": "Sommer 2027",
}


@dataclass(frozen=True, slots=True)
class Register:
    """The files of one chamber and the rows in them, under their English column names and values."""

    directory: Path
    companies: list[Row]
    trainers: list[Row]
    trainees: list[Row]

    def path(self, kind: str) -> Path:
        """Return the file of *kind* (companies, trainers, trainees)."""
        return self.directory / f"{kind}.csv"


def make_register(
    directory: Path,
    companies: int = 2,
    sites: int = 1,
    trainees: int = 4,
    encoding: str = "utf-8",
    language: Language = "de",
    delimiter: str = ";",
) -> Register:
    """Write ``companies.csv``, ``trainers.csv`` and ``trainees.csv``: the same arguments, the same bytes.

    Head office *i* (from 1) is ``000i000``, its sites are ``000i001`` and so on. Each of them has one trainer,
    ``A-<ident>``, and *trainees* trainees, ``T-<ident>-<n>``: the first has an active account, the second is a minor.
    """
    directory.mkdir(parents=True, exist_ok=True)
    firms = [firm for number in range(1, companies + 1) for firm in _firm(number, sites)]
    register = Register(
        directory,
        firms,
        [_trainer(index, firm["ident_number"]) for index, firm in enumerate(firms)],
        [_trainee(n, firm["ident_number"]) for firm in firms for n in range(1, trainees + 1)],
    )
    for kind in ("companies", "trainers", "trainees"):
        write_rows(register.path(kind), getattr(register, kind), encoding, language, delimiter)
    return register


def write_rows(
    path: Path, rows: list[Row], encoding: str = "utf-8", language: Language = "en", delimiter: str = ";"
) -> Path:
    """Write *rows* (the first one's keys are the columns) with headings and values in *language*; return *path*."""
    german = language == "de"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow([_GERMAN.get(column, column) if german else column for column in rows[0]])
        for row in rows:
            writer.writerow([_german(column, value) if german else value for column, value in row.items()])
    return path


def _german(column: str, value: str) -> str:
    if column in {"birth_date", "contract_start", "contract_end", "valid_from"} and value:
        return ".".join(reversed(value.split("-")))
    return _GERMAN_VALUES.get(value, value)


def _firm(number: int, sites: int) -> list[Row]:
    head = f"{number:04}000"
    name = _FIRMS[number % len(_FIRMS)].replace("Č", "Tsch")  # Windows-1252 has no Č
    rows = []
    for site in range(sites + 1):
        city, code = _CITIES[(number + site) % len(_CITIES)]
        rows.append(
            {
                "ident_number": f"{number:04}{site:03}",
                "name": f"{name}, Werk {city}" if site else name,
                "parent_ident_number": head if site else "",
                "email": f"ausbildung@firma{number}.example",
                "street": f"Straße der Einheit {site + 1}",
                "postal_code": code,
                "city": city,
            }
        )
    return rows


def _trainer(index: int, ident: str) -> Row:
    return {
        "trainer_number": f"A-{ident}",
        "company_ident_number": ident,
        "first_name": _FIRST[index % len(_FIRST)],
        "last_name": _LAST[(index * 3) % len(_LAST)].replace("ı", "i"),
        "email": f"ausbilder.{ident}@firma.example",
        "aptitude": "aevo",
        "valid_from": "2020-01-01",
    }


def _trainee(n: int, ident: str) -> Row:
    index = int(ident) + n
    return {
        "trainee_number": f"T-{ident}-{n}",
        "company_ident_number": ident,
        "kind": "trainee",
        "first_name": _FIRST[index % len(_FIRST)],
        "last_name": _LAST[(index * 5) % len(_LAST)].replace("ı", "i"),
        "email": f"azubi.{ident}.{n}@example.org",
        "birth_date": "2010-05-17" if n == 2 else "2006-02-28",
        "occupation": _OCCUPATIONS[index % len(_OCCUPATIONS)],
        "contract_start": "2024-09-01",
        "contract_end": "2027-08-31",
        "trainer_number": f"A-{ident}",
        "exam_period": "2027-S",
        "account_status": "active" if n == 1 else "none",
    }
