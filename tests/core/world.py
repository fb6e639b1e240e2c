"""Companies, grants and facts as plain data, for the tests of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from asta_cli.core.emails import simple
from asta_cli.core.facts import Facts
from asta_cli.core.fields import BadField
from asta_cli.core.model import Account, AccountState, Company, Grant, Record, Role, Value
from asta_cli.core.policy import Asker

NOW = "2026-11-23T09:00:00Z"
LATER = "2027-08-01T00:00:00Z"
EARLIER = "2026-01-01T00:00:00Z"
OPERATOR = Asker.at_desk("root")

_ids = count(1_000_000)


def normalise(text: str) -> tuple[str, str]:
    """A plain e-mail address, without the library."""
    found = simple(text)
    if found is None:
        raise BadField("bad_email")
    return found


def ids() -> Iterator[int]:
    """Fresh ids."""
    return _ids


def company(id_: int, parent: int | None = None, *, open_: bool = True, chamber: str = "177") -> Company:
    """Company *id_*; its Identnummer is the id in seven digits."""
    return Company(id_, chamber, f"{id_:07}", f"Betrieb {id_}", parent, open=open_, active=True)


def grant(
    at: Company | int,
    role: Role = Role.ADMINISTRATOR,
    email: str = "a@firma.example",
    *,
    sites: bool | None = None,
    start: str | None = None,
    end: str | None = None,
    ended: str | None = None,
    confirmed: bool = True,
    id_: int = 0,
) -> Grant:
    """A grant of *email*, with sites unless it is a trainer's."""
    return Grant(
        id=id_ or next(_ids),
        email=email,
        email_key=email.lower(),
        company=at if isinstance(at, int) else at.id,
        role=role,
        sites=role is not Role.TRAINER if sites is None else sites,
        trainer=None,
        valid_from=start,
        valid_until=end,
        ended_at=ended,
        confirmed=confirmed,
    )


def account(email: str, state: AccountState = AccountState.CONFIRMED) -> Account:
    """An account that speaks German."""
    confirmed_at = None if state is AccountState.UNCONFIRMED else EARLIER
    return Account(next(_ids), email, email.lower(), "Name", "177", state, "de", confirmed_at=confirmed_at)


def asker(email: str = "a@firma.example") -> Asker:
    """An account that asks."""
    return Asker("user", email, email.lower(), 1)


def facts(
    companies: Iterable[Company] = (),
    *,
    grants: Iterable[Grant] = (),
    accounts: Iterable[Account] = (),
    administrators: Iterable[Grant] = (),
) -> Facts:
    """What the database knows."""
    made = Facts(NOW)
    for item in companies:
        made.add_company(item)
    for held in grants:
        made.grants.setdefault((held.email_key, held.company), []).append(held)
    for person in accounts:
        made.accounts[person.email_key] = person
        made.accounts_by_id[person.id] = person
    made.administrators.extend(administrators)
    return made


def record(**values: Value) -> Record:
    """A record of the register as it lies among the facts."""
    return {"id": 1, "status": "open", "ended_at": None, "line_hash": None, **values}
