"""Who may change accounts, links and sessions: the owner of the mailbox, whatever command is asked."""

from __future__ import annotations

import pytest

from asta_cli.core.facts import Facts
from asta_cli.core.model import Action, Kind, Record
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Asker, Authority, authorise

NOW = "2026-11-23T09:00:00Z"
OPERATOR = Asker.at_desk("root")
OWNER = Asker("root", "a@example.com", "a@example.com", 1)
OTHER = Asker("root", "b@example.com", "b@example.com", 2)


def allowed(asker: Asker, kind: Kind, action: Action, id_: int, after: Record, before: Record | None = None) -> bool:
    plan = Plan((Change(kind, action, id_, "key", after, before or {}),), rows=1)
    return bool(authorise(plan, Authority(asker), Facts(NOW)).changes)


CASES: list[tuple[Kind, Action, int, Record, Record]] = [
    (Kind.ACCOUNT, Action.UPDATE, 1, {"password_hash": "x"}, {}),
    (Kind.ACCOUNT, Action.UPDATE, 1, {"state": "confirmed"}, {"state": "unconfirmed"}),
    (Kind.LINK, Action.UPDATE, 9, {"used_at": NOW}, {"account_id": 1, "used_at": None}),
    (Kind.LINK, Action.UPDATE, 9, {"password_hash": "x"}, {"account_id": 1}),
    (Kind.SESSION, Action.CREATE, 9, {"account_id": 1}, {}),
    (Kind.SESSION, Action.END, 9, {"ended_at": NOW}, {"account_id": 1, "ended_at": None}),
]


@pytest.mark.parametrize(("kind", "action", "id_", "after", "before"), CASES)
def test_the_owner_and_nobody_else(kind: Kind, action: Action, id_: int, after: Record, before: Record) -> None:
    assert [allowed(asker, kind, action, id_, after, before) for asker in (OWNER, OTHER, OPERATOR)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("asker", [OPERATOR, OTHER])
@pytest.mark.parametrize(
    ("after", "fine"),
    [
        ({"state": "unconfirmed"}, True),
        ({"state": "unconfirmed", "password_hash": "x"}, False),
        ({"state": "confirmed"}, False),
    ],
)
def test_anybody_registers_anybody_and_no_more(asker: Asker, after: Record, fine: bool) -> None:
    assert allowed(asker, Kind.ACCOUNT, Action.CREATE, 3, after) is fine


@pytest.mark.parametrize("asker", [OPERATOR, OTHER, OWNER])
def test_a_waiting_password_may_always_be_dropped(asker: Asker) -> None:
    before = {"account_id": 1, "used_at": None, "password_hash": "x"}
    assert allowed(asker, Kind.LINK, Action.UPDATE, 9, {"password_hash": None}, before)
