"""What eight processes want at the same moment, and whether what came of it is what some order of them would give."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asta_cli.core.ids import show_id
from proof.children import Ending
from proof.content import Rows, read
from proof.states import ACTIVATED, EIGHT, NEWCOMER, OF_EIGHT, OF_TWO, Office
from tests.support.race import Runner


@dataclass(frozen=True)
class Answer:
    """What one process was told."""

    ending: Ending

    @cached_property
    def report(self) -> dict[str, Any]:
        """The JSON object of the change; empty where there is none."""
        try:
            return dict(json.loads(self.ending.out))
        except ValueError:
            return {}

    @property
    def done(self) -> bool:
        """Whether it changed what it was about."""
        counts = ("created", "updated", "ended")
        return self.ending.code == 0 and any(self.report.get(count, 0) for count in counts)

    @property
    def refusals(self) -> set[str]:
        """Why it was refused."""
        return {problem["code"] for problem in self.report.get("problems", ()) if problem["severity"] == "error"}


class Race(ABC):
    """One kind of race. ``winners``: how many of the eight may have their way; None: it depends."""

    winners: int | None = 1

    @abstractmethod
    def runners(self, office: Office) -> list[Runner]:
        """What the processes do."""

    def judge(self, office: Office, answers: Sequence[Answer]) -> list[str]:
        """What is wrong with what came of it."""
        with office.site.store() as store:
            rows = read(store)
        done = [n for n, answer in enumerate(answers) if answer.done]
        failures = [f"process {n}: {self.wrong(a)}" for n, a in enumerate(answers) if not a.done and self.wrong(a)]
        if self.winners not in (None, len(done)):
            failures.append(f"{len(done)} won")
        return failures + self.left(rows, done, answers)

    @abstractmethod
    def wrong(self, answer: Answer) -> str:
        """What is wrong with the answer to one that lost; "" if nothing."""

    @abstractmethod
    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        """What is wrong with the database, *done* being those who won."""


class Confirm(Race):
    """One link, opened eight times. Everyone is content, one of them made it so."""

    def runners(self, office: Office) -> list[Runner]:
        return [Runner(("confirm", "-", "--format", "json"), office.known["token"] + "\n") for _ in EIGHT]

    def wrong(self, answer: Answer) -> str:
        return "" if answer.ending.code == 0 else _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        states = [account["state"] for account in rows["account"] if account["email_key"] == NEWCOMER]
        runs = Counter(run["command"] for run in rows["run"] if run["updated"])["confirm"]
        return _unless(states == ["confirmed"], f"accounts: {states}") + _unless(
            runs == len(EIGHT) + 1, f"{runs} runs confirmed something"
        )


class Activate(Race):
    """One code, typed by eight people. One becomes administrator, the others are told that it is used."""

    def runners(self, office: Office) -> list[Runner]:
        argv = ("activate", ACTIVATED, "--code-file", "-", "--format", "json")
        return [Runner(argv, office.known["code"] + "\n", person) for person in EIGHT]

    def wrong(self, answer: Answer) -> str:
        return "" if (answer.ending.code, answer.refusals) == (5, {"used"}) else _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        owners = _holders(rows, ACTIVATED)
        told = Counter(mail["kind"] for mail in rows["mail"])["company_activated"]
        counts = (len(rows["job"]), told)
        return _unless(owners == sorted(EIGHT[n] for n in done), f"administrators: {owners}") + _unless(
            counts == (1, 1), f"transfers and mails: {counts}"
        )


class Revokes(Race):
    """Administrators of one company lose it. ``pairs``: for each process who asks (None: an operator), and about whom.

    What was done is done once more in the order of the audit log, upon a set of people: whoever asks is one of them,
    so is the one who leaves, and someone stays. What was refused has to be refused somewhere in that order.
    """

    winners = None

    def __init__(self, company: str, holders: Sequence[str], pairs: Sequence[tuple[str | None, str]]) -> None:
        self.company, self.holders, self.pairs = company, frozenset(holders), pairs

    def runners(self, office: Office) -> list[Runner]:
        words = ("--company", self.company, "--role", "administrator", "--reason", "proof", "--format", "json")
        return [Runner(("perms", "revoke", about, *words), as_=asker) for asker, about in self.pairs]

    def wrong(self, answer: Answer) -> str:
        code, refusals = answer.ending.code, answer.refusals
        fine = (
            code == 0 or (code, refusals) == (5, {"last_administrator"}) or (code == 77 and refusals <= {"forbidden"})
        )
        return "" if fine else _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        order = {show_id(entry["run_id"]): entry["seq"] for entry in rows["audit_entry"] if entry["run_id"]}
        states, failures = [self.holders], []
        for n in sorted(done, key=lambda n: order.get(answers[n].report["run"], 0)):
            asker, about = self.pairs[n]
            now = states[-1]
            if about not in now or (asker or about) not in now or now == {about}:
                failures.append(f"process {n} took {about} away from {sorted(now)}")
            states.append(now - {about})
        for n in set(range(len(answers))) - set(done):
            failures += _unless(any(self._refused(n, answers[n], now) for now in states), f"process {n}: unexplained")
        found = _holders(rows, self.company)
        failures += _unless(found == sorted(states[-1]), f"{found} are left, not {sorted(states[-1])}")
        return failures + _unless(bool(found), "orphaned")

    def _refused(self, n: int, answer: Answer, now: frozenset[str]) -> bool:
        """Whether *answer* is what process *n* is to be told of *now*."""
        asker, about = self.pairs[n]
        if answer.ending.code == 0:
            return about not in now
        return now == {about} if "last_administrator" in answer.refusals else asker is not None and asker not in now


RACES: dict[str, Callable[[], Race]] = {
    "confirm": Confirm,
    "activate": Activate,
    "last-administrator": lambda: Revokes(OF_TWO, EIGHT[:2], [(None, EIGHT[n % 2]) for n in range(8)]),
    "each-other": lambda: Revokes(OF_EIGHT, EIGHT, [(EIGHT[n], EIGHT[(n + 1) % 8]) for n in range(8)]),
    "all-leave": lambda: Revokes(OF_EIGHT, EIGHT, [(person, person) for person in EIGHT]),
}


def _holders(rows: Rows, company: str) -> list[str]:
    """Who administers *company*."""
    (number,) = [row["id"] for row in rows["company"] if row["ident_number"] == company]
    grants = [g for g in rows["access_grant"] if g["company_id"] == number and g["role"] == "administrator"]
    return sorted(grant["email_key"] for grant in grants if grant["ended_at"] is None)


def _told(answer: Answer) -> str:
    return f"exit {answer.ending.code}: {answer.ending.err.strip()[-200:] or sorted(answer.refusals)}"


def _unless(right: bool, failure: str) -> list[str]:
    return [] if right else [failure]
