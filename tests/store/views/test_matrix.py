"""Every cell of who may do what: asked of the database, and compared with the reference."""

from __future__ import annotations

from itertools import product

import pytest

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Action, Kind, Permission, Record, Role
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import authorise
from asta_cli.core.rules import RULES
from asta_cli.store import load, views
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from tests.reference import OPERATOR, PERMISSIONS, ROLES, Firm, Permit, Reference
from tests.store.views.test_companies import WHO
from tests.store.views.world import EARLIER, LATER, NOW, TODAY, World, named

# What a company is to the head office: 2-3-4 is the line below it, 10 an ended site of it.
FIRMS = {
    "top": Firm(),
    "head": Firm("top"),
    "site": Firm("head"),
    "below": Firm("site"),
    "sibling": Firm("top"),
    "other": Firm(),
    "abroad": Firm(chamber="188"),
    "closed": Firm(open=False),
    "under closed": Firm("closed"),
    "closed site": Firm("head", open=False),
}
PLACES = {"": ("head", True), "-nosites": ("head", False), "-closed": ("closed", True)}
STATES = ("active", "invited", "unconfirmed", "pending", "expired", "ended", "locked", "disabled")
SPANS = {
    "pending": ("2027-01-01", None),
    "expired": (None, "2026-11-22"),
}
SETTINGS = [frozenset(letters) for letters in ("", "M", "T", "MT")]
EXTREMES = SETTINGS[::3]
PEOPLE = {
    f"{role}-{state}{place}@a.example": (role, state, place) for role, state, place in product(ROLES, STATES, PLACES)
}


def toggles(settings: frozenset[str]) -> Toggles:
    return Toggles(manager_may_grant_trainer="M" in settings, trainer_may_register="T" in settings)


def reference(settings: frozenset[str] = frozenset()) -> Reference:
    made = Reference(TODAY, settings, dict(FIRMS))
    for email, (role, state, place) in PEOPLE.items():
        firm, sites = PLACES[place]
        begin, end = SPANS.get(state, (None, None))
        made.permits.append(Permit(email, firm, role, sites and role != "trainer", begin, end, state == "ended"))
        if state not in ("invited", "unconfirmed"):
            made.states[email] = state if state in ("locked", "disabled") else "confirmed"
    return made


@pytest.fixture
def asked(world: World) -> tuple[World, dict[str, int]]:
    """The companies and people above, in a database."""
    world.chamber("177")
    world.chamber("188")
    ids: dict[str, int] = {}
    for number, (name, place) in enumerate(FIRMS.items()):
        status = {} if place.open else {"status": "ended", "ended_at": EARLIER}
        ids[name] = world.company(f"{number:07}", ids.get(place.parent or ""), place.chamber, **status)
    columns = {"pending": {"valid_from": LATER}, "expired": {"valid_until": NOW}, "ended": {"ended_at": EARLIER}}
    made = reference()
    for email, (role, state, where) in PEOPLE.items():
        if state != "invited":
            world.account(email, made.states.get(email, "unconfirmed"))
        firm, sites = PLACES[where]
        # A trainer's grant never reaches the sites, whatever its row says.
        world.grant(email, ids[firm], Role(role), sites=sites, **columns.get(state, {}))
    with world.read():
        return world, ids


def looked(tx: Tx, ids: dict[str, int]) -> Facts:
    return load.load(tx, Needs(company_ids=set(ids.values())), NOW)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "".join(sorted(s)) or "default")
def test_every_cell(asked: tuple[World, dict[str, int]], settings: frozenset[str]) -> None:
    world, ids = asked
    expected, world.toggles = reference(settings), toggles(settings)
    wrong = []
    with world.read() as tx:
        facts = looked(tx, ids)
        for email in (OPERATOR, *PEOPLE):
            scope = world.scope(tx, email)
            for permission in PERMISSIONS:
                wanted = {firm for firm in FIRMS if expected.may(email, permission, firm)}
                told = {firm for firm in FIRMS if scope.may(Permission(permission), facts.by_id[ids[firm]], facts)}
                if told != wanted:
                    wrong.append((email, permission, told, wanted))
    assert wrong == []


@pytest.mark.parametrize("settings", EXTREMES, ids=lambda s: "".join(sorted(s)) or "default")
def test_every_cell_in_sql(asked: tuple[World, dict[str, int]], settings: frozenset[str]) -> None:
    world, ids = asked
    expected, world.toggles = reference(settings), toggles(settings)
    wrong = []
    with world.read() as tx:
        for email, permission in product((OPERATOR, *PEOPLE), PERMISSIONS):
            within = world.scope(tx, email).within(tx, t.company.c.id, Permission(permission))
            found = {row.id for row in tx.execute(t.company.select().where(within))}
            if found != {ids[firm] for firm in FIRMS if expected.may(email, permission, firm)}:
                wrong.append((email, permission))
    assert wrong == []


@pytest.mark.parametrize("settings", EXTREMES, ids=lambda s: "".join(sorted(s)) or "default")
def test_everyone_who_may(asked: tuple[World, dict[str, int]], settings: frozenset[str]) -> None:
    world, _ = asked
    expected, world.toggles = reference(settings), toggles(settings)
    idents = {f"{number:07}": name for number, name in enumerate(FIRMS)}
    with world.read() as tx:
        for ident, firm in idents.items():
            for permission in PERMISSIONS:
                view = views.who(tx, world.scope(tx), ident, Permission(permission))
                rows = [named(WHO, row) for row in view.rows()]
                active = {(r["email"], r["role"], idents[r["via"]]) for r in rows if r["state"] == "active"}
                assert active == expected.who(firm, permission), (firm, permission)
        for email in PEOPLE:
            administrable = {row[1] for row in views.administrable(tx, email, NOW).rows()}
            assert {idents[ident] for ident in administrable} == expected.administrable(email), email


def made(action: Action, email: str, role: str, firm: int, sites: bool) -> Change:
    values: Record = {"email_key": email, "role": role, "sites": sites}
    if action is Action.CREATE:
        return Change(Kind.GRANT, action, 99, "x", values, {}, firm, "177")
    return Change(Kind.GRANT, action, 99, "x", {"ended_at": NOW}, values, firm, "177")


@pytest.mark.parametrize("settings", EXTREMES, ids=lambda s: "".join(sorted(s)) or "default")
def test_everyone_who_may_give_and_take(asked: tuple[World, dict[str, int]], settings: frozenset[str]) -> None:
    world, ids = asked
    expected, world.toggles = reference(settings), toggles(settings)
    wrong = []
    with world.read() as tx:
        facts = looked(tx, ids)
        for email in (OPERATOR, *PEOPLE):
            authority = world.scope(tx, email).authority
            for firm, role, sites, own in product(FIRMS, ROLES, (False, True), (False, True)):
                if own and email == OPERATOR:
                    continue
                whom = email if own else "somebody@b.example"
                may = expected.may_give(email, role, firm, sites)
                asked_for = {
                    Action.CREATE: may and (not own or role == "contract_applicant"),
                    Action.UPDATE: may and (not own or role == "contract_applicant"),
                    Action.END: may or own,
                }
                for action, wanted in asked_for.items():
                    plan = Plan((made(action, whom, role, ids[firm], sites),))
                    if bool(authorise(plan, authority, facts).changes) is not wanted:
                        wrong.append((email, action, whom, firm, role, sites, wanted))
    assert wrong == []


# What only the chamber does: its registers, letters, services and the runs themselves.
CHAMBERS_OWN = {
    Kind.CHAMBER,
    Kind.TRAINER,
    Kind.TRAINEE,
    Kind.EXAM_PERIOD,
    Kind.SERVICE_STATE,
    Kind.SERVICE_PILOT,
    Kind.RUN,
}
CHAMBERS_OWN_ACTIONS = {
    *((Kind.COMPANY, action) for action in Action),
    *((Kind.LETTER, action) for action in (Action.CREATE, Action.END)),
    *((Kind.JOB, action) for action in (Action.CREATE, Action.UPDATE)),
}


def test_what_is_not_in_the_table_is_the_chambers_or_nobodys(asked: tuple[World, dict[str, int]]) -> None:
    world, ids = asked
    with world.read() as tx:
        facts = looked(tx, ids)
        who = {email: world.scope(tx, email).authority for email in (OPERATOR, *PEOPLE)}
        for kind, action, (email, authority) in product(Kind, Action, who.items()):
            if (kind, action) in RULES and not (kind in CHAMBERS_OWN or (kind, action) in CHAMBERS_OWN_ACTIONS):
                continue
            values = {"state": "y", "role": "manager", "email_key": "somebody@b.example"}
            change = Change(kind, action, 99, "x", values, company=ids["head"], chamber="177")
            left = authorise(Plan((change,)), authority, facts).changes
            assert bool(left) is (email == OPERATOR and (kind, action) in RULES), (kind, action, email)


def test_services_are_managed_as_the_table_says(asked: tuple[World, dict[str, int]]) -> None:
    world, ids = asked
    expected = reference()
    with world.read() as tx:
        facts = looked(tx, ids)
        who = {email: world.scope(tx, email).authority for email in (OPERATOR, *PEOPLE)}
        for (email, authority), firm, action in product(who.items(), FIRMS, (Action.CREATE, Action.END)):
            change = Change(Kind.COMPANY_SERVICE, action, 99, "x", {}, company=ids[firm], chamber="177")
            left = authorise(Plan((change,)), authority, facts).changes
            assert bool(left) is expected.may(email, "services.manage", firm), (email, firm)
