"""Planning permissions from plain data: what a row means, what it changes, and what several rows of one file mean."""

from __future__ import annotations

from typing import Any

import pytest

from asta_cli.core import perm_rows
from asta_cli.core.facts import Facts
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.model import AccountState, Action, Grant, MailKind, Role
from asta_cli.core.perm_rows import NEVER, Terms
from asta_cli.core.perms import PermissionPlanner
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Asker, Authority
from asta_cli.core.revoking import RevokePlanner
from asta_cli.core.rows import Row, from_arguments
from tests.core.walk import row
from tests.core.world import LATER, NOW, account, company, facts, grant, ids, normalise

HEAD, ENDED = company(1), company(2, open_=False)
HR = "hr@firma.example"


def terms(*, asking: Authority | None = None, **more: Any) -> Terms:
    return Terms(asking or Authority(Asker.at_desk("root")), run=7, ids=ids(), normalise=normalise, now=NOW, **more)


def wanted(line: int = 2, /, **values: str) -> Row:
    return row(line, **{"email": HR, "company": HEAD.ident_number, "role": "manager"} | values)


def planned(planner: PermissionPlanner, known: Facts, *rows: Row) -> Plan:
    return planner.plan(rows, known)


def real(plan: Plan) -> list[Change]:
    return [c for c in plan.changes if not c.hollow]


def read(**values: str) -> tuple[perm_rows.Wanted | None, list[str]]:
    found, problems = perm_rows.read(wanted(2, **values), terms(), whole=True)
    return found, [p.code for p in problems]


@pytest.mark.parametrize(
    ("values", "name", "meaning"),
    [
        ({"valid_from": "1.1.2027"}, "valid_from", "2026-12-31T23:00:00Z"),
        ({"valid_until": "2027-07-31"}, "valid_until", "2027-07-31T22:00:00Z"),
        ({"valid_until": "nie"}, "valid_until", NEVER),
        ({"valid_until": "Unbefristet"}, "valid_until", NEVER),
        ({"valid_until": ""}, "valid_until", None),
        ({"sites": "Nein"}, "sites", False),
        ({"role": "Ausbilder", "trainer_number": "A1"}, "trainer_number", "A1"),
        ({"role": "Verwalter/in"}, "role", Role.MANAGER),
        ({"company": "175:0000001"}, "chamber", "175"),
        ({"chamber": "175"}, "chamber", "175"),
        ({"email": "HR@Firma.example"}, "key", HR),
    ],
)
def test_what_a_cell_means(values: dict[str, str], name: str, meaning: object) -> None:
    found, problems = read(**values)
    assert problems == []
    assert getattr(found, name) == meaning


def test_an_invitation_waits_for_three_weeks_unless_it_is_said_otherwise() -> None:
    assert terms().invited_until == "2026-12-14T09:00:00Z"
    assert terms(invitation_days=1).invited_until == "2026-11-24T09:00:00Z"


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"email": "x"}, ["bad_email"]),
        ({"company": ""}, ["missing_value"]),
        ({"company": "a b", "role": "king"}, ["bad_value", "bad_choice"]),
        ({"company": "177:0000001", "chamber": "175"}, ["bad_value"]),
        ({"valid_until": "2026-11-22"}, ["expired"]),
        ({"valid_from": "2027-02-01", "valid_until": "2027-01-31"}, ["end_before_start"]),
        ({"role": "trainer", "sites": "ja"}, ["bad_choice"]),
        ({"role": "manager", "trainer_number": "A1"}, ["bad_value"]),
    ],
)
def test_what_is_wrong_with_a_row(values: dict[str, str], codes: list[str]) -> None:
    assert read(**values) == (None, codes)


def test_only_arguments_may_leave_out_the_company_of_a_revoke() -> None:
    in_file = row(2, email=HR, company="", role="")
    assert perm_rows.read(in_file, terms(), whole=False)[0] is None
    assert perm_rows.read(row(2, email=HR), terms(), whole=False)[0] is None
    assert perm_rows.read(from_arguments(email=HR, company=""), terms(), whole=False)[0] is None
    found, _ = perm_rows.read(from_arguments(email=HR), terms(), whole=False)
    assert found is not None
    assert found.ident is None


@pytest.mark.parametrize(
    ("values", "after"),
    [
        ({}, {}),
        ({"valid_until": "2027-07-31"}, {}),
        # Of a new end nobody has been reminded.
        ({"valid_until": "2027-08-31"}, {"valid_until": "2027-08-31T22:00:00Z", "reminded_at": None}),
        ({"valid_until": "never"}, {"valid_until": None, "reminded_at": None}),
        ({"sites": "yes"}, {}),
        ({"sites": "no"}, {"sites": False}),
        ({"reason": "neu"}, {}),
        ({"sites": "no", "reason": "neu"}, {"sites": False, "reason": "neu"}),
    ],
)
def test_only_what_is_stated_otherwise_changes(values: dict[str, str], after: dict[str, object]) -> None:
    held = grant(HEAD, Role.MANAGER, HR, end="2027-07-31T22:00:00Z")
    plan = planned(GrantPlanner(terms()), facts([HEAD], grants=[held]), wanted(2, **values))
    assert [dict(c.after) for c in real(plan)] == ([after] if after else [])
    for change in real(plan):
        assert (change.action, change.id) == (Action.UPDATE, held.id)
        assert change.before.keys() == {"email", "email_key", "role", "sites", "ended_at"} | (
            after.keys() - {"reminded_at"}
        )


@pytest.mark.parametrize(
    ("held", "actions"),
    [
        ([], [Action.CREATE]),
        ([grant(HEAD, Role.MANAGER, HR, end=NOW)], [Action.END, Action.CREATE]),
        ([grant(HEAD, Role.TRAINER, HR)], [Action.CREATE]),
    ],
)
def test_when_a_new_grant_is_made(held: list[Grant], actions: list[Action]) -> None:
    plan = planned(GrantPlanner(terms()), facts([HEAD], grants=held), wanted())
    assert [c.action for c in real(plan)] == actions
    assert [c.counted for c in real(plan)] == [a is Action.CREATE for a in actions]


def test_no_new_grant_on_a_company_that_has_ended() -> None:
    plan = planned(GrantPlanner(terms()), facts([ENDED]), wanted(company=ENDED.ident_number))
    assert [p.code for p in plan.problems] == ["company_ended"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (None, MailKind.INVITED),
        (AccountState.UNCONFIRMED, MailKind.INVITED),
        (AccountState.CONFIRMED, MailKind.GRANTED),
        (AccountState.LOCKED, MailKind.GRANTED),
        (AccountState.DISABLED, MailKind.GRANTED),
    ],
)
def test_who_has_an_account_is_not_invited(state: AccountState | None, kind: MailKind) -> None:
    known = facts([HEAD], accounts=[account(HR, state)] if state else [])
    planner = GrantPlanner(terms())
    planner.accepted(planned(planner, known, wanted()), known)
    assert [c.after["kind"] for c in planner.finish(known).changes] == [kind]


@pytest.mark.parametrize("planner", [GrantPlanner, RevokePlanner])
@pytest.mark.parametrize("role", ["", "administrator", "Administrator/in", "manager", "Verwalter", "king"])
def test_which_rows_wait_until_all_others_are_known(planner: type[PermissionPlanner], role: str) -> None:
    made = planner(terms())
    shortening, plain = wanted(2, role=role, valid_until="2027-07-31"), wanted(3, role=role)
    maybe = role in ("", "administrator", "Administrator/in")
    waits = [shortening] * maybe if planner is GrantPlanner else [shortening, plain] * maybe
    assert list(made.hold([shortening, plain])) == [r for r in (shortening, plain) if r not in waits]
    assert [list(wave) for wave in made.held()] == [waits]


def outcome(planner: type[PermissionPlanner], *rows: Row, **more: Any) -> tuple[list[int], list[tuple[int, str]]]:
    kept, problems = planner(terms(**more)).repeats(rows)
    return [r.line for r in kept], sorted((p.line, p.code) for p in problems)


DUPLICATE, CONFLICT = "duplicate_in_file", "conflict_in_file"


@pytest.mark.parametrize(
    ("planner", "rows", "result"),
    [
        (GrantPlanner, [{}, {"email": "HR@firma.example"}], ([2], [(3, DUPLICATE)])),
        (GrantPlanner, [{"valid_until": "31.7.2027"}, {"valid_until": "2027-07-31"}], ([2], [(3, DUPLICATE)])),
        (GrantPlanner, [{}, {"sites": "no"}], ([], [(2, CONFLICT), (3, CONFLICT)])),
        (GrantPlanner, [{}, {"reason": "x"}], ([], [(2, CONFLICT), (3, CONFLICT)])),
        (GrantPlanner, [{}, {"valid_until": "x"}], ([], [(2, CONFLICT), (3, CONFLICT)])),
        (GrantPlanner, [{"valid_until": "x"}, {"valid_until": "y"}], ([], [(2, CONFLICT), (3, CONFLICT)])),
        (GrantPlanner, [{}, {"chamber": "177"}], ([2], [(3, DUPLICATE)])),
        (GrantPlanner, [{"chamber": "175"}, {"chamber": "177"}], ([2, 3], [])),
        (GrantPlanner, [{"chamber": "175"}, {"chamber": "177"}, {}], ([2, 3], [(4, "ambiguous")])),
        (RevokePlanner, [{}, {"sites": "no"}], ([2], [(3, DUPLICATE)])),
        (RevokePlanner, [{}, {"role": "trainer"}], ([2, 3], [])),
        (RevokePlanner, [{}, {"role": ""}], ([3], [(2, DUPLICATE)])),
        (RevokePlanner, [{}, {"role": "king"}], ([3, 2], [])),
        (RevokePlanner, [{}, {"reason": "x"}], ([], [(2, CONFLICT), (3, CONFLICT)])),
    ],
)
def test_several_rows_about_one_grant(
    planner: type[PermissionPlanner], rows: list[dict[str, str]], result: tuple[list[int], list[tuple[int, str]]]
) -> None:
    assert outcome(planner, *(wanted(n, **values) for n, values in enumerate(rows, 2))) == result


def test_a_revoke_ends_what_is_open_and_named() -> None:
    held = [grant(HEAD, role, HR) for role in Role] + [grant(HEAD, email=HR, end=NOW)]
    known = facts([HEAD], grants=held)
    for role in Role:
        plan = planned(RevokePlanner(terms()), known, wanted(role=role.value))
        assert [c.id for c in real(plan)] == [g.id for g in held[:4] if g.role is role]
    everything = planned(RevokePlanner(terms()), known, from_arguments(email=HR))
    assert {c.id for c in real(everything)} == {g.id for g in held[:4]}
    assert all(c.optional and c.after["ended_at"] == NOW for c in real(everything))


def test_a_revoke_of_what_is_not_there_is_judged_where_a_company_is_named_and_else_nothing() -> None:
    known = facts([HEAD], accounts=[account(HR)])
    everywhere = planned(RevokePlanner(terms()), known, from_arguments(email=HR))
    assert (everywhere.changes, everywhere.problems, everywhere.unchanged) == ((), (), 1)
    for role, judged in (("manager", Role.MANAGER), ("", Role.TRAINER)):  # who may deal with any role, with a trainer's
        (asked,) = planned(RevokePlanner(terms()), known, wanted(role=role)).changes
        assert (asked.id, asked.action, asked.company, asked.hollow) == (0, Action.END, HEAD.id, True)
        assert asked.before == {"email_key": HR, "role": judged.value}


def test_a_grant_that_would_end_before_it_begins() -> None:
    held = grant(HEAD, Role.MANAGER, HR, end=LATER)
    plan = planned(GrantPlanner(terms()), facts([HEAD], grants=[held]), wanted(valid_from="2028-01-01"))
    assert [p.code for p in plan.problems] == ["end_before_start"]
