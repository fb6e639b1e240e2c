"""Who ends an office or a token, uses up a letter, opens a service: what is neither an account's nor a permission."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asta_cli.core.facts import Facts, HeldOffice
from asta_cli.core.mandate import Mandate
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Action, Kind, Record, Role
from asta_cli.core.office import EVERYWHERE, NO_OFFICE, Office
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Asker, Authority, authorise
from tests.core.world import NOW, OPERATOR, account, asker, company, facts, grant

HEAD, SITE, OTHER = company(1), company(2, 1), company(3)
ME, THEM = "a@firma.example", "b@firma.example"
NOBODY = Asker("www")
TOKEN, INSTEAD = Mandate(token="t"), Mandate(stand_in="op@ihk.example", stand_in_key="op@ihk.example")


def desk(*chambers: str) -> Asker:
    """An operator of *chambers*, signed in as account 1."""
    return replace(asker(ME), os_user="root", office=Office(chambers=frozenset(chambers)))


def may(who: Asker, change: Change, known: Facts | None = None, *, held: Role | None = None, proven: int = 0) -> bool:
    """Whether *who*, with a permission of role *held* at HEAD, may make *change*."""
    grants = (grant(HEAD, held),) if held else ()
    plan = Plan((change,), proofs=frozenset({proven} if proven else ()))
    return bool(
        authorise(plan, Authority(who, grants, Toggles(True, True)), known or facts((HEAD, SITE, OTHER))).changes
    )


def end(kind: Kind, before: Record, chamber: str | None = None) -> Change:
    return Change(kind, Action.END, 9, "k", {"ended_at": NOW}, before, None, chamber)


@pytest.mark.parametrize(
    ("who", "holder", "chamber", "fine"),
    [
        (OPERATOR, THEM, None, True),
        (OPERATOR, THEM, "177", True),
        (desk("177"), THEM, "177", True),
        (desk("177"), THEM, "301", False),
        (desk("177"), THEM, None, False),
        (asker(ME), ME, "177", True),  # everybody may give up their own
        (asker(ME), ME, None, True),
        (asker(ME), THEM, "177", False),
        (replace(asker(ME), mandate=TOKEN), ME, "177", False),
        (replace(asker(ME), mandate=INSTEAD), ME, "177", False),
        (NOBODY, THEM, "177", False),
    ],
)
def test_who_ends_an_office(who: Asker, holder: str, chamber: str | None, fine: bool) -> None:
    assert may(who, end(Kind.OPERATOR, {"email_key": holder}, chamber)) is fine


@pytest.mark.parametrize(
    ("who", "owner", "fine"),
    [
        (asker(ME), 1, True),
        (asker(ME), 2, False),
        (replace(asker(ME), mandate=TOKEN), 1, False),
        (OPERATOR, 2, True),
        (desk("177"), 2, True),  # account 2 belongs to chamber 177
        (desk("301"), 2, False),
        (desk("301"), 3, False),  # of an account that is not known nothing can be said
        (NOBODY, 2, False),
    ],
)
def test_who_ends_a_service_token(who: Asker, owner: int, fine: bool) -> None:
    known = facts((HEAD,), accounts=[replace(account(ME), id=1), replace(account(THEM), id=2)])
    assert may(who, end(Kind.TOKEN, {"account_id": owner}), known) is fine


@pytest.mark.parametrize("who", [OPERATOR, desk("177"), asker(THEM), NOBODY])
def test_nobody_makes_a_token_of_somebody_else_s_account(who: Asker) -> None:
    made = Change(Kind.TOKEN, Action.CREATE, 9, "k", {"account_id": 2, "name": "n"}, chamber="177")
    assert not may(who, made, facts((HEAD,), accounts=[replace(account(THEM), id=2)]))


@pytest.mark.parametrize("offices", [[], ["177"], ["177", "301"], [None]])
def test_what_a_colleague_at_another_desk_holds_is_beyond_a_desk(offices: list[str | None]) -> None:
    known = facts((HEAD,), accounts=[replace(account(THEM), id=2)])
    known.offices[THEM] = [HeldOffice(n, THEM, THEM, chamber) for n, chamber in enumerate(offices)]
    ended = end(Kind.TOKEN, {"account_id": 2})
    assert may(desk("177"), ended, known) is (set(offices) <= {"177"})
    assert may(OPERATOR, ended, known)


@pytest.mark.parametrize("action", [Action.CREATE, Action.END])
def test_services_are_the_administrator_s(action: Action) -> None:
    for place in (HEAD, SITE, OTHER):
        change = Change(Kind.COMPANY_SERVICE, action, 9, "k", {}, company=place.id, chamber="177")
        allowed = {role for role in Role if may(asker(ME), change, held=role)}
        assert allowed == ({Role.ADMINISTRATOR} if place is not OTHER else set())
        assert may(desk("177"), change)
        assert not may(desk("301"), change)


@pytest.mark.parametrize(
    ("kind", "after"), [(Kind.COMPANY_SERVICE, {}), (Kind.GRANT, {"email_key": THEM, "role": "manager"})]
)
def test_what_names_no_company_is_nobody_s(kind: Kind, after: Record) -> None:
    for at in (None, 77):
        made = Change(kind, Action.CREATE, 9, "k", after, company=at)
        assert not may(asker(ME), made, held=Role.ADMINISTRATOR)
        assert not may(OPERATOR, made)


def test_a_letter_is_used_up_by_a_signed_in_account_that_shows_its_code() -> None:
    used = Change(Kind.LETTER, Action.UPDATE, 9, "k", {"used_at": NOW}, {}, HEAD.id, "177")
    assert may(asker(ME), used, proven=HEAD.id)
    assert not may(asker(ME), used, proven=OTHER.id)
    assert not may(asker(ME), used)
    assert not may(NOBODY, used, proven=HEAD.id)
    assert not may(OPERATOR, used, proven=HEAD.id)  # the chamber's own hands do not activate


@pytest.mark.parametrize("who", [NOBODY, asker(ME), OPERATOR])
def test_a_mail_follows_from_whatever_was_allowed(who: Asker) -> None:
    assert may(who, Change(Kind.MAIL, Action.CREATE, 9, "k", {}))


@pytest.mark.parametrize(
    ("records", "chamber", "covers", "instead"),
    [
        ([], "177", False, False),
        ([], None, False, False),
        ([(None, False)], "177", True, False),
        ([(None, True)], "177", True, True),
        ([(None, True)], None, True, True),
        ([("177", False)], "177", True, False),
        ([("177", True)], "177", True, True),
        ([("177", True)], "301", False, False),
        ([("177", True)], None, False, False),
        ([("177", True), (None, False)], "301", True, False),
        ([("177", True), (None, False)], None, True, False),
    ],
)
def test_how_far_an_office_reaches(
    records: list[tuple[str | None, bool]], chamber: str | None, covers: bool, instead: bool
) -> None:
    office = Office.of(records)
    assert (office.covers(chamber), office.may_impersonate(chamber)) == (covers, instead)
    assert bool(office) is bool(records)
    assert office.chambers == {number for number, _ in records} - {None}


@pytest.mark.parametrize(
    ("who", "everywhere", "here", "elsewhere"),
    [
        (OPERATOR, True, True, True),
        (desk("177"), True, True, False),
        (asker(ME), False, False, False),
        (NOBODY, False, False, False),
    ],
)
def test_who_is_an_operator(who: Asker, everywhere: bool, here: bool, elsewhere: bool) -> None:
    assert (who.operator, who.operates(None), who.operates("177"), who.operates("301")) == (
        everywhere,
        everywhere,
        here,
        elsewhere,
    )


@pytest.mark.parametrize(
    ("who", "giver", "principal"),
    [
        (OPERATOR, "operator", "root"),
        (desk("177"), ME, "root"),
        (asker(ME), ME, "user"),
        (NOBODY, "nobody", "www"),
        (replace(asker(ME), mandate=TOKEN), ME, "user (token t)"),
        (replace(asker(ME), mandate=INSTEAD), ME, "user (op@ihk.example)"),
    ],
)
def test_how_an_asker_is_named(who: Asker, giver: str, principal: str) -> None:
    assert (who.name, who.principal) == (giver, principal)


@pytest.mark.parametrize("chamber", ["177", None])
def test_whoever_sits_at_the_terminal_has_every_office_and_others_none(chamber: str | None) -> None:
    assert Asker.at_desk("root").office == EVERYWHERE
    assert EVERYWHERE.covers(chamber)
    assert EVERYWHERE.may_impersonate(chamber)
    assert not NO_OFFICE.covers(chamber)
    assert not NO_OFFICE.may_impersonate(chamber)
