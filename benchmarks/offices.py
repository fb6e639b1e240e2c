"""What the races about permissions begin with: companies with sites, people, who may do what, and a file of more.

One group of companies has as many sites as the largest trainers of apprentices, one has eight companies in all, the
others have one to five. The same things are written for asta and, as CSV, for everybody else.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from benchmarks.data import CITIES, NAMES, TRADES

COMPANIES, PEOPLE, HELD, WANTED = 5_000, 2_000, 500_000, 100_000
GROUP, SMALL = 1_375, 8
BRANCHES, DEPTH = 11, 3
"""Sites directly below each, and how deep the group goes: head office, region, branch, workshop."""
ADMIN, SMALL_ADMIN = "hr@group.example", "hr@small.example"
ROLES = ("manager", "manager", "manager", "contract_applicant", "administrator")
Held = tuple[str, str, str]
"""E-mail address, Identnummer, role."""


@dataclass(frozen=True)
class Offices:
    """The companies, people and permissions of a chamber, *wanted* of them new in a file of their own."""

    directory: Path
    held: int = HELD
    wanted: int = WANTED
    _written: list[Path] = field(default_factory=list)

    @cached_property
    def companies(self) -> dict[str, str]:
        """The Identnummer of each company's head office by its own, empty for none; heads come first."""
        found: dict[str, str] = {}
        for tree in _trees():
            numbers = [f"{len(found) + n + 1:07}" for n in range(tree)]
            for n, number in enumerate(numbers):
                found[number] = numbers[(n - 1) // BRANCHES] if n else ""
        return found

    @property
    def group(self) -> list[str]:
        """The companies of the large group, its head office first."""
        return list(islice(self.companies, GROUP))

    @property
    def deep(self) -> str:
        """A company of the group with three above it."""
        return self.group[1 + BRANCHES + BRANCHES**2]

    @property
    def small(self) -> str:
        """The head office of the group of eight."""
        return list(self.companies)[GROUP]

    @property
    def people(self) -> list[str]:
        """The addresses of those who have an account, the two administrators first."""
        return [ADMIN, SMALL_ADMIN, *(f"person{n:04}@firm{n % 400:03}.example" for n in range(PEOPLE - 2))]

    def present(self) -> Iterator[Held]:
        """The permissions that there are."""
        yield ADMIN, self.group[0], "administrator"
        yield SMALL_ADMIN, self.small, "administrator"
        people, numbers = self.people[2:], list(self.companies)
        each = (self.held - 2) // len(numbers) + 1
        yield from islice(_spread(numbers, people, each, 0), self.held - 2)

    def new(self) -> Iterator[Held]:
        """The permissions that the administrator of the group gives: none of them is there, none comes twice."""
        people, each = self.people[2:], (self.held - 2) // COMPANIES + 1
        yield from islice(_spread(self.group, people, self.wanted // GROUP + 1, each), self.wanted)

    @property
    def companies_file(self) -> Path:
        """The companies as a register file."""
        return self._file("companies.csv", ("ident_number", "name", "city", "parent"), self._register())

    @property
    def people_file(self) -> Path:
        """The people, one address a line."""
        return self._file("people.csv", ("email",), ([email] for email in self.people))

    @property
    def present_file(self) -> Path:
        """The permissions that there are."""
        return self._file("present.csv", ("email", "company", "role"), self.present())

    @property
    def new_file(self) -> Path:
        """The file that is measured."""
        return self._file("grants.csv", ("email", "company", "role"), self.new())

    @property
    def named(self) -> list[str]:
        """The companies of the group for which a file is made true: as many as have *wanted* permissions."""
        return self.group[: self.wanted * COMPANIES // self.held]

    @property
    def differing(self) -> int:
        """How many permissions that file adds, and as many it leaves out: one of a hundred is otherwise."""
        return self.wanted // 200

    def synced(self) -> Iterator[Held]:
        """What is at those companies, without every two hundredth, and as many new ones."""
        there = set(self.named)
        present = (held for held in self.present() if held[1] in there)
        yield from (held for n, held in enumerate(present, 1) if n % 200)
        yield from islice((held for held in self.new() if held[1] in there), self.differing)

    @property
    def synced_file(self) -> Path:
        """The file that is made true."""
        return self._file("synced.csv", ("email", "company", "role"), self.synced())

    def _register(self) -> Iterator[tuple[str, ...]]:
        for n, (number, parent) in enumerate(self.companies.items()):
            name = f"{NAMES[n % len(NAMES)]} {TRADES[n % len(TRADES)]}"
            yield number, name, CITIES[n % len(CITIES)][0], parent

    def _file(self, name: str, header: tuple[str, ...], rows: Iterator[tuple[str, ...]] | Iterator[list[str]]) -> Path:
        file = self.directory / name
        if file not in self._written:
            self.directory.mkdir(parents=True, exist_ok=True)
            with file.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(header)
                writer.writerows(rows)
            self._written.append(file)
        return file


def _trees() -> Iterator[int]:
    """How many companies each head office has with its sites, itself among them."""
    yield GROUP
    yield SMALL
    left, n = COMPANIES - GROUP - SMALL, 0
    while left:
        size = min(left, 1 + n % 5)
        yield size
        left, n = left - size, n + 1


def _spread(numbers: list[str], people: list[str], each: int, start: int) -> Iterator[Held]:
    """*each* people at every one of the companies *numbers*, from the place *start* among those of a company on."""
    for at in range(start, start + each):
        for number in numbers:
            place = int(number) * 7 + at
            yield people[place % len(people)], number, ROLES[at % len(ROLES)]
