from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from asta_cli.core.blocks import Block
from asta_cli.core.errors import Forbidden, NotFound, Status
from asta_cli.core.guard import Trip
from asta_cli.core.model import Action, Kind
from asta_cli.core.plan import Change, Limits, Outcome, Plan, Problem, Severity, Tally, exit_status, verdict
from asta_cli.core.planner import choose
from tests.core.walk import row


def change(line: int, id_: int = 0, *, action: Action = Action.CREATE, counted: bool = True) -> Change:
    kind = Kind.COMPANY if counted else Kind.MAIL
    return Change(kind, action, id_ or line, f"k{line}", {}, where=f"x.csv:{line}", line=line)


def fault(line: int, code: str = "bad_date", severity: Severity = Severity.ERROR) -> Problem:
    return Problem(f"x.csv:{line}", line, code, severity=severity)


@pytest.mark.parametrize(
    ("limits", "rejected", "rows", "exceeded"),
    [
        (Limits(), 0, 10, False),
        (Limits(), 1, 10, True),
        (Limits(max_errors=5), 1, 10, True),
        (Limits(keep_going=True), 10, 10, False),
        (Limits(keep_going=True, max_errors=0), 0, 10, False),
        (Limits(keep_going=True, max_errors=0), 1, 10, True),
        (Limits(keep_going=True, max_errors=2), 2, 10, False),
        (Limits(keep_going=True, max_errors=2), 3, 10, True),
        (Limits(keep_going=True, max_errors=20, percent=True), 2, 10, False),
        (Limits(keep_going=True, max_errors=20, percent=True), 3, 10, True),
        (Limits(keep_going=True, max_errors=1, percent=True), 1, 99, True),
    ],
)
def test_when_a_run_has_too_many_rejects(limits: Limits, rejected: int, rows: int, exceeded: bool) -> None:
    assert limits.exceeded(rejected, rows) is exceeded
    tally = Tally(frozenset(), rows=rows, rejected={("x", n) for n in range(rejected)})
    assert verdict(tally, limits) is (Outcome.REJECTED if exceeded else Outcome.APPLIED)


def test_a_dry_run_is_judged_like_the_real_one_first() -> None:
    tally = Tally(frozenset(), rows=1, rejected={("x", 1)})
    assert verdict(tally, Limits(dry_run=True)) is Outcome.REJECTED
    assert verdict(Tally(frozenset(), rows=1), Limits(dry_run=True)) is Outcome.DRY_RUN


@pytest.mark.parametrize("dry_run", [False, True])
def test_rejects_are_judged_before_the_guard_and_the_guard_before_a_dry_run(dry_run: bool) -> None:
    trip, limits = Trip("company", Action.END, 9, 10, 5), Limits(dry_run=dry_run)
    good, bad = Tally(frozenset(), rows=9), Tally(frozenset(), rows=9, rejected={("x", 1)})
    assert verdict(good, limits, [trip]) is Outcome.HELD
    assert verdict(bad, limits, [trip]) is Outcome.REJECTED


@pytest.mark.parametrize(
    ("problem", "single", "status"),
    [
        (fault(0), False, Status.REJECTED),
        (fault(0), True, Status.USAGE),
        (fault(0, "missing_value"), True, Status.USAGE),
        (fault(0, "expired"), True, Status.USAGE),
        (fault(0, "unknown_company"), True, Status.REFUSED),
        (Problem("arguments", 0, "forbidden", error=Forbidden()), True, Status.FORBIDDEN),
        (Problem("arguments", 0, "not_found", error=NotFound()), True, Status.REFUSED),
        (Problem("x.csv:2", 2, "forbidden", error=Forbidden()), False, Status.REJECTED),
    ],
)
def test_one_item_ends_with_its_own_refusal(problem: Problem, single: bool, status: Status) -> None:
    warned = fault(0, "older_contract", Severity.WARNING)
    assert exit_status(Tally(frozenset(), problems=[warned, problem]), single) is status


def test_a_tally_counts_records_and_rows_and_no_consequences() -> None:
    tally = Tally(frozenset({Kind.COMPANY}))
    changes = (change(2), change(3, action=Action.UPDATE), change(3, 99, counted=False))
    tally.add(Plan(changes, (fault(4), fault(4, "bad_email"), fault(5, "x", Severity.WARNING)), rows=5, unchanged=1))
    tally.add(Plan((), (fault(4, "y", Severity.WARNING),), rows=1))
    assert (tally.rows, tally.unchanged, tally.changes) == (6, 1, 3)
    assert dict(tally.actions) == {Action.CREATE: 1, Action.UPDATE: 1}
    assert tally.rejected == {("x.csv:4", 4)}
    assert tally.warned == {("x.csv:5", 5)}
    assert [(p.line, p.code) for p in tally.problems] == [(4, "bad_date"), (4, "bad_email"), (5, "x"), (4, "y")]


def test_of_each_sort_of_change_three_are_shown_however_many_others_came_first() -> None:
    tally = Tally(frozenset({Kind.COMPANY}))
    many = [change(line) for line in range(2, 6)] + [change(9)] * 120_000
    tally.add(Plan((change(1, 8, counted=False), replace(change(1, 9), counted=False), *many)))
    tally.add(Plan(tuple(change(line, action=Action.END) for line in range(2, 7))))
    tally.add(Plan((change(9, action=Action.END), change(9, action=Action.REOPEN))))
    shown = {action: [c.line for c in some] for action, some in tally.samples.items()}
    assert shown == {Action.CREATE: [2, 3, 4], Action.END: [2, 3, 4], Action.REOPEN: [9]}


def test_of_a_block_three_are_shown_and_all_are_counted() -> None:
    ids = range(1, 6)
    block = Block(Kind.COMPANY, "177", ids, {}, {"name": list("ABCDE")}, list("12345"), "x.csv", [2, 3, 4, 5, 6])
    tally = Tally(frozenset({Kind.COMPANY}))
    tally.add(Plan((change(9),), rows=6, blocks=(block, replace(block.pick([0, 1]), kind=Kind.TRAINER))))
    assert [c.line for c in tally.samples[Action.CREATE]] == [9, 2, 3]
    assert (tally.changes, tally.actions[Action.CREATE]) == (8, 6)


def test_nothing_planned_counts_as_nothing() -> None:
    tally = Tally(frozenset(Kind))
    tally.add(Plan())
    assert tally == Tally(frozenset(Kind), 0, Counter(), 0, 0, set(), set(), [], 0, 0, {})
    assert Change(Kind.MAIL, Action.CREATE, 1, "k", {}).line == 0


def test_what_was_kept_and_what_ended_by_its_dates_adds_up() -> None:
    tally = Tally(frozenset())
    for _ in range(2):
        tally.add(Plan(rows=1, unchanged=1, kept=2, over=3))
    assert (tally.rows, tally.unchanged, tally.kept, tally.over) == (2, 2, 4, 6)


def test_a_plan_without_refused_rows_and_dropped_changes() -> None:
    plan = Plan((change(2), change(3, 30), change(3, 31), change(4, 40), change(4, 41)), rows=3)
    left = plan.without([fault(2), fault(4, "z", Severity.WARNING)], dropped={30, 31, 40})
    assert [c.id for c in left.changes] == [41]
    assert [p.line for p in left.problems] == [2, 4]
    assert left.unchanged == 1  # row 3: nothing is left of it; row 4 still does something


def test_of_rows_with_one_key() -> None:
    same = [row(2, name="A"), row(3, name="A")]
    kept, told = choose(same, "name")
    assert (kept, [(p.line, p.code, p.severity) for p in told]) == (same[:1], [(3, "duplicate_in_file", "warning")])
    kept, told = choose([*same, row(4, name="B")], "name")
    assert (kept, [(p.line, p.code) for p in told]) == ([], [(n, "conflict_in_file") for n in (2, 3, 4)])
