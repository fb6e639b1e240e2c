"""A block says what as many single changes say, and is judged as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from asta_cli.core.blocks import Block
from asta_cli.core.mandate import Mandate
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Action, Company, Kind, Role, Value
from asta_cli.core.office import Office
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Asker, Authority, authorise
from tests.core.world import OPERATOR, asker, company, facts, grant

HEAD, SITE, OTHER = company(1), company(2, 1), company(3)
THEM, OTHERS = "b@firma.example", "c@firma.example"
Row = tuple[Company, Role, bool]
PLAIN: list[Row] = [(HEAD, Role.MANAGER, True), (SITE, Role.ADMINISTRATOR, False), (HEAD, Role.MANAGER, True)]


def grants(rows: Sequence[Row], *, hollow: bool = False, email: str = THEM) -> Block:
    """Permissions of *email*, one in each line of a file from the second."""
    columns: dict[str, Sequence[Value]] = {
        "role": [role.value for _, role, _ in rows],
        "sites": [sites for _, _, sites in rows],
    }
    companies, lines = [at for at, _, _ in rows], range(2, 2 + len(rows))
    keys = [f"{email} {at.key}" for at in companies]
    ids = [100 + line for line in lines]
    return Block(Kind.GRANT, "177", ids, {"email_key": email}, columns, keys, "f.csv", lines, companies, hollow=hollow)


def to_several(*emails: str) -> Block:
    """The same permission for each of *emails*."""
    block = grants([(HEAD, Role.MANAGER, True)] * len(emails))
    return replace(block, same={}, columns={**block.columns, "email_key": emails})


REGISTER = Block(Kind.COMPANY, "177", [5, 6], {"city": "Bonn"}, {"name": ["A", "B"]}, ["01", "02"], "f.csv", [2, 3])


def test_the_changes_of_a_block_of_the_register() -> None:
    first = Change(Kind.COMPANY, Action.CREATE, 5, "177:01", {"city": "Bonn", "name": "A"}, chamber="177")
    first = replace(first, where="f.csv:2", line=2)
    second = replace(first, id=6, key="177:02", after={"city": "Bonn", "name": "B"}, where="f.csv:3", line=3)
    assert list(REGISTER.changes()) == [first, second]
    assert list(REGISTER.pick([1]).changes()) == [second]
    assert (REGISTER.column("city"), REGISTER.column("name"), len(REGISTER)) == (["Bonn", "Bonn"], ["A", "B"], 2)


def test_the_changes_of_a_block_of_permissions() -> None:
    block = grants(PLAIN)
    made = list(block.changes())
    assert [c.company for c in made] == [1, 2, 1]
    assert [c.key for c in made] == list(block.keys)
    assert {(c.action, c.before == {}, c.hollow) for c in made} == {(Action.CREATE, True, False)}
    assert made[1].after == {"email_key": THEM, "role": "administrator", "sites": False}
    assert list(block.pick([2, 1]).changes()) == [made[2], made[1]]


def test_what_is_so_already_is_no_change_but_what_authority_depends_on() -> None:
    (made,) = grants(PLAIN[:1], hollow=True).changes()
    assert (made.action, made.after, made.hollow) == (Action.UPDATE, {}, True)
    assert made.before == {"email_key": THEM, "role": "manager", "sites": True}


def test_records_that_are_alike_in_everything_and_come_from_arguments() -> None:
    alike = Block(Kind.COMPANY, "177", [5, 6], {"name": "A"}, {}, ["01", "02"], "", [0, 0])
    assert [(c.id, c.after, c.where) for c in alike.changes()] == [(n, {"name": "A"}, "arguments") for n in (5, 6)]


AUTHORITIES = {
    "the operator": Authority(OPERATOR),
    "an operator of another chamber": Authority(Asker("root", office=Office(chambers=frozenset({"301"})))),
    "an administrator": Authority(asker(), (grant(HEAD),)),
    "an administrator without the sites": Authority(asker(), (grant(HEAD, sites=False),)),
    "a manager who may name trainers": Authority(asker(), (grant(HEAD, Role.MANAGER),), Toggles(True)),
    "a program": Authority(replace(asker(), mandate=Mandate(token="t")), (grant(HEAD),)),
    "an operator in somebody's place": Authority(
        replace(asker(), mandate=Mandate(stand_in=THEM, stand_in_key=THEM)), (grant(HEAD),)
    ),
    "anybody": Authority(asker()),
}
BLOCKS = {
    "as it is often": grants(PLAIN),
    "one administrator at the end": grants([*PLAIN, (HEAD, Role.ADMINISTRATOR, False)]),
    "one trainer at the end": grants([*PLAIN, (HEAD, Role.TRAINER, False)]),
    "only trainers": grants([(HEAD, Role.TRAINER, False), (SITE, Role.TRAINER, False)]),
    "one with the sites at the end": grants([(HEAD, Role.MANAGER, False), (HEAD, Role.MANAGER, True)]),
    "one of another company at the end": grants([*PLAIN, (OTHER, Role.MANAGER, False)]),
    "true already": grants(PLAIN, hollow=True),
    "true already, one of another company at the end": grants([*PLAIN, (OTHER, Role.MANAGER, True)], hollow=True),
    "for somebody and another": to_several(THEM, OTHERS),
    "for another and somebody": to_several(OTHERS, THEM),
    "of the register": REGISTER,
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("authority", AUTHORITIES.values(), ids=AUTHORITIES)
def test_a_block_is_judged_as_its_changes_are(block: Block, authority: Authority) -> None:
    known = facts((HEAD, SITE, OTHER))
    plan = Plan(rows=len(block), unchanged=1, blocks=(block,))
    whole, single = authorise(plan, authority, known), authorise(plan.singly(), authority, known)
    assert whole.singly().changes == single.changes
    told = [
        [(p.line, p.code, p.value, str(p.error and p.error.fields)) for p in plan.problems] for plan in (whole, single)
    ]
    assert told[0] == told[1]
    assert whole.unchanged == single.unchanged
    if single.problems:
        assert not whole.blocks
    elif not authority.asker.mandate:
        assert whole.blocks == (() if block.hollow else (block,))


def test_blocks_are_allowed_one_by_one() -> None:
    fine, own, wrong = grants(PLAIN), grants(PLAIN, hollow=True), grants([(OTHER, Role.MANAGER, False)])
    plan = Plan(rows=7, blocks=(wrong, fine, own))
    done = authorise(plan, AUTHORITIES["an administrator"], facts((HEAD, SITE, OTHER)))
    assert (done.blocks, done.unchanged, [p.line for p in done.problems]) == ((fine,), 3, [2])
    assert plan.judged(()).changes == plan.singly().changes
    assert Plan(rows=1).judged(()) == Plan(rows=1)
