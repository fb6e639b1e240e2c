"""Permissions by the hundred thousand, beside plain SQL and beside what one would write with other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from asta_cli.core.blocks import Block
from asta_cli.core.ids import id_maker
from asta_cli.core.model import Kind, Record, Value
from asta_cli.store.bulk import insert
from asta_cli.store.db import Store, Tx
from benchmarks.contestants import Bench
from benchmarks.data import CHAMBER, fresh
from benchmarks.offices import ADMIN, Held, Offices
from benchmarks.places import Place, Sqlite
from benchmarks.report import Goal, Race
from benchmarks.stock import TRIED, told
from benchmarks.timing import Contestant, WrongAnswer, rehearse

SINCE = "2026-01-01T00:00:00Z"
CHUNK = 50_000
PLAIN, SHORT = "plain SQL (L)", "L"
NEW, REPEAT, SYNC = "asta perms grant --from", "asta, the same file again", "asta perms sync"
SCRIPTS = Path(__file__).with_name("grants")
CORE, DJANGO, UTILS, CASBIN = "SQLAlchemy Core", "Django, in bulk", "sqlite-utils, no rules", "casbin"
BY_SCRIPT = {CORE: "with_sqlalchemy", UTILS: "with_sqlite_utils", CASBIN: "with_casbin"}
FEW = 1_000
ROWS = f"SQLAlchemy ORM, row by row, {FEW:,} rows"


Command = Callable[..., Contestant]
"""From an action, a database and files to who does it."""


@dataclass
class Permissions:
    """The races, and what they begin with, made once for each database."""

    bench: Bench
    offices: Offices

    def grant(self, place: Place) -> Race:
        """The file for the first time."""
        own = self._asta(place, NEW, self.filled(place), told("created", self.offices.wanted))
        peers = [*self._peers(again=False), self._row_by_row()] if isinstance(place, Sqlite) else []
        limit, stretch = (3.5, 2.0) if isinstance(place, Sqlite) else (5.0, None)
        title = f"{self.offices.wanted:,} permissions from a file, {place.title}"
        return Race(title, [self._plain(again=False), own, *peers], [Goal(NEW, limit, stretch)], PLAIN, SHORT)

    def repeat(self, place: Place) -> Race:
        """The same file once more."""
        own = self._asta(place, REPEAT, self.granted(place), told("unchanged", self.offices.wanted))
        peers = self._peers(again=True) if isinstance(place, Sqlite) else []
        title = f"The same {self.offices.wanted:,} permissions again, {place.title}"
        return Race(title, [self._plain(again=True), own, *peers], [Goal(REPEAT, 3.5)], PLAIN, SHORT)

    def sync(self, place: Place) -> Race:
        """A file made true for many companies, of whose permissions one of a hundred is otherwise."""
        offices, source = self.offices, self.filled(place)
        named = [word for ident in offices.named for word in ("--company", ident)]
        words = "--as", ADMIN, "perms", "sync", "--from", str(offices.synced_file), "--format", "json", *named
        made = place.asta(SYNC, *words, db=TRIED, expect=told("created", offices.differing))
        own = replace(made, prepare=partial(place.fresh, source, TRIED), check=partial(self._differs, place))
        title = f"{offices.wanted:,} permissions made true at {len(offices.named):,} companies, 1 % of them otherwise"
        contestants = [self._plain(again=True), own]
        return Race(f"{title}, {place.title}", contestants, [Goal(SYNC, 5.0)], PLAIN, "again")

    def _differs(self, place: Place) -> None:
        ended = place.count(TRIED, "SELECT count(*) FROM access_grant WHERE ended_at IS NOT NULL")
        if ended != self.offices.differing:
            raise WrongAnswer(f"{SYNC}: {ended} permissions ended instead of {self.offices.differing}")

    def filled(self, place: Place) -> str:
        """A database of asta's with everything that there is."""
        name = "offices"
        if self._first(place, name):
            fill(place, self.offices, name)
        return name

    def granted(self, place: Place) -> str:
        """The same after the file was granted."""
        name = "offices_granted"
        source = self.filled(place)
        if self._first(place, name):
            place.fresh(source, name)
            place.run(*self._words(), db=name)
            place.settle(name)
        return name

    def _words(self) -> tuple[str, ...]:
        return "--as", ADMIN, "perms", "grant", "--from", str(self.offices.new_file), "--format", "json"

    def _asta(self, place: Place, name: str, source: str, expect: str) -> Contestant:
        made = place.asta(name, *self._words(), db=TRIED, expect=expect)
        return replace(made, prepare=partial(place.fresh, source, TRIED))

    def _plain(self, *, again: bool) -> Contestant:
        return self._peer(PLAIN, "plain", self._script("plain"), again=again)

    def _peers(self, *, again: bool) -> list[Contestant]:
        peers = [self._peer(name, script, self._script(script), again=again) for name, script in BY_SCRIPT.items()]
        return [*peers, self._peer(DJANGO, "django", self._django, again=again)]

    def _row_by_row(self) -> Contestant:
        """So few rows, once: with all of them it would be at it for many minutes."""
        few = self.bench.work / "few.csv"
        with self.offices.new_file.open(encoding="utf-8") as source:
            few.write_text("".join(islice(source, FEW + 1)), encoding="utf-8")
        source_db, target = self._database("with_sqlalchemy", "filled"), self._database("with_sqlalchemy", "tried")
        argv = self._script("with_sqlalchemy")("rows", target, str(few), ADMIN)
        return replace(argv, name=ROWS, expect=f"{FEW} granted", prepare=partial(fresh, source_db, target), tries=1)

    def _script(self, script: str) -> Command:
        def command(action: str, database: Path, *files: str) -> Contestant:
            program = str(self.bench.peers / "python"), str(SCRIPTS / f"{script}.py")
            return Contestant(script, (*program, action, str(database), *files), self.bench.env)

        return command

    def _django(self, action: str, database: Path, *files: str) -> Contestant:
        return self.bench.django("Django", "grants", *files, *(["--fill"] if action == "fill" else []), db=database)

    def _database(self, script: str, state: str) -> Path:
        return self.bench.work / f"{script}.{state}.db"

    def _peer(self, name: str, script: str, command: Command, *, again: bool) -> Contestant:
        """A peer's program, on a fresh copy of its own database."""
        filled, granted, tried = (self._database(script, state) for state in ("filled", "granted", "tried"))
        new = str(self.offices.new_file), ADMIN
        if not filled.exists():
            files = (self.offices.companies_file, self.offices.people_file, self.offices.present_file)
            rehearse(command("fill", filled, *map(str, files)))
        if again and not granted.exists():
            fresh(filled, granted)
            rehearse(command("grant", granted, *new))
        expect = f"{0 if again else self.offices.wanted} granted"
        prepare = partial(fresh, granted if again else filled, tried)
        return replace(command("grant", tried, *new), name=name, expect=expect, prepare=prepare)

    def __post_init__(self) -> None:
        self._ready: set[tuple[str, str]] = set()

    def _first(self, place: Place, name: str) -> bool:
        known = (place.title, name) in self._ready
        self._ready.add((place.title, name))
        return not known


def fill(place: Place, offices: Offices, name: str) -> None:
    """Make the database *name* of asta, with everything that *offices* has."""
    place.make(name)
    place.run("db", "init", db=name)
    place.run("chambers", "add", CHAMBER, "--name", "IHK", db=name)
    place.run("import", "companies", str(offices.companies_file), "--chamber", CHAMBER, db=name)
    with closing(Store(place.url(name), clock=lambda: SINCE)) as store, store.write() as tx:
        for block in _blocks(tx, offices):
            insert(tx, block)
    place.settle(name)


def _blocks(tx: Tx, offices: Offices) -> Iterator[Block]:
    """Accounts and permissions as asta keeps them."""
    ids = id_maker(1_767_225_600_000, 0)
    people = offices.people
    names = {"email": people, "email_key": people, "name": [email.partition("@")[0] for email in people]}
    same: Record = {"state": "confirmed", "language": "de", "created_at": SINCE, "chamber": CHAMBER}
    yield _block(Kind.ACCOUNT, list(islice(ids, len(people))), same, names)
    numbers = {row[0]: row[1] for row in tx.driver("SELECT ident_number, id FROM company")}
    present = offices.present()
    given: Record = {"granted_at": SINCE, "granted_by": "operator", "reason": "as agreed", "run_id": next(ids)}
    while part := list(islice(present, CHUNK)):
        yield _block(Kind.GRANT, list(islice(ids, len(part))), given, _columns(part, numbers))


def _columns(part: list[Held], numbers: dict[str, int]) -> dict[str, Sequence[Value]]:
    emails = [email for email, _, _ in part]
    return {
        "email": emails,
        "email_key": emails,
        "company_id": [numbers[ident] for _, ident, _ in part],
        "role": [role for _, _, role in part],
        "sites": [True] * len(part),
    }


def _block(kind: Kind, ids: list[int], same: Record, columns: Mapping[str, Sequence[Value]]) -> Block:
    return Block(kind, CHAMBER, ids, same, columns, [""] * len(ids), "", [0] * len(ids))
