"""Very many letters at once, and very many rows for somebody else to read."""

from __future__ import annotations

import csv
import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.data import CHAMBER, CITIES
from benchmarks.places import Place, Sqlite
from benchmarks.report import Goal, Race
from benchmarks.stock import TRIED, Stock, told
from benchmarks.timing import Contestant, WrongAnswer, rehearse

CODES = 180_000
ISSUED, INSERTED = "asta letters issue", "inserting the same rows by sqlite3"
AS_CSV, AS_LINES = "asta, CSV", "asta, JSON Lines"
BY_SQLITE, BY_LESS = "sqlite3 -csv", "sqlite3 -csv, fewer columns"
IDLE = 54
"""Megabytes that listing a single row takes."""
INSERT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
with connection:
    rows = connection.execute("SELECT id FROM company").fetchall()
    connection.executemany(
        "INSERT INTO letter (company_id, code_mac, issued_at, valid_until, run_id) VALUES (?, ?, ?, ?, 1)",
        [(id_, id_.to_bytes(32, "big"), "2026-11-27T12:00:00Z", "2026-12-27T23:00:00Z") for id_, in rows],
    )
"""
# The columns of the listing, from the tables that have them.
SELECT = """
SELECT trainee_number, trainee.chamber, ident_number, trainee.first_name, trainee.last_name, occupation, specialisation,
    contract_start, contract_end, terminated_on, exam_period, trainer_number, account_status,
    account_status = 'active', CAST(julianday(deadline) - julianday('now') AS INTEGER),
    max(coalesce(transferred_at, ''), coalesce(imported_at, '')), NOT transfer_open
FROM trainee
JOIN company ON company.id = trainee.company_id
JOIN chamber ON chamber.number = trainee.chamber
LEFT JOIN trainer ON trainer.id = trainee.trainer_id
LEFT JOIN exam_period ON exam_period.chamber = trainee.chamber AND period = exam_period
ORDER BY trainee.chamber, trainee_number
"""
# Twelve of them from two tables, for comparison.
LESS = """
SELECT trainee_number, trainee.chamber, ident_number, first_name, last_name, occupation, specialisation,
    contract_start, contract_end, terminated_on, exam_period, account_status
FROM trainee JOIN company ON company.id = trainee.company_id ORDER BY trainee.chamber, trainee_number
"""


def issue(place: Place, stock: Stock, codes: int) -> Race:
    """A code for every one of *codes* companies, with its audit entry and its file."""
    source, file = f"companies_{codes}", stock.work / "codes.csv"
    place.fresh(stock.empty(place), source)
    place.run("import", "companies", str(_companies(stock.work, codes)), "--chamber", CHAMBER, db=source)
    place.settle(source)
    words = ("letters", "issue", "--missing", "--chamber", CHAMBER, "--csv", str(file), "--format", "json")
    asta = place.asta(ISSUED, *words, db=TRIED, expect=told("created", codes))

    def prepare() -> None:
        file.unlink(missing_ok=True)
        place.fresh(source, TRIED)

    contestants = [_inserting(place, source), replace(asta, prepare=prepare)]
    return Race(f"{codes:,} activation codes, {place.title}", contestants, [Goal(ISSUED, 4)], INSERTED, "inserts")


def rows(place: Place, stock: Stock, number: int) -> Race:
    """All trainees for a program to read. SQLite alone, for it is measured by its own shell."""
    if not isinstance(place, Sqlite):
        raise WrongAnswer("this race is for SQLite")
    whole = stock.whole(place, number)
    out = ("--output", str(stock.work / "rows.out"))
    own = [
        place.asta(name, "trainees", "list", "--all", "--format", form, *out, db=whole)
        for name, form in ((AS_CSV, "csv"), (AS_LINES, "jsonl"))
    ]
    plain = [_printing(place, whole, stock.work, *query) for query in ((BY_SQLITE, SELECT), (BY_LESS, LESS))]
    goals = [Goal(one.name, 2.5, megabytes=IDLE + 60) for one in own]
    return Race(f"{number:,} rows, {place.title}", [*plain, *own], goals, BY_SQLITE, "sqlite3")


def _printing(place: Sqlite, db: str, work: Path, name: str, query: str) -> Contestant:
    """The answer to *query* as CSV, by the shell of SQLite."""
    argv = ("/bin/sh", "-c", 'exec sqlite3 -csv "$1" "$2" > "$3"', "sh", str(place.path(db)), query)
    return Contestant(name, (*argv, str(work / "rows.sqlite")), place.bench.env)


def _companies(work: Path, number: int) -> Path:
    file = work / f"companies-{number}.csv"
    if not file.exists():
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("ident_number", "name", "street", "postal_code", "city"))
            for n in range(1, number + 1):
                city, code = CITIES[n % len(CITIES)]
                writer.writerow((f"{n:07}", f"Betrieb {n}", f"Ringstraße {n % 200}", code, city))
    return file


def _inserting(place: Place, source: str) -> Contestant:
    """The measure: the same rows into the same table of the same file, by SQLite."""
    if not isinstance(place, Sqlite):
        raise WrongAnswer("this race is for SQLite")
    target = "inserted"
    argv = (str(place.bench.asta / "python"), "-c", INSERT, str(place.path(target)))
    made = Contestant(INSERTED, argv, place.bench.env, prepare=partial(place.fresh, source, target))
    rehearse(made)
    connection = sqlite3.connect(place.path(target))
    try:
        if connection.execute("SELECT count(*) FROM letter").fetchone() == (0,):
            raise WrongAnswer("no letter was inserted")
    finally:
        connection.close()
    return made
