"""What becomes of a person's permissions when their account changes: its state, or the address that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asta_cli.core.facts import Facts
from asta_cli.core.model import AccountState, Action, Grant, Kind
from asta_cli.core.plan import Change


@dataclass(frozen=True, slots=True)
class Standing:
    """An account after a change. A permission is in force if its e-mail key is the account's and that is confirmed."""

    was: str
    key: str
    confirmed: bool
    confirmed_at: str | None

    def applied(self, grants: Iterable[Grant]) -> dict[int, Grant]:
        """Those of *grants* for which it makes a difference, as they are then."""
        changed: dict[int, Grant] = {}
        for grant in grants:
            if grant.email_key not in (self.was, self.key):
                continue
            ours = grant.email_key == self.key
            after = grant._replace(confirmed=ours and self.confirmed, confirmed_at=self.confirmed_at if ours else None)
            if after != grant:
                changed[grant.id] = after
        return changed


def standings(changes: Iterable[Change], facts: Facts) -> Iterator[tuple[Change, Standing]]:
    """What *changes* of accounts make of them; a sign-in or a new password changes nothing here."""
    for change in changes:
        account = facts.accounts_by_id.get(change.id) if change.kind is Kind.ACCOUNT else None
        if account is None or change.action is not Action.UPDATE or not {"state", "email_key"} & change.after.keys():
            continue
        key = str(change.after.get("email_key", account.email_key))
        state = str(change.after.get("state", account.state))
        since = change.after.get("confirmed_at", account.confirmed_at)
        yield change, Standing(account.email_key, key, state == AccountState.CONFIRMED, str(since) if since else None)
