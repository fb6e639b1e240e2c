"""What eight processes want at the same moment, and whether what came of it is what some order of them would give."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from asta_cli.core.ids import show_id
from proof import broken
from proof.children import Ending, Hook
from proof.content import BOOKKEEPING, Rows, read
from proof.judge import rehearse
from proof.states import ACTIVATED, EIGHT, NEWCOMER, OF_EIGHT, OF_TWO, Office, staff, sync
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
        return self.ending.code == 0 and any(map(_counts, self.report.get("kinds", [self.report])))

    @property
    def refusals(self) -> set[str]:
        """Why it was refused."""
        return {problem["code"] for problem in self.report.get("problems", ()) if problem["severity"] == "error"}


class Race(ABC):
    """One kind of race. ``base``: the state it starts from; ``hook``: what its control breaks.

    ``winners``: how many of the eight may have their way; None: it depends.
    """

    base = "rivals"
    winners: int | None = 1
    hook: Hook = staticmethod(broken.without_lock)

    def prepare(self, office: Office) -> None:
        """Have its state ready."""
        office.make(self.base)

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


class Once(Race):
    """A scenario of the nights, eight times at once: one does it, and what it leaves is what one leaves.

    The others end with *code* for the reason *refusal*.
    """

    hook = staticmethod(broken.all_at_once)

    def __init__(self, name: str, code: int = 0, refusal: str | None = None) -> None:
        self.name, self.code, self.refusals = name, code, {refusal} - {None}

    def prepare(self, office: Office) -> None:
        self.expected = rehearse(office, self.name)
        self.base = self.expected.scenario.base

    def runners(self, office: Office) -> list[Runner]:
        argv = (*self.expected.scenario.argv, "--lock-wait", "60s", "--format", "json")
        return [Runner(argv) for _ in EIGHT]

    def judge(self, office: Office, answers: Sequence[Answer]) -> list[str]:
        left = office.site.look()[0].without(*BOOKKEEPING).differs(self.expected.after.without(*BOOKKEEPING))
        return super().judge(office, answers) + [f"other content in {name}" for name in left]

    def wrong(self, answer: Answer) -> str:
        return "" if (answer.ending.code, answer.refusals) == (self.code, self.refusals) else _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        wrote = [run for run in rows["run"] if run["command"] == answers[0].report.get("command") and _counts(run)]
        before = 1 if self.name == "import-changed" else 0  # the first night
        return _unless(len(wrote) == before + 1, f"{len(wrote)} runs wrote something")


class Confirm(Race):
    """One link, opened eight times. Everyone is content, one of them made it so."""

    hook = staticmethod(broken.unconditional)

    def runners(self, office: Office) -> list[Runner]:
        return [Runner(("confirm", "-", "--format", "json"), office.known["token of rivals"] + "\n") for _ in EIGHT]

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

    hook = staticmethod(broken.unconditional)

    def runners(self, office: Office) -> list[Runner]:
        argv = ("activate", ACTIVATED, "--code-file", "-", "--format", "json")
        return [Runner(argv, office.known["code of rivals"] + "\n", person) for person in EIGHT]

    def wrong(self, answer: Answer) -> str:
        return "" if (answer.ending.code, answer.refusals) == (5, {"used"}) else _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        owners = _holders(rows, ACTIVATED)
        told = Counter(mail["kind"] for mail in rows["mail"])["company_activated"]
        counts = (len(rows["job"]), told)
        return _unless(owners == sorted(EIGHT[n] for n in done), f"administrators: {owners}") + _unless(
            counts == (1, 1), f"transfers and mails: {counts}"
        )


Way = Literal["revoke", "--no-sites", "--until 2030-12-31", "lock", "disable", "offboard"]


@dataclass(frozen=True, slots=True)
class Move:
    """One administrator is to be one no longer, or not for sites or not for ever. ``asker`` None: an operator asks."""

    about: str
    asker: str | None = None
    way: Way = "revoke"

    def words(self, company: str) -> tuple[str, ...]:
        """The command."""
        if self.way in ("lock", "disable", "offboard"):
            return ("accounts", self.way, self.about)
        verb, *how = {"revoke": ("revoke",)}.get(self.way, ("grant", *self.way.split()))
        return ("perms", verb, self.about, "--company", company, "--role", "administrator", *how)


class Leaving(Race):
    """Administrators of one company and its site go, by *moves*, one a process.

    What was done is done once more in the order of the audit log, upon a set of people: whoever asks is one of them,
    so is the one who goes, and someone stays. What was refused has to be refused somewhere in that order.
    """

    def __init__(self, company: str, holders: Sequence[str], moves: Sequence[Move], winners: int | None = None) -> None:
        self.company, self.holders, self.moves, self.winners = company, frozenset(holders), moves, winners

    def runners(self, office: Office) -> list[Runner]:
        said = ("--reason", "proof", "--format", "json")
        return [Runner((*move.words(self.company), *said), as_=move.asker) for move in self.moves]

    def wrong(self, answer: Answer) -> str:
        code, refusals = answer.ending.code, answer.refusals
        kept = (code, refusals) == (5, {"last_administrator"})
        return "" if code == 0 or kept or (code == 77 and refusals <= {"forbidden"}) else _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        order = _order(rows)
        states, failures = [self.holders], []
        for n in sorted(done, key=lambda n: order.get(answers[n].report["run"], 0)):
            move, now = self.moves[n], states[-1]
            if move.about not in now or (move.asker or move.about) not in now or now == {move.about}:
                failures.append(f"process {n}: {move.about} goes from {sorted(now)}")
            states.append(now - {move.about})
        for n in set(range(len(answers))) - set(done):
            told = any(_refused(self.moves[n], answers[n], now) for now in states)
            failures += _unless(told, f"process {n}: unexplained")
        found = _holders(rows, self.company)
        failures += _unless(found == sorted(states[-1]), f"{found} are left, not {sorted(states[-1])}")
        return failures + _unless(bool(found), "orphaned")


def _refused(move: Move, answer: Answer, now: frozenset[str]) -> bool:
    """Whether *answer* is what *move* is to be told while *now* are there."""
    if answer.ending.code == 0:
        return move.about not in now
    return now == {move.about} if "last_administrator" in answer.refusals else move.asker not in (None, *now)


# The first two administer another company together, so accounts are those of others.
_WAYS: tuple[Way, ...] = ("revoke", "--no-sites", "--until 2030-12-31", "lock", "disable", "offboard", "lock", "revoke")


class Sync(Race):
    """Eight files of all who have a permission at one company, made true at once. The last one is true in the end."""

    base = "staffed"
    winners = len(EIGHT)

    def runners(self, office: Office) -> list[Runner]:
        self.people = [[f"m{n}@example.com", *(f"s{n}x{m}@example.com" for m in range(3))] for n in range(len(EIGHT))]
        files = [staff(office, f"staff{n}", people) for n, people in enumerate(self.people)]
        return [Runner((*sync(path), "--max-ended", "100%", "--format", "json")) for path in files]

    def wrong(self, answer: Answer) -> str:
        return _told(answer)

    def left(self, rows: Rows, done: Sequence[int], answers: Sequence[Answer]) -> list[str]:
        order = _order(rows)
        last = max(done, key=lambda n: order.get(answers[n].report["run"], 0), default=0)
        found = _open(rows, OF_EIGHT, "manager")
        return _unless(found == self.people[last], f"{found} are left of the file {self.people[last]}")


RACES: dict[str, Callable[[], Race]] = {
    "import-changed": lambda: Once("import-changed"),
    "approve": lambda: Once("approve", 5, "already_approved"),
    "undo": lambda: Once("undo", 5, "already_undone"),
    "confirm": Confirm,
    "activate": Activate,
    "last-administrator": lambda: Leaving(OF_TWO, EIGHT[:2], [Move(EIGHT[n % 2]) for n in range(8)], 1),
    "each-other": lambda: Leaving(OF_EIGHT, EIGHT, [Move(EIGHT[(n + 1) % 8], EIGHT[n]) for n in range(8)]),
    "all-leave": lambda: Leaving(OF_EIGHT, EIGHT, [Move(person, person) for person in EIGHT], 7),
    "sync": Sync,
    "every-way": lambda: Leaving(
        OF_EIGHT, EIGHT, [Move(*one) for one in zip(EIGHT, [None] * 8, _WAYS, strict=True)], 7
    ),
}


def _holders(rows: Rows, company: str) -> list[str]:
    """Who can administer *company* with its sites and without an end."""
    (number,) = [row["id"] for row in rows["company"] if row["ident_number"] == company]
    usable = {account["email_key"] for account in rows["account"] if account["state"] == "confirmed"}
    grants = [g for g in rows["access_grant"] if g["company_id"] == number and g["role"] == "administrator"]
    whole = {g["email_key"] for g in grants if g["sites"] and g["ended_at"] is None and g["valid_until"] is None}
    return sorted(whole & usable)


def _order(rows: Rows) -> dict[str, int]:
    """The place of each run in the audit log."""
    return {show_id(entry["run_id"]): entry["seq"] for entry in rows["audit_entry"] if entry["run_id"]}


def _open(rows: Rows, company: str, role: str) -> list[str]:
    """Who has been given *role* at *company*."""
    (number,) = [row["id"] for row in rows["company"] if row["ident_number"] == company]
    grants = [g for g in rows["access_grant"] if g["company_id"] == number and g["role"] == role]
    return sorted(grant["email_key"] for grant in grants if grant["ended_at"] is None)


def _counts(report: Mapping[str, Any]) -> bool:
    """Whether it did anything."""
    return any(report.get(count) for count in ("created", "updated", "ended", "reopened"))


def _told(answer: Answer) -> str:
    return f"exit {answer.ending.code}: {answer.ending.err.partition(chr(10))[0] or sorted(answer.refusals)}"


def _unless(right: bool, failure: str) -> list[str]:
    return [] if right else [failure]
