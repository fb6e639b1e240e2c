"""Service tokens in force, and whom an operator may stand in for."""

from __future__ import annotations

from asta_cli.core import timeline
from asta_cli.core.model import Account, AccountState
from asta_cli.core.office import Office
from asta_cli.core.service_tokens import ServiceToken
from asta_cli.core.sessions import TOUCH
from asta_cli.run import Desk, reading


def token_in_force(desk: Desk, token_hash: bytes) -> tuple[ServiceToken, Account] | None:
    """The token in force with this hash, and its confirmed account; its use is written down."""
    from asta_cli.store import staff

    now = desk.now()
    found = reading(desk, lambda tx: staff.find_token(tx, token_hash, now))
    if found is None:
        return None
    token, account = found
    if not token.in_force(now) or account.state is not AccountState.CONFIRMED:
        return None
    if token.used_at is None or now >= timeline.plus(token.used_at, TOUCH):

        def write() -> None:
            with desk.store.write() as tx:
                staff.touch_token(tx, token, now)

        desk.store.retrying(write)
    return token, account


def may_stand_in(desk: Desk, account: Account, office: Office) -> bool:
    """Whether the asker, an operator, may act as *account*, which has *office*.

    Everything that the account can do must lie where the asker has that right: its office, and all it was given.
    """
    from asta_cli.store import staff

    mine = desk.asker.office
    if mine.may_impersonate(None):
        return True
    held = reading(desk, lambda tx: staff.chambers_of_holder(tx, account.email_key))
    places = held | office.chambers | ({account.chamber} if account.chamber else set())
    return bool(places) and not office.everywhere and all(mine.may_impersonate(place) for place in places)
