"""Permissions by the hundred thousand, beside plain SQL and beside what one would write with other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from benchmarks.timing import Contestant, rehearse

SINCE = "2026-01-01T00:00:00Z"
CHUNK = 50_000
PLAIN, SHORT = "plain SQL (L)", "L"
NEW, REPEAT = "asta perms grant --from", "asta, the same file again"
SCRIPTS = Path(__file__).with_name("grants")


@dataclass
class Permissions:
    """The races, and what they begin with, made once for each database."""

    bench: Bench
    offices: Offices

    def grant(self, place: Place) -> Race:
        """The file for the first time."""
        plain = self._plain("grant", again=False)
        own = self._asta(place, NEW, self.filled(place), told("created", self.offices.wanted))
        limit, stretch = (3.5, 2.0) if isinstance(place, Sqlite) else (5.0, None)
        title = f"{self.offices.wanted:,} permissions from a file, {place.title}"
        return Race(title, [plain, own], [Goal(NEW, limit, stretch)], plain.name, SHORT)

    def repeat(self, place: Place) -> Race:
        """The same file once more."""
        plain = self._plain("grant", again=True)
        own = self._asta(place, REPEAT, self.granted(place), told("unchanged", self.offices.wanted))
        title = f"The same {self.offices.wanted:,} permissions again, {place.title}"
        return Race(title, [plain, own], [Goal(REPEAT, 3.5)], plain.name, SHORT)

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

    def _plain(self, action: str, *, again: bool) -> Contestant:
        return self._script(PLAIN, "plain", action, again=again)

    def _script(self, name: str, script: str, action: str, *, again: bool) -> Contestant:
        """A peer's program, on a fresh copy of its own database."""
        python, program = str(self.bench.peers / "python"), str(SCRIPTS / f"{script}.py")
        source, target = self.bench.work / f"{script}.filled.db", self.bench.work / f"{script}.db"
        files = (self.offices.companies_file, self.offices.people_file, self.offices.present_file)
        words = (python, program, action, str(target), str(self.offices.new_file), ADMIN)
        once = Contestant(name, words, self.bench.env, f"{self.offices.wanted} granted")
        if not source.exists():
            fill = (python, program, "fill", str(source), *map(str, files))
            rehearse(Contestant(f"preparing {name}", fill, self.bench.env))
        done = self.bench.work / f"{script}.granted.db"
        if again and not done.exists():
            rehearse(replace(once, prepare=partial(fresh, source, target)))
            target.rename(done)
        expect = f"{0 if again else self.offices.wanted} granted"
        return replace(once, expect=expect, prepare=partial(fresh, done if again else source, target))

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
