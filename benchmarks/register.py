"""A chamber's training register of any size, made up, tonight's and tomorrow's: the files that ``asta import`` reads.

The same size gives the same bytes: German headings and days, semicolons, Windows-1252, as exports in the wild are.
About one company for four trainees; most train one to three, one in a thousand hundreds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

KINDS = ("companies", "trainers", "trainees")
HEADINGS = {
    "companies": "Identnummer;Firma;Stammbetrieb;E-Mail;Straße;PLZ;Ort;Betriebsnummer",
    "trainers": "Ausbildernummer;Identnummer;Vorname;Nachname;E-Mail;Fachliche Eignung;Ausbildungsberufe;"
    "Gültig ab;Gültig bis",
    "trainees": "Azubinummer;Identnummer;Vorname;Nachname;E-Mail;Ausbildungsberuf;Fachrichtung;Vertragsbeginn;"
    "Vertragsende;Gelöst am;Ausbildernummer;Prüfungszeitraum;Azubi-Konto",
}
ENCODING, DELIMITER = "cp1252", ";"
# Of a thousand rows: ten have changed by tomorrow, five are new, three are gone.
CHANGED, NEW, GONE = range(10), range(10, 15), range(15, 18)

_FIRST = (
    ("Anna", "anna"), ("Ben", "ben"), ("Jürgen", "jurgen"), ("Zoé", "zoe"), ("Søren", "soren"), ("Fatima", "fatima"),
    ("Greta", "greta"), ("Karl-Heinz", "karl-heinz"), ("Mehmet", "mehmet"), ("Olena", "olena"), ("Björn", "bjorn"),
)  # fmt: skip
_LAST = (
    ("Müller", "muller"), ("Schmidt", "schmidt"), ("Weiß", "weiss"), ("Groß-Gerau", "gross-gerau"),
    ("Nguyen", "nguyen"), ("von Weizsäcker", "vonweizsacker"), ("O'Brien", "obrien"), ("García", "garcia"),
    ("Köhler", "kohler"), ("Kowalski", "kowalski"), ("Öztürk", "ozturk"), ("de la Cruz", "delacruz"),
    ("Krämer", "kramer"),
)  # fmt: skip
_TRADES = ("Maschinenbau", "Elektrotechnik", "Logistik", "Handels", "Chemie", "Systemhaus", "Gastronomie")
_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "KG", "e. K.")
_PLACES = (("75172", "Pforzheim"), ("01067", "Dresden"), ("20095", "Hamburg"), ("80331", "München"), ("50667", "Köln"))
_STREETS = ("Hauptstraße", "Am Güterbahnhof", "Östliche Karl-Friedrich-Straße", "Weg")
_OCCUPATIONS = (
    "Industriekaufmann/-frau", "Fachinformatiker/-in", "Kaufmann/-frau für Büromanagement", "Mechatroniker/-in",
    "Elektroniker/-in für Betriebstechnik", "Bankkaufmann/-frau", "Mediengestalter/-in Digital und Print",
)  # fmt: skip
_APTITUDES = ("AEVO-Prüfung", "AEVO-Prüfung", "AEVO-Prüfung", "befreit", "gleichgestellt", "vorläufig")
_STATUS = ("aktiv", "kein Konto", "Code versandt", "aktiv", "registriert", "kein Konto", "aktiv")


@dataclass(frozen=True)
class Night:
    """The files of one night and how many rows each has; ``created`` and so on: as against the night before."""

    directory: Path
    rows: dict[str, int]
    created: dict[str, int]
    updated: dict[str, int]
    ended: dict[str, int]

    def file(self, kind: str) -> Path:
        """The file of *kind*."""
        return self.directory / f"{kind}.csv"

    @property
    def total(self) -> int:
        """The rows of all files."""
        return sum(self.rows.values())


def write_night(directory: Path, trainees: int, *, tomorrow: bool = False) -> Night:
    """Write the three files of a register that has *trainees* trainees tonight; of *tomorrow*, if asked to."""
    directory.mkdir(parents=True)
    night = Night(directory, *({} for _ in range(4)))
    makers = {"companies": _companies, "trainers": _trainers, "trainees": _trainees}
    for kind, lines in makers.items():
        _write(night, kind, lines(trainees, tomorrow))
    if not tomorrow:
        night.created.update(night.rows)
    return night


Line = tuple[str, str]
"""What became of the row since the night before, and its cells."""


def _write(night: Night, kind: str, lines: Iterator[Line]) -> None:
    counts = dict.fromkeys(("", "created", "updated", "ended"), 0)
    with night.file(kind).open("w", encoding=ENCODING, newline="") as out:
        out.write(f"{HEADINGS[kind]}\r\n")
        for state, text in lines:
            counts[state] += 1
            if state != "ended":
                out.write(f"{text}\r\n")
    night.rows[kind] = counts[""] + counts["created"] + counts["updated"]
    for state in ("created", "updated", "ended"):
        getattr(night, state)[kind] = counts[state]


def _fate(key: str) -> int:
    """What becomes of the row with this key, a number below 1000."""
    return crc32(key.encode()) % 1000


def _sizes(trainees: int) -> Iterator[tuple[int, int, int]]:
    """Of each company its number, how many trainers it has, and how many trainees; the last one takes what is left."""
    left, number = trainees, 0
    while left:
        luck = crc32(b"size %d" % number) % 1000
        many = 1 + luck % 3 if luck < 800 else 4 + luck % 8 if luck < 970 else 12 + luck % 48 if luck < 999 else 400
        many = min(many, left)
        yield number, max(1, many * 5 // 8 + luck % 2), many
        left -= many
        number += 1


def _ident(company: int) -> str:
    return f"{company * 7919 % 10_000_000:07}"


def _companies(trainees: int, tomorrow: bool) -> Iterator[Line]:
    for i, _, _ in _sizes(trainees):
        ident = _ident(i)
        changes = tomorrow and _fate(ident) in CHANGED
        parent = _ident(i - i % 40) if i % 40 and i // 40 % 9 == 0 else ""
        code, city = _PLACES[i % 5]
        street = "Neue Straße 1" if changes else f"{_STREETS[i % 4]} {1 + i % 199}"
        name = f"{_LAST[i % 13][0]} {_TRADES[i % 7]} {_FORMS[i % 3]}"
        number = _establishment(i)
        yield (
            "updated" if changes else "",
            f"{ident};{name};{parent};info@firma-{i}.example;{street};{code};{city};{number}",
        )


def _establishment(company: int) -> str:
    seven = f"{company * 104_729 % 10_000_000:07}"
    products = (int(digit) * weight for digit, weight in zip(seven, (1, 2, 1, 2, 1, 2, 1), strict=True))
    return f"{seven}{sum(p // 10 + p % 10 for p in products) % 10}"


def _trainer(company: int, n: int) -> str:
    return f"A{company:07}{n:03}"


def _gone(company: int, n: int) -> bool:
    """A trainer who leaves; the first of a company stays, so that nobody is left without one."""
    return n > 0 and _fate(_trainer(company, n)) in GONE


def _trainers(trainees: int, tomorrow: bool) -> Iterator[Line]:
    added = []
    for i, many, _ in _sizes(trainees):
        for n in range(many):
            number = _trainer(i, n)
            fate = _fate(number) if tomorrow else -1
            r = i * 31 + n * 7
            first, last = _FIRST[r % 11], _LAST[r % 13]
            email = "neu@firma.example" if fate in CHANGED else f"{first[1]}.{last[1]}{n}@firma-{i}.example"
            occupations = f"{_OCCUPATIONS[r % 7]} | {_OCCUPATIONS[(r + 3) % 7]}" if r % 2 else _OCCUPATIONS[r % 7]
            since, until = f"{1 + r % 28:02}.{1 + r % 12:02}.{2000 + r % 25}", "" if r % 20 else "30.06.2026"
            rest = f"{_ident(i)};{first[0]};{last[0]};{email};{_APTITUDES[r % 6]};{occupations};{since};{until}"
            yield _state(fate, gone=tomorrow and _gone(i, n)), f"{number};{rest}"
            if fate in NEW:
                added.append(rest)
    yield from (("created", f"N{n:09};{rest}") for n, rest in enumerate(added))


def _trainees(trainees: int, tomorrow: bool) -> Iterator[Line]:
    added = []
    for i, trainers, many in _sizes(trainees):
        ident = _ident(i)
        for n in range(many):
            number = f"{i:07}{n:04}"
            fate = _fate(number) if tomorrow else -1
            rest = f"{ident};{_contract(i, n, trainers, fate in CHANGED)}"
            yield _state(fate, gone=fate in GONE), f"{number};{rest}"
            if fate in NEW:
                added.append(rest)
    yield from (("created", f"N{n:09};{rest}") for n, rest in enumerate(added))


def _state(fate: int, *, gone: bool) -> str:
    return "ended" if gone else "updated" if fate in CHANGED else ""


def _contract(company: int, n: int, trainers: int, changed: bool) -> str:
    r = company * 37 + n * 11
    first, last, occupation = _FIRST[r % 11], _LAST[r % 13], _OCCUPATIONS[r % 7]
    email = f"{first[1]}.{last[1]}.{company}.{n}@post.example" if r % 10 < 7 else ""
    trainer = n % trainers
    if _gone(company, trainer):
        trainer = 0
    year = 2024 + r % 3
    special = "geändert" if changed else "Anwendungsentwicklung" if occupation.startswith("Fachinf") else ""
    over = f"15.12.{year}" if r % 25 == 0 else ""
    return (
        f"{first[0]};{last[0]};{email};{occupation};{special};01.09.{year};31.08.{year + 3};{over};"
        f"{_trainer(company, trainer)};Sommer {year + 3};{_STATUS[r % 7]}"
    )
