"""What was found to end soon, looked at again once the companies are locked."""

from __future__ import annotations

from itertools import count

import pytest

from asta_cli.core.model import Role
from asta_cli.core.reminding import Ending, RemindPlanner
from tests.core.world import EARLIER, LATER, account, company, facts, grant

HOLDER = "a@firma.example"


@pytest.mark.parametrize(("moved", "told"), [({}, 1), ({"ended_at": EARLIER}, 0), ({"valid_until": None}, 0)])
def test_what_has_ended_or_ends_no_more_is_not_told_of(moved: dict[str, str | None], told: int) -> None:
    at = company(1)
    held = grant(at, Role.MANAGER, HOLDER, end=LATER)._replace(**moved)  # type: ignore[arg-type]
    row = Ending("arguments", -1, {}, frozenset(), key=HOLDER, ident=at.ident_number, grant=held.id)
    found = facts([at], grants=[held], accounts=[account(HOLDER)])
    planner = RemindPlanner(count(1), 14)
    plan = planner.plan([row], found)
    planner.accepted(plan, found)
    assert (len(plan.changes), plan.unchanged, len(planner.finish(found).changes)) == (told, 1 - told, told)
