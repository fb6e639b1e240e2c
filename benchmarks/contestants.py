"""Who runs: asta, and what one would use or write instead."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.data import CHAMBER, IDENT, fresh, write_companies
from benchmarks.report import BARE, Goal, Race
from benchmarks.timing import Contestant, WrongAnswer, rehearse

SITE = Path(__file__).parent / "django_site"
HELP = {
    "sqlite-utils --help": ("sqlite-utils", "--help"),
    "alembic --help": ("alembic", "--help"),
    "flask --help": ("flask", "--help"),
    "django-admin --help": ("django-admin", "help"),
    "http --help (httpie)": ("http", "--help"),
    "aws help": ("aws", "help"),
}
SCRIPT = """#!{python}
import sys
from hello import run
if __name__ == '__main__':
    sys.exit(run())
"""
QUERY = (
    "select chamber, ident_number, name, city, email, status from company"
    " where ident_number = :ident and status = 'open' order by chamber, ident_number"
)
LISTING, GRANT = "asta companies list --company", "asta perms grant"
DJANGO, DJANGO_LEAST, SQLITE_UTILS = "Django command", "Django command, no app but ours", "sqlite-utils query"
COUNTED = "SELECT (SELECT count(*) FROM access_grant), (SELECT count(*) FROM audit_entry)"
DJANGO_COUNTED = "SELECT (SELECT count(*) FROM chamber_grant), (SELECT count(*) FROM chamber_auditentry)"


@dataclass(frozen=True)
class Bench:
    """Where things are: asta's environment, the peers' environment, and a directory of our own."""

    asta: Path
    peers: Path
    work: Path

    @property
    def env(self) -> dict[str, str]:
        """What every contestant is told: nothing of the user's, nothing that changes how Python starts."""
        home = str(self.work / "home")
        xdg = {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        path = f"{self.asta}:{self.peers}:{os.defpath}"
        return {"HOME": home, "PATH": path, "LC_ALL": "C.UTF-8", "AWS_PAGER": "", **xdg}

    def run(self, name: str, *words: str, db: Path | None = None, expect: str = "") -> Contestant:
        """Asta with *words*, called *name*."""
        env = self.env | ({"ASTA_DATABASE_URL": f"sqlite:///{db}"} if db else {})
        return Contestant(name, (str(self.asta / "asta"), *words), env, expect)

    def django(self, name: str, *words: str, db: Path, expect: str = "") -> Contestant:
        """A command of the Django site, called *name*."""
        argv = (str(self.peers / "python"), str(SITE / "manage.py"), *words)
        apps = "least" if name == DJANGO_LEAST else "all"
        return Contestant(name, argv, self.env | {"BENCH_DATABASE": str(db), "BENCH_APPS": apps}, expect)

    @property
    def bare(self) -> Contestant:
        """The measure of everything."""
        return Contestant(BARE, (str(self.asta / "python"), "-c", "pass"), self.env)


def prepare(bench: Bench) -> None:
    """Make the data: companies in asta's database and in Django's."""
    (bench.work / "hello.py").write_text("def run():\n    print('hello')\n")
    (bench.work / "hello").write_text(SCRIPT.format(python=bench.asta / "python"))
    (bench.work / "hello").chmod(0o755)
    companies = bench.work / "companies.csv"
    write_companies(companies)
    for words in (
        ("chambers", "add", CHAMBER, "--name", "IHK"),
        ("import", "companies", str(companies), "--chamber", CHAMBER),
        ("perms", "grant", "first@example.com", "--company", IDENT, "--role", "administrator", "--reason", "first"),
    ):
        rehearse(bench.run("preparing asta", *words, db=_asta_db(bench)))
    rehearse(bench.django("preparing Django", "fill", CHAMBER, str(companies), db=_django_db(bench)))


def version(bench: Bench) -> Race:
    """How long asta takes to say nothing but its version."""
    env = bench.env | {"PYTHONPATH": str(bench.work)}
    hello = Contestant("a console script that prints", (str(bench.work / "hello"),), env, "hello")
    asta = bench.run("asta --version", "--version", expect="asta ")
    return Race("The version", (bench.bare, hello, asta), (Goal(asta.name, 1.8),))


def help_pages(bench: Bench) -> Race:
    """Pages of help."""
    peers = [Contestant(name, (str(bench.peers / argv[0]), *argv[1:]), bench.env) for name, argv in HELP.items()]
    own = [
        bench.run("asta --help", "--help", expect="Usage: asta"),
        bench.run("asta perms --help", "perms", "--help", expect="grant"),
    ]
    german = bench.run("asta --lang de perms grant --help", "--lang", "de", "perms", "grant", "--help")
    goals = [Goal(one.name, 6.5, 2, list(HELP)) for one in own]
    return Race("Help", (bench.bare, *own, german, *peers), goals)


def listing(bench: Bench) -> Race:
    """One company out of all of a chamber."""
    db = _asta_db(bench)
    sqlite_utils = (str(bench.peers / "sqlite-utils"), "query", str(db), QUERY, "-p", "ident", IDENT)
    contestants = (
        bench.bare,
        bench.run(LISTING, "companies", "list", "--company", IDENT, db=db, expect=IDENT),
        *(
            bench.django(name, "companies", "--company", IDENT, db=_django_db(bench), expect=IDENT)
            for name in (DJANGO, DJANGO_LEAST)
        ),
        Contestant(SQLITE_UTILS, sqlite_utils, bench.env, IDENT),
    )
    return Race(
        "Listing one company, SQLite", contestants, (Goal(LISTING, 40, 28, (), (DJANGO, DJANGO_LEAST, SQLITE_UTILS)),)
    )


def grant(bench: Bench) -> Race:
    """One permission, written down. Every try finds the database as it was before."""
    words = ("new@example.com", "--company", IDENT, "--role", "manager", "--reason", "letter of 2 March")
    db, django_db = bench.work / "grant.db", bench.work / "grant.sqlite3"
    key = _asta_db(bench).with_name("asta.db.key")
    fresh(key, db.with_name("grant.db.key"))
    asta = bench.run(GRANT, "perms", "grant", *words, db=db)
    peers = [bench.django(name, "grant", *words, db=django_db, expect="granted") for name in (DJANGO, DJANGO_LEAST)]
    contestants = (
        bench.bare,
        _writing(asta, _asta_db(bench), db, COUNTED),
        *(_writing(peer, _django_db(bench), django_db, DJANGO_COUNTED) for peer in peers),
    )
    return Race(
        "One grant with its audit entry, SQLite", contestants, (Goal(GRANT, 46, 34, (DJANGO,), (DJANGO, DJANGO_LEAST)),)
    )


def _writing(one: Contestant, source: Path, db: Path, counted: str) -> Contestant:
    before = _count(source, counted)

    def check() -> None:
        if _count(db, counted) != tuple(number + 1 for number in before):
            raise WrongAnswer(f"{one.name}: not one grant and one audit entry more")

    return Contestant(one.name, one.argv, one.env, one.expect, partial(fresh, source, db), check)


def _count(db: Path, query: str) -> tuple[int, ...]:
    connection = sqlite3.connect(db)
    try:
        row: tuple[int, ...] = connection.execute(query).fetchone()
        return row
    finally:
        connection.close()


def _asta_db(bench: Bench) -> Path:
    return bench.work / "home" / "asta.db"


def _django_db(bench: Bench) -> Path:
    return bench.work / "home" / "django.sqlite3"
