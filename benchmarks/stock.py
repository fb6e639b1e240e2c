"""What the races about imports begin with: the files of two nights, and databases that were filled from them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from benchmarks.data import CHAMBER
from benchmarks.places import Place
from benchmarks.register import Night, write_night
from benchmarks.timing import Contestant

CHAMBER_SIZE, LARGE, NATIONAL, HEADROOM = 8_800, 42_000, 692_000, 5_000_000
"""Trainees of a chamber, of a large one, of all of Germany, and of a Germany that has seven times as many."""
CHAMBERS = 79
"""The chambers of Germany: the first in the benchmarks is a large one, the others share what is left."""
TRIED = "tried"


@dataclass
class Stock:
    """Files and databases by their size in trainees, made when first asked for and kept."""

    work: Path
    _nights: dict[tuple[int, bool], Night] = field(default_factory=dict)
    _ready: set[tuple[str, str]] = field(default_factory=set)

    def night(self, rows: int, *, tomorrow: bool = False) -> Night:
        """The files of a register with *rows* trainees."""
        key = rows, tomorrow
        if key not in self._nights:
            directory = self.work / f"register-{rows}" / ("tomorrow" if tomorrow else "tonight")
            self._nights[key] = write_night(directory, rows, tomorrow=tomorrow)
        return self._nights[key]

    def empty(self, place: Place) -> str:
        """A database with the chamber and nothing else."""
        name = "empty"
        if self._first(place, name):
            place.make(name)
            place.run("db", "init", db=name)
            place.run("chambers", "add", CHAMBER, "--name", "IHK", db=name)
            place.settle(name)
        return name

    def people(self, place: Place, rows: int) -> str:
        """A database with the companies and trainers of tonight, without its trainees."""
        name = f"people_{rows}"
        if self._first(place, name):
            place.fresh(self.empty(place), name)
            for kind in ("companies", "trainers"):
                place.run("import", kind, str(self.night(rows).file(kind)), "--chamber", CHAMBER, db=name)
            place.settle(name)
        return name

    def whole(self, place: Place, rows: int) -> str:
        """A database with all of tonight in it."""
        name = f"whole_{rows}"
        if self._first(place, name):
            place.fresh(self.people(place, rows), name)
            place.run("import", "trainees", str(self.night(rows).file("trainees")), "--chamber", CHAMBER, db=name)
            place.settle(name)
        return name

    def nation(self, place: Place, rows: int) -> str:
        """A database with all chambers and *rows* trainees among them. Each chamber has companies from number 0 on."""
        name = f"nation_{rows}"
        if self._first(place, name):
            place.fresh(self.empty(place), name)
            large = rows * LARGE // NATIONAL
            for n, number in enumerate(chambers()):
                if number != CHAMBER:
                    place.run("chambers", "add", number, "--name", f"IHK {number}", db=name)
                night = self.night((rows - large) // (CHAMBERS - 1) if n else large)
                place.run("import", "snapshot", str(night.directory), "--chamber", number, db=name)
            place.settle(name)
        return name

    def _first(self, place: Place, name: str) -> bool:
        known = (place.title, name) in self._ready
        self._ready.add((place.title, name))
        return not known


def chambers() -> list[str]:
    """The numbers of all chambers, the large one first."""
    first = int(CHAMBER)
    return [str(first + n) for n in range(CHAMBERS)]


def onto(place: Place, source: str, name: str, *words: str, expect: str) -> Contestant:
    """Asta's ``import`` *words* with a fresh copy of the database *source* at every try."""
    made = place.asta(name, "import", *words, "--chamber", CHAMBER, "--format", "json", db=TRIED, expect=expect)
    return replace(made, prepare=partial(place.fresh, source, TRIED))


def told(counted: str, number: int) -> str:
    """What the answer of an import holds where *number* rows were *counted*."""
    return f'"{counted}": {number},'
