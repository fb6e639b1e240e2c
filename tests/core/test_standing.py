"""What becomes of permissions when the account that holds them changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asta_cli.core.model import AccountState, Action, Kind, Record
from asta_cli.core.plan import Change
from asta_cli.core.standing import Standing, standings
from tests.core.world import EARLIER, NOW, account, facts, grant

OLD, NEW, OTHER = "old@firma.example", "new@firma.example", "c@firma.example"
CONFIRMED, LOCKED, UNCONFIRMED = AccountState.CONFIRMED, AccountState.LOCKED, AccountState.UNCONFIRMED


@pytest.mark.parametrize(
    ("state", "after", "standing"),
    [
        (CONFIRMED, {"state": "locked"}, Standing(OLD, OLD, False, EARLIER)),
        (LOCKED, {"state": "confirmed"}, Standing(OLD, OLD, True, EARLIER)),
        (UNCONFIRMED, {"state": "confirmed", "confirmed_at": NOW}, Standing(OLD, OLD, True, NOW)),
        (UNCONFIRMED, {"state": "disabled"}, Standing(OLD, OLD, False, None)),
        (CONFIRMED, {"email_key": NEW, "confirmed_at": NOW}, Standing(OLD, NEW, True, NOW)),
        (LOCKED, {"email_key": NEW, "confirmed_at": NOW}, Standing(OLD, NEW, False, NOW)),
        (CONFIRMED, {"last_sign_in": NOW}, None),
        (CONFIRMED, {"password_hash": "x"}, None),
    ],
)
def test_what_an_account_is_after_a_change(state: AccountState, after: Record, standing: Standing | None) -> None:
    person = account(OLD, state)
    changed = Change(Kind.ACCOUNT, Action.UPDATE, person.id, OLD, after)
    for other in (
        replace(changed, kind=Kind.GRANT),
        replace(changed, action=Action.CREATE),
        replace(changed, id=person.id + 1),
    ):
        found = list(standings([other, changed], facts(accounts=[person])))
        assert found == ([(changed, standing)] if standing else [])


@pytest.mark.parametrize(
    ("key", "confirmed", "standing", "left"),
    [
        (OLD, True, Standing(OLD, OLD, False, EARLIER), (False, EARLIER)),  # locked
        (OLD, False, Standing(OLD, OLD, True, EARLIER), (True, EARLIER)),  # unlocked
        (OLD, True, Standing(OLD, OLD, True, EARLIER), None),
        (OLD, True, Standing(OLD, NEW, True, NOW), (False, None)),  # the old address is nobody's
        (NEW, False, Standing(OLD, NEW, True, NOW), (True, NOW)),  # what waits for the new one is theirs
        (NEW, False, Standing(OLD, NEW, False, NOW), (False, NOW)),
        (OTHER, True, Standing(OLD, NEW, False, NOW), None),
    ],
)
def test_what_becomes_of_a_permission(
    key: str, confirmed: bool, standing: Standing, left: tuple[bool, str | None] | None
) -> None:
    held = grant(1, email=key, confirmed=confirmed)._replace(confirmed_at=EARLIER if key != NEW else None)
    changed = standing.applied([grant(1, email=OTHER), held])
    assert {id_: (g.confirmed, g.confirmed_at) for id_, g in changed.items()} == ({held.id: left} if left else {})
