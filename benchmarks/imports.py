"""Imports beside the plain loaders and beside what one would write with other tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.contestants import Bench
from benchmarks.data import fresh
from benchmarks.places import Place, Sqlite
from benchmarks.register import KINDS, Night
from benchmarks.report import Goal, Race
from benchmarks.stock import CHAMBER_SIZE, NATIONAL, Stock, onto, told
from benchmarks.timing import Contestant, rehearse

MIRROR = ("--mode", "mirror")
FIRST, SAME, CHANGED = "asta, first load", "asta, the identical file", "asta, 1 % changed"
INSERT, TO_SQL, BULK = "sqlite-utils insert", "pandas to_sql", "Django bulk_create"
UPSERT, STAGED, CONFLICTS = "sqlite-utils upsert", "pandas to_sql, upsert", "Django bulk_create, conflicts"
ROW_BY_ROW = "Django update_or_create"
PATIENCE = 100_000  # rows up to which Django may go one by one
JUDGED = NATIONAL  # trainees from which on the goals hold: with fewer, most of the time is that of starting
LISTING = "asta companies list"
LOAD = Path(__file__).with_name("pandas_load.py")


def first(place: Place, stock: Stock, rows: int) -> Race:
    """Trainees into a chamber that has none; its companies and trainers are there."""
    night = stock.night(rows)
    words = ("trainees", str(night.file("trainees")))
    own = onto(place, stock.people(place, rows), FIRST, *words, expect=told("created", rows))
    peers = _loading(place.bench, night) if isinstance(place, Sqlite) else []
    limit, stretch = (3.0, 2.3) if isinstance(place, Sqlite) else (2.0, None)
    goal = Goal(FIRST, limit, stretch, [peer.name for peer in peers], megabytes=150)
    title = f"First load of {rows:,} trainees, {place.title}"
    return _race(place, title, night, ("trainees",), [own, *peers], [goal])


def again(place: Place, stock: Stock, rows: int) -> Race:
    """The file of trainees once more, and that of tomorrow."""
    night, tomorrow = stock.night(rows), stock.night(rows, tomorrow=True)
    whole = stock.whole(place, rows)
    own = [
        onto(place, whole, SAME, "trainees", str(night.file("trainees")), *MIRROR, expect=told("unchanged", rows)),
        onto(
            place,
            whole,
            CHANGED,
            "trainees",
            str(tomorrow.file("trainees")),
            *MIRROR,
            expect=_changes(tomorrow, ["trainees"]),
        ),
    ]
    peers = _reloading(place.bench, night, tomorrow) if isinstance(place, Sqlite) else []
    title = f"The trainees of the next night, {rows:,}, {place.title}"
    return _race(place, title, night, ("trainees",), [*own, *peers], _nightly(place, [peer.name for peer in peers]))


def snapshot(place: Place, stock: Stock, rows: int) -> Race:
    """All files of a night in one run, unchanged, and those of tomorrow."""
    night, tomorrow = stock.night(rows), stock.night(rows, tomorrow=True)
    whole = stock.whole(place, rows)
    own = [
        onto(place, whole, SAME, "snapshot", str(night.directory), *MIRROR, expect=told("unchanged", night.total)),
        onto(place, whole, CHANGED, "snapshot", str(tomorrow.directory), *MIRROR, expect=_changes(tomorrow, KINDS)),
    ]
    title = f"A snapshot of {rows:,} trainees with their trainers and companies, {place.title}"
    return _race(place, title, night, KINDS, own, _nightly(place, []))


def chamber(place: Place, stock: Stock) -> Race:
    """Everything of one chamber, beside listing its companies."""
    night = stock.night(CHAMBER_SIZE)
    whole = stock.whole(place, CHAMBER_SIZE)
    words = ("snapshot", str(night.directory))
    listing = place.asta(LISTING, "companies", "list", "--format", "table", db=whole)
    own = [
        onto(place, stock.empty(place), FIRST, *words, expect=told("created", night.total)),
        onto(place, whole, SAME, *words, *MIRROR, expect=told("unchanged", night.total)),
    ]
    title = f"One chamber, {CHAMBER_SIZE:,} trainees, whole command, {place.title}"
    return Race(title, [listing, *own], [Goal(FIRST, 2.5), Goal(SAME, 1.6)], LISTING, "list")


def _race(
    place: Place, title: str, night: Night, kinds: Sequence[str], contestants: list[Contestant], goals: list[Goal]
) -> Race:
    if night.rows["trainees"] < JUDGED:
        title, goals = f"{title} (the goals are for {JUDGED:,} and more)", []
    return Race(title, [place.plain(night, kinds), *contestants], goals, place.unit, place.short)


def _nightly(place: Place, peers: Sequence[str]) -> list[Goal]:
    if isinstance(place, Sqlite):
        return [Goal(SAME, 0.9, None, peers, lead=5), Goal(CHANGED, 1.0, 0.55, peers, lead=5)]
    return [Goal(SAME, 2.0), Goal(CHANGED, 2.2)]


def _changes(tomorrow: Night, kinds: Sequence[str]) -> str:
    return told("updated", sum(tomorrow.updated[kind] for kind in kinds))


def _loading(bench: Bench, night: Night) -> list[Contestant]:
    file, target = str(night.file("trainees")), bench.work / "peer.db"
    gone = partial(target.unlink, missing_ok=True)
    django = bench.work / "django-trainees.db"
    _django_people(bench, night, django)
    bulk = bench.django(BULK, "trainees", file, db=target)
    return [
        Contestant(INSERT, _sqlite_utils(bench, "insert", target, file), bench.env, prepare=gone),
        Contestant(TO_SQL, _pandas(bench, "insert", target, file), bench.env, prepare=gone),
        replace(bulk, prepare=partial(fresh, django, target)),
    ]


def _reloading(bench: Bench, night: Night, tomorrow: Night) -> list[Contestant]:
    target, new = bench.work / "peer.db", str(tomorrow.file("trainees"))
    contestants = []
    again = {
        INSERT: Contestant(UPSERT, _sqlite_utils(bench, "upsert", target, new), bench.env),
        TO_SQL: Contestant(STAGED, _pandas(bench, "upsert", target, new), bench.env),
        BULK: bench.django(CONFLICTS, "trainees", new, "--again", "bulk", db=target),
    }
    for number, loaded in enumerate(_loading(bench, night)):
        kept = bench.work / f"peer-{number}.db"
        rehearse(loaded)
        target.rename(kept)
        contestants.append(replace(again[loaded.name], prepare=partial(fresh, kept, target)))
    if night.rows["trainees"] <= PATIENCE:
        slow = bench.django(ROW_BY_ROW, "trainees", new, "--again", "rows", db=target)
        contestants.append(replace(slow, prepare=contestants[-1].prepare, tries=1))
    return contestants


def _sqlite_utils(bench: Bench, action: str, target: Path, file: str) -> tuple[str, ...]:
    program = str(bench.peers / "sqlite-utils")
    form = ("--csv", "--delimiter", ";", "--encoding", "cp1252", "--no-detect-types", "--pk", "Azubinummer")
    return program, action, str(target), "trainee", file, *form


def _pandas(bench: Bench, action: str, target: Path, file: str) -> tuple[str, ...]:
    return str(bench.peers / "python"), str(LOAD), action, str(target), file


def _django_people(bench: Bench, night: Night, database: Path) -> None:
    database.unlink(missing_ok=True)
    files = [str(night.file(kind)) for kind in ("companies", "trainers")]
    rehearse(bench.django("preparing Django", "people", *files, db=database))
