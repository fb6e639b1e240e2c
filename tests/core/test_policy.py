from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from asta_cli.core.matrix import Toggles, grant_permission
from asta_cli.core.model import Action, Company, Grant, Kind, Permission, Role, Value
from asta_cli.core.office import Office
from asta_cli.core.plan import Change, Plan, Problem, Severity
from asta_cli.core.policy import Asker, Authority, authorise
from asta_cli.core.refusals import OnlyChamber, OtherAccount, OtherDesk
from asta_cli.core.rules import RULES
from tests.core.world import EARLIER, LATER, NOW, OPERATOR, asker, company, facts, grant

TOP, HEAD, SITE, OTHER = company(1), company(2, 1), company(3, 2), company(4)
ENDED_HEAD = company(2, 1, open_=False)
ALL = (TOP, HEAD, SITE, OTHER)

# The portal's table, cell by cell: what a role gives at its own company. T: if trainers may register for exams,
# M: if managers may grant trainers. Limited cells (only oneself, only names) are no.
TABLE = """
                        administrator manager trainer contract_applicant operator
company.view            yes           yes     yes     yes                yes
trainers.view           yes           yes     no      no                 yes
trainees.view           yes           yes     no      no                 yes
trainees.view_assigned  yes           yes     yes     no                 yes
perms.grant             yes           no      no      no                 yes
perms.grant_trainer     yes           M       no      no                 yes
services.manage         yes           no      no      no                 yes
exam.register           yes           yes     T       no                 no
contracts.file          no            no      no      yes                no
"""
_HEADER, *_LINES = (line.split() for line in TABLE.strip().splitlines())
CELLS = {(name, column): cell for name, *cells in _LINES for column, cell in zip(_HEADER, cells, strict=True)}
RELATIONS = ("own", "site with", "site without", "parent", "other", "ended own", "site of ended", "ended site")


def expected(role: Role, permission: Permission, relation: str, toggles: Toggles) -> bool:
    cell = CELLS[permission.value, role.value]
    if cell == "M":
        gives = toggles.manager_may_grant_trainer
    elif cell == "T":
        gives = toggles.trainer_may_register
    else:
        gives = cell == "yes"
    inherited = role is not Role.TRAINER
    reaches = {
        "own": True,
        "site with": inherited,
        "site without": False,
        "parent": False,
        "other": False,
        "ended own": False,
        "site of ended": False,
        "ended site": inherited,
    }
    return gives and reaches[relation]


def placed(role: Role, relation: str) -> tuple[Grant, Company, tuple[Company, ...]]:
    """A grant of *role* at HEAD, the company asked about, and all companies."""
    sites = relation != "site without"
    world = ALL
    asked = {"own": HEAD, "parent": TOP, "other": OTHER, "ended own": ENDED_HEAD}.get(relation, SITE)
    if relation in ("ended own", "site of ended"):
        world = (TOP, ENDED_HEAD, SITE, OTHER)
    if relation == "ended site":
        asked = company(3, 2, open_=False)
        world = (TOP, HEAD, asked, OTHER)
    return grant(HEAD, role, sites=sites), asked, world


def test_the_table_names_every_permission_and_role() -> None:
    assert {name for name, _ in CELLS} == {p.value for p in Permission}
    assert {column for _, column in CELLS} == {*(r.value for r in Role), "operator"}


@pytest.mark.parametrize("toggles", [Toggles(m, t) for m, t in product((False, True), repeat=2)], ids=str)
def test_every_cell_of_the_matrix(toggles: Toggles) -> None:
    wrong = []
    for role, permission, relation in product(Role, Permission, RELATIONS):
        held, asked, world = placed(role, relation)
        authority = Authority(asker(), (held,), toggles)
        if authority.may(permission, asked, facts(world)) != expected(role, permission, relation, toggles):
            wrong.append((role, permission, relation))
    assert not wrong


def test_a_setting_is_off_until_it_is_switched_on() -> None:
    assert Toggles() == Toggles(manager_may_grant_trainer=False, trainer_may_register=False)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("toggles", [Toggles(), Toggles(True, True)], ids=["off", "on"])
def test_the_roles_that_give_a_permission(permission: Permission, toggles: Toggles) -> None:
    assert toggles.roles(permission) == {role for role in Role if expected(role, permission, "own", toggles)}


@pytest.mark.parametrize("permission", Permission)
def test_an_operator_may_what_the_table_says_everywhere(permission: Permission) -> None:
    may = [Authority(OPERATOR).may(permission, c, facts(ALL)) for c in ALL]
    assert may == [CELLS[permission.value, "operator"] == "yes"] * len(ALL)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_else_may_anything(permission: Permission) -> None:
    assert not any(Authority(asker()).may(permission, c, facts(ALL)) for c in ALL)


def test_authority_with_sites_needs_a_grant_with_sites() -> None:
    known = facts(ALL)
    for sites in (True, False):
        authority = Authority(asker(), (grant(HEAD, sites=sites),))
        assert authority.may(Permission.PERMS_GRANT, HEAD, known)
        assert authority.may_with_sites(Permission.PERMS_GRANT, HEAD, known) is sites
    from_above = Authority(asker(), (grant(HEAD, sites=False), grant(TOP)))
    assert from_above.may_with_sites(Permission.PERMS_GRANT, HEAD, known)


@pytest.mark.parametrize(
    ("held", "open_", "in_force"),
    [
        (grant(1), True, True),
        (grant(1, start=LATER), True, False),
        (grant(1, start=NOW), True, True),
        (grant(1, end=NOW), False, False),
        (grant(1, end=LATER), True, True),
        (grant(1, end=EARLIER), False, False),
        (grant(1, ended=EARLIER), False, False),
        (grant(1, confirmed=False), True, False),
    ],
)
def test_when_a_grant_is_in_force(held: Grant, open_: bool, in_force: bool) -> None:
    assert (held.open(NOW), held.in_force(NOW)) == (open_, in_force)


# --- changes ----------------------------------------------------------------------------------------------------------


def change(
    action: Action, role: Role, at: Company, email: str = "b@firma.example", *, sites: bool = False, **more: Any
) -> Change:
    after = {"email_key": email, "role": role.value, "sites": sites}
    before = {} if action is Action.CREATE else after
    return Change(Kind.GRANT, action, 9, "key", after, before, at.id, at.chamber, "x.csv:2", 2, **more)


def allowed(change_: Change, authority: Authority, world: tuple[Company, ...] = ALL, **more: Any) -> bool:
    return bool(authorise(Plan((change_,), **more), authority, facts(world)).changes)


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.END])
@pytest.mark.parametrize("toggles", [Toggles(), Toggles(manager_may_grant_trainer=True)], ids=["off", "on"])
def test_who_may_give_and_take_which_role_where(action: Action, toggles: Toggles) -> None:
    wrong = []
    for held_role, role, relation in product(Role, Role, RELATIONS):
        held, asked, world = placed(held_role, relation)
        needed = grant_permission(role)
        right = expected(held_role, needed, relation, toggles)
        if allowed(change(action, role, asked), Authority(asker(), (held,), toggles), world) != right:
            wrong.append((held_role, role, relation))
    assert not wrong


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.END])
def test_who_has_no_authority_over_the_sites_cannot_give_or_take_it(action: Action) -> None:
    narrow, wide = (Authority(asker(), (grant(HEAD, sites=sites),)) for sites in (False, True))
    for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.CONTRACT_APPLICANT):
        assert not allowed(change(action, role, HEAD, sites=True), narrow)
        assert allowed(change(action, role, HEAD, sites=False), narrow)
        assert allowed(change(action, role, HEAD, sites=True), wide)


def test_widening_and_narrowing_both_need_authority_over_the_sites() -> None:
    narrow = Authority(asker(), (grant(HEAD, sites=False),))
    for before, after in ((False, True), (True, False)):
        values = {"email_key": "b@firma.example", "role": "manager"}
        update = Change(
            Kind.GRANT, Action.UPDATE, 9, "key", {"sites": after}, {**values, "sites": before}, HEAD.id, HEAD.chamber
        )
        assert not allowed(update, narrow)


@pytest.mark.parametrize("held_role", Role)
def test_nobody_raises_themselves(held_role: Role) -> None:
    authority = Authority(asker(), (grant(HEAD, held_role),), Toggles(True, True))
    for action, role, at, sites in product((Action.CREATE, Action.UPDATE), Role, ALL, (True, False)):
        may = allowed(change(action, role, at, "a@firma.example", sites=sites), authority)
        applies = role is Role.CONTRACT_APPLICANT and held_role is Role.ADMINISTRATOR and at in (HEAD, SITE)
        assert may is applies, (action, role, at, sites)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("held", "then", "less"),
    [
        ({"sites": True}, {"sites": False}, True),
        ({"sites": False}, {"sites": True}, False),
        ({"valid_until": None}, {"valid_until": LATER, "reminded_at": None}, True),
        ({"valid_until": LATER}, {"valid_until": NOW}, True),
        ({"valid_until": NOW}, {"valid_until": LATER}, False),
        ({"valid_until": LATER}, {"valid_until": None}, False),
        ({"valid_from": None}, {"valid_from": LATER}, True),
        ({"valid_from": NOW}, {"valid_from": LATER}, True),
        ({"valid_from": LATER}, {"valid_from": NOW}, False),
        ({"valid_from": LATER}, {"valid_from": None}, False),
        ({"sites": True, "valid_until": NOW}, {"sites": False, "valid_until": LATER}, False),
        ({"sites": True, "reason": None}, {"sites": False, "reason": "leaving"}, True),
        (
            {"sites": True, "valid_from": EARLIER, "valid_until": None, "reason": None},
            {"sites": False, "valid_from": NOW, "valid_until": LATER, "reason": "leaving", "reminded_at": None},
            True,
        ),
        ({"trainer_id": None}, {"trainer_id": 5}, False),
        ({"trainer_id": 5, "sites": True}, {"trainer_id": None, "sites": False}, False),
        ({"invited_until": NOW}, {"invited_until": LATER}, False),
    ],
)
def test_who_may_give_up_a_permission_may_keep_a_part_of_it(
    role: Role, held: dict[str, Value], then: dict[str, Value], less: bool
) -> None:
    def made(email: str, action: Action = Action.UPDATE) -> Change:
        whose: dict[str, Value] = {
            "email": email,
            "email_key": email,
            "role": role.value,
            "sites": False,
            "ended_at": None,
        }
        return Change(Kind.GRANT, action, 9, "key", then, {**whose, **held}, HEAD.id, HEAD.chamber)

    manager = Authority(asker(), (grant(HEAD, Role.MANAGER),))
    assert allowed(made("a@firma.example"), manager) is less
    assert not allowed(made("b@firma.example"), manager)  # of somebody else's not even that
    assert not allowed(made("a@firma.example", Action.CREATE), manager)


@pytest.mark.parametrize("role", Role)
def test_everybody_may_give_up_their_own(role: Role) -> None:
    for at in ALL:
        assert allowed(change(Action.END, role, at, "a@firma.example", sites=True), Authority(asker()))


def test_a_shown_code_makes_an_administrator_of_that_company_and_nothing_else() -> None:
    shown = frozenset({HEAD.id})
    for role, at, email in product(Role, ALL, ("a@firma.example", "b@firma.example")):
        may = allowed(change(Action.CREATE, role, at, email, sites=True), Authority(asker()), proofs=shown)
        assert may is (role is Role.ADMINISTRATOR and at is HEAD and email == "a@firma.example")


def test_an_operator_gives_and_takes_every_role() -> None:
    for action, role in product((Action.CREATE, Action.UPDATE, Action.END), Role):
        assert allowed(change(action, role, HEAD, sites=True), Authority(OPERATOR))


def test_a_change_without_a_rule_is_refused_even_to_operators() -> None:
    for kind, action in product(Kind, Action):
        if (kind, action) not in RULES:
            done = authorise(Plan((Change(kind, action, 1, "k", {}),)), Authority(OPERATOR), facts(ALL))
            assert [p.code for p in done.problems] == ["forbidden"]
            assert not done.changes


@pytest.mark.parametrize(
    "rule", [r for r in RULES if r[0] in (Kind.COMPANY, Kind.TRAINER, Kind.TRAINEE, Kind.CHAMBER, Kind.LETTER)]
)
def test_the_register_is_the_chambers(rule: tuple[Kind, Action]) -> None:
    made = Change(*rule, 1, "k", {}, company=HEAD.id)
    administrator = Authority(asker(), (grant(TOP),))
    assert allowed(made, Authority(OPERATOR)) or rule == (Kind.LETTER, Action.UPDATE)
    assert not allowed(made, administrator)


def test_a_refused_row_loses_all_its_changes_and_is_named_once() -> None:
    good, bad = change(Action.CREATE, Role.MANAGER, HEAD), change(Action.CREATE, Role.MANAGER, OTHER)
    elsewhere = Change(Kind.GRANT, Action.CREATE, 8, "k", good.after, {}, HEAD.id, "177", "x.csv:3", 3)
    done = authorise(Plan((good, bad, bad, elsewhere), rows=2), Authority(asker(), (grant(HEAD),)), facts(ALL))
    assert done.changes == (elsewhere,)
    assert [(p.code, p.where, p.value) for p in done.problems] == [("forbidden", "x.csv:2", OTHER.ident_number)]


def test_what_was_only_wished_falls_out_in_silence_and_counts_as_nothing_there() -> None:
    wished = change(Action.END, Role.MANAGER, OTHER, optional=True)
    done = authorise(Plan((wished,), rows=1), Authority(asker(), (grant(HEAD),)), facts(ALL))
    assert (done.changes, done.problems, done.unchanged) == ((), (), 1)


def test_every_change_is_judged_whatever_fell_out_before_it() -> None:
    wished = change(Action.END, Role.MANAGER, OTHER, optional=True)
    wished = replace(wished, id=8)
    bad, good = change(Action.CREATE, Role.MANAGER, OTHER), replace(change(Action.CREATE, Role.MANAGER, HEAD), line=3)
    done = authorise(Plan((wished, bad, good), rows=2), Authority(asker(), (grant(HEAD),)), facts(ALL))
    assert done.changes == (good,)
    assert [p.line for p in done.problems] == [2]


def test_what_is_true_already_is_judged_and_then_no_change() -> None:
    true, new = change(Action.UPDATE, Role.MANAGER, HEAD, hollow=True), change(Action.CREATE, Role.MANAGER, HEAD)
    new = replace(new, id=8, where="x.csv:3", line=3)
    for authority, left in ((Authority(asker(), (grant(HEAD),)), (new,)), (Authority(asker()), ())):
        done = authorise(Plan((true, new), rows=2), authority, facts(ALL))
        assert done.changes == left
        assert (done.unchanged, len(done.problems)) == ((1, 0) if left else (0, 2))


def test_who_may_not_ask_is_told_that_and_nothing_that_was_found_on_the_way() -> None:
    made = change(Action.CREATE, Role.MANAGER, HEAD)
    other = replace(made, where="x.csv:3", line=3)
    found = Problem("x.csv:2", 2, "company_ended")
    warned = Problem("x.csv:3", 3, "account_blocked", severity=Severity.WARNING)
    plan = Plan((made, other), (found, warned), rows=2)
    outsider, inside = Authority(asker()), Authority(asker(), (grant(HEAD),))
    assert {p.code for p in authorise(plan, outsider, facts(ALL)).problems} == {"forbidden"}
    only_warned = replace(plan, changes=(other,), problems=(warned,))
    assert [p.code for p in authorise(only_warned, outsider, facts(ALL)).problems] == ["forbidden"]
    done = authorise(plan, inside, facts(ALL))
    assert (done.problems, done.changes) == ((found, warned), (other,))


def test_a_change_that_belongs_to_no_company_is_the_chamber_s() -> None:
    of_chamber = Change(Kind.CHAMBER, Action.UPDATE, 1, "177", {}, chamber="177")
    of_account = Change(Kind.ACCOUNT, Action.UPDATE, 1, "a", {"state": "locked"}, {"state": "confirmed"})
    desk = Asker("root", office=Office(chambers=frozenset({"301"})))
    for who, made, told in (
        (asker(), of_chamber, OnlyChamber),
        (desk, of_chamber, OtherDesk),
        (asker(), of_account, OnlyChamber),
        (desk, of_account, OtherAccount),
    ):
        (problem,) = authorise(Plan((made,)), Authority(who), facts(ALL)).problems
        assert type(problem.error) is told
        assert (problem.column, problem.value) == ("", "")


@pytest.mark.parametrize(
    ("who", "email", "sites", "at", "told"),
    [
        (asker(), "a@firma.example", False, HEAD, "own permissions"),
        (asker(), "b@firma.example", True, HEAD, "and its sites"),
        (asker(), "b@firma.example", False, OTHER, "at company {company}"),
    ],
)
def test_a_refusal_says_why(who: Asker, email: str, sites: bool, at: Company, told: str) -> None:
    authority = Authority(who, (grant(HEAD, sites=False),))
    done = authorise(Plan((change(Action.CREATE, Role.MANAGER, at, email, sites=sites),)), authority, facts(ALL))
    error = done.problems[0].error
    assert error is not None
    assert told in error.message
    # The chamber of a company that the asker may not see is not told.
    assert error.fields["company"] == (at.key if at is HEAD else at.ident_number)
