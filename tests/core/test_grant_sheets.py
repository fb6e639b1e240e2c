"""Given by columns or row by row, a file of permissions amounts to the same."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asta_cli.addresses import normalise
from asta_cli.core import layouts
from asta_cli.core.columns import ColumnRows
from asta_cli.core.facts import Facts, TrainerRecord
from asta_cli.core.fields import BadField
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.model import AccountState, Kind, Role
from asta_cli.core.perm_rows import Terms
from asta_cli.core.plan import Plan, Tally
from asta_cli.core.policy import Asker, Authority, authorise
from asta_cli.core.rows import Row
from tests.core.test_sheets import ADDRESSES, columns, told
from tests.core.world import EARLIER, LATER, NOW, OPERATOR, account, company, facts, grant

HEAD, SITE, OTHER = company(1), company(2, 1), company(3)
CLOSED, TWIN = company(4, 1, open_=False), replace(company(5, chamber="188"), ident_number="0000003")
CELLS: dict[str, tuple[str, ...]] = {
    "email": (
        "new@b.de",
        "old@b.de",
        "Old@B.de",
        "pending@b.de",
        "over@b.de",
        "invited@b.de",
        "me@b.de",
        "shut@b.de",
        *ADDRESSES,
    ),
    "company": ("0000002", "0000001", "177:0000002", "0000003", "0000004", "9", "bad ident", ""),
    "chamber": ("", "177", "188", "x"),
    "role": ("Verwalter", "Administrator", "trainer", "contract_applicant", "Chef", ""),
    "trainer_number": ("", "", "A1", "A9"),
    "valid_from": ("", "01.01.2027", "2020-01-01", "bald"),
    "valid_until": ("", "nie", "31.07.2027", "2026-01-01", "1.1.26"),
    "sites": ("", "ja", "nein", "vielleicht"),
    "reason": ("", "", "neu"),
}
ME = Asker("me", "me@b.de", "me@b.de", 5)


def world() -> Facts:
    until = "2027-07-31T22:00:00Z"
    held = [
        grant(at, role, email, start=start, end=end)
        for at in (HEAD, SITE, OTHER, CLOSED, TWIN)
        for role in (Role.MANAGER, Role.ADMINISTRATOR)
        for email, start, end in (
            ("old@b.de", None, None),
            ("pending@b.de", LATER, None),
            ("over@b.de", None, EARLIER),
            ("long@b.de", None, until),
        )
    ]
    people = [account(f"{name}@b.de") for name in ("old", "pending", "over", "me")]
    people += [account("invited@b.de", AccountState.UNCONFIRMED), account("shut@b.de", AccountState.DISABLED)]
    people += [replace(account("new@b.de"), email="New@b.de")]
    found = facts((HEAD, SITE, OTHER, CLOSED, TWIN), grants=held, accounts=people)
    found.trainers_of = {2: [TrainerRecord(11, 2, "A1", None, open=True)]}
    return found


def walked(rows: Sequence[Row], authority: Authority, said: dict[str, object]) -> tuple[list[Plan], Plan]:
    """The plans of *rows* as the guard left them, and what follows."""
    found = world()
    planner = GrantPlanner(Terms(authority, 7, count(10_000), normalise, NOW, **said))  # type: ignore[arg-type]
    plans = []
    waves = [planner.hold(rows)]
    for wave in (*waves, *planner.held()):
        planner.needs(wave)
        plan = planner.guard(authorise(planner.plan(wave, found), authority, found), found)
        planner.accepted(plan, found)
        plans.append(plan)
    return plans, planner.finish(found)


def mails(plans: Sequence[Plan], finish: Plan) -> Sequence[object]:
    """What each person is told, every grant named by what it is instead of by its id."""
    named = {c.id: c.key for plan in plans for c in plan.singly().changes}
    return sorted(
        (c.after["recipient"], c.after["kind"], c.after["language"],
         sorted((named[e.pop("grant")], *e.values()) for e in json.loads(str(c.after["params"]))["companies"]))
        for c in finish.changes
    )  # fmt: skip


def summed(plans: Sequence[Plan]) -> tuple[object, ...]:
    tally = Tally(frozenset({Kind.GRANT}))
    for plan in plans:
        tally.add(plan)
    single = [change for plan in plans for change in plan.singly().changes]
    problems = tuple(p for plan in plans for p in plan.problems)
    counted = tally.rows, tally.unchanged, tally.actions, tally.rejected, tally.warned
    return *told(Plan(tuple(single), problems)), *counted


SAID = st.fixed_dictionaries(
    {
        "role": st.sampled_from([None, Role.MANAGER, Role.ADMINISTRATOR, Role.TRAINER]),
        "reason": st.sampled_from([None, "as agreed"]),
        "chamber": st.sampled_from([None, None, "177"]),
        "usual_chamber": st.sampled_from([None, "177"]),
        "orphan_ok": st.booleans(),
    }
)
ASKERS = st.sampled_from(
    [
        Authority(OPERATOR),
        Authority(ME, (grant(HEAD, email="me@b.de"),)),
        Authority(ME, (grant(HEAD, email="me@b.de", sites=False), grant(OTHER, Role.MANAGER, "me@b.de"))),
        Authority(ME),
    ]
)


ADMINISTRATOR = Authority(ME, (grant(HEAD, email="me@b.de"),))


@settings(max_examples=200, deadline=None)
@given(rows=columns(layouts.GRANTS, CELLS), authority=ASKERS, said=SAID)
def test_by_columns_as_row_by_row(rows: ColumnRows, authority: Authority, said: dict[str, object]) -> None:
    single = list({_about(row): row for row in reversed(rows)}.values())[::-1]  # of several about one the first counts
    rows = rows.pick([row.line - 2 for row in single])
    said = {**said, "needs_reason": authority.asker.operator}
    by_columns, one_by_one = walked(rows, authority, said), walked(single, authority, said)
    assert summed(by_columns[0]) == summed(one_by_one[0])
    assert mails(*by_columns) == mails(*one_by_one)
    assert not any(plan.blocks for plan in one_by_one[0])


def _about(row: Row) -> tuple[str, str]:
    """Whose grant it is, and where."""
    email = row.values.get("email", "")
    with contextlib.suppress(BadField):
        email = normalise(email)[1]
    return email, row.values.get("company", "").removeprefix("177:")


def test_plain_rows_make_blocks() -> None:
    names = ("email", "company", "role")
    cells = [["new@b.de", "old@b.de", "new@b.de", "t@b.de"], ["0000002", "0000002", "0000001", "0000002"]]
    cells.append(["manager", "manager", "administrator", "trainer"])
    rows = ColumnRows("f.csv", (2, 3, 4, 5), [b""] * 4, names, cells, cells, frozenset(names))
    planner = GrantPlanner(Terms(Authority(OPERATOR), 7, count(10_000), normalise, NOW, reason="new"))
    needs = planner.needs(planner.hold(rows))
    assert needs.pairs == {(e, i) for e, i, _ in zip(*cells, strict=True)}
    plan = planner.plan(rows, world())
    assert [(len(block), block.hollow) for block in plan.blocks] == [(2, False), (1, True)]
    assert [change.line for change in plan.changes] == [5]
    judged = authorise(plan, Authority(OPERATOR), world())
    assert [len(block) for block in judged.blocks] == [2]
    assert (judged.rows, judged.unchanged) == (4, 1)


def test_an_administrator_of_a_block_counts_before_another_loses_their_end() -> None:
    names = ("email", "company", "role", "valid_until")
    cells = [["new@b.de", "old@b.de"], ["0000003"] * 2, ["administrator"] * 2, ["", "31.07.2027"]]
    rows = ColumnRows("f.csv", (2, 3), [b""] * 2, names, cells, cells, frozenset(names))
    old = grant(OTHER, email="old@b.de")
    for role, refused in (("administrator", []), ("manager", ["last_administrator"])):
        cells[2][0] = role
        found = facts((OTHER,), grants=[old], accounts=[account("new@b.de"), account("old@b.de")], administrators=[old])
        planner = GrantPlanner(Terms(Authority(OPERATOR), 7, count(10_000), normalise, NOW, reason="new"))
        plans = []
        for wave in (planner.hold(rows), *planner.held()):
            planner.needs(wave)
            plans.append(planner.guard(authorise(planner.plan(wave, found), Authority(OPERATOR), found), found))
        assert [p.code for plan in plans for p in plan.problems] == refused


def file_of(*lines: str) -> ColumnRows:
    """A file with these lines; the first one has the headings."""
    names, *rows = (tuple(line.split(";")) for line in lines)
    cells = [list(column) for column in zip(*rows, strict=True)]
    return ColumnRows("f.csv", range(2, 2 + len(rows)), [b""] * len(rows), names, cells, cells, frozenset(names))


LISTED = "email;company;role;sites;trainer_number;valid_from;valid_until;state"


@pytest.mark.parametrize(
    ("rows", "authority", "said"),
    [
        # Nobody raises themselves, whoever stands beside them in the file.
        (file_of("email;company;role", "me@b.de;0000001;manager", "new@b.de;0000001;manager"), ADMINISTRATOR, {}),
        (file_of("email;company;role", "new@b.de;0000001;manager", "me@b.de;0000001;manager"), ADMINISTRATOR, {}),
        (file_of("email;company;role", ";0000001;manager", "new@b.de;;manager", "a@b.de;0000001;"), ADMINISTRATOR, {}),
        # Companies of two chambers in one file.
        (
            file_of("email;company;chamber;role", "a@b.de;0000003;188;manager", "a@b.de;0000003;177;manager"),
            Authority(OPERATOR),
            {"reason": "new"},
        ),
        # An operator gives a reason for what is new, and needs none for what is so.
        (
            file_of("email;company;role;reason", "a@b.de;0000001;manager;", "c@b.de;0000001;manager;x"),
            Authority(OPERATOR),
            {"needs_reason": True},
        ),
        (file_of("email;company;role", "old@b.de;0000001;manager"), Authority(OPERATOR), {"needs_reason": True}),
        (file_of("email;company;role;reason", "a@b.de;0000001;manager;"), ADMINISTRATOR, {}),
        # What is held is looked at by its role, its sites and its days; who is shut out is told of.
        (
            file_of(
                "email;company;role;sites;valid_from;valid_until",
                "old@b.de;0000001;contract_applicant;;;",
                "old@b.de;0000002;manager;nein;;",
                "pending@b.de;0000001;manager;;1.1.2027;",
                "long@b.de;0000001;manager;;;1.8.2027",
                "long@b.de;0000002;manager;ja;;31.7.2027",
            ),
            Authority(OPERATOR),
            {"reason": "new"},
        ),
        (
            file_of("email;company;role;valid_from;valid_until", "a@b.de;0000001;manager;01.01.2027;31.12.2026"),
            Authority(OPERATOR),
            {"reason": "new"},
        ),
        (file_of("email;company;role", "shut@b.de;0000001;manager"), Authority(OPERATOR), {"reason": "new"}),
        (file_of("email;company;role", "shut@b.de;0000001;manager"), ADMINISTRATOR, {}),
        (
            file_of(LISTED, "a@b.de;0000001;manager;nein;;;;ended", "c@b.de;0000001;manager;nein;;;;active"),
            Authority(OPERATOR),
            {"exact": True, "reason": "new"},
        ),
        # A list that says everything: empty cells speak, and what is over is over.
        (
            file_of(
                LISTED, "long@b.de;0000001;manager;;;;;", "old@b.de;0000001;manager;;;;;", "a@b.de;0000001;manager;;;;;"
            ),
            Authority(OPERATOR),
            {"exact": True, "reason": "new"},
        ),
        (
            file_of(LISTED, "a@b.de;0000001;manager;;;;1.1.2020;Expired", "c@b.de;0000001;manager;;;;1.1.2020;active"),
            Authority(OPERATOR),
            {"exact": True, "reason": "new"},
        ),
        (
            file_of(LISTED, "a@b.de;0000001;manager;nein;;;;", "old@b.de;0000001;manager;nein;;;31.7.2027;"),
            Authority(OPERATOR),
            {"exact": False, "reason": "new"},
        ),
    ],
)
def test_files_that_are_not_all_plain(rows: ColumnRows, authority: Authority, said: dict[str, object]) -> None:
    by_columns, one_by_one = walked(rows, authority, said), walked(list(rows), authority, said)
    assert summed(by_columns[0]) == summed(one_by_one[0])
    assert mails(*by_columns) == mails(*one_by_one)
    needs = [GrantPlanner(Terms(authority, 7, count(1), normalise, NOW, **said)).needs(r) for r in (rows, list(rows))]  # type: ignore[arg-type]
    assert needs[0] == needs[1]


@pytest.mark.parametrize(
    ("rows", "authority", "said", "plain"),
    [
        (file_of("email;company", "a@b.de;0000001", "c@b.de;0000001"), ADMINISTRATOR, {"role": Role.MANAGER}, {2, 3}),
        (file_of("email;company;role", "me@b.de;0000001;manager", "a@b.de;0000001;manager"), ADMINISTRATOR, {}, {3}),
        (
            file_of("email;company;role;trainer_number", "t@b.de;0000001;trainer;A1", "a@b.de;0000001;manager;"),
            ADMINISTRATOR,
            {},
            {3},
        ),
        (
            file_of("email;company;role;reason", "a@b.de;0000001;manager;", "c@b.de;0000001;manager;x"),
            Authority(OPERATOR),
            {"needs_reason": True},
            {3},
        ),
        (file_of("email;company;role;reason", "a@b.de;0000001;manager;"), ADMINISTRATOR, {}, {2}),
        (
            file_of("email;company;role;state", "a@b.de;0000001;manager;ended", "c@b.de;0000001;manager;active"),
            ADMINISTRATOR,
            {"exact": True},
            {3},
        ),
        (file_of("email;company;role;state", "a@b.de;0000001;manager;ended"), ADMINISTRATOR, {}, {2}),
        (
            file_of(
                "email;company;role;sites;valid_until",
                "long@b.de;0000001;manager;;31.7.2027",
                "old@b.de;0000001;manager;ja;never",
                "long@b.de;0000002;manager;;",
                "old@b.de;0000002;manager;nein;",
            ),
            ADMINISTRATOR,
            {},
            {2, 3, 4},
        ),
        (
            file_of("email;company;role", "old@b.de;0000001;manager", "a@b.de;0000001;manager"),
            ADMINISTRATOR,
            {},
            {2, 3},
        ),
    ],
)
def test_plain_rows_are_taken_by_columns_whatever_stands_beside_them(
    rows: ColumnRows, authority: Authority, said: dict[str, object], plain: set[int]
) -> None:
    planner = GrantPlanner(Terms(authority, 7, count(10_000), normalise, NOW, **said))  # type: ignore[arg-type]
    planner.needs(rows)
    assert {line for block in planner.plan(rows, world()).blocks for line in block.lines} == plain
