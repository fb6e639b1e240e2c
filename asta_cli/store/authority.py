"""What an asker may do: their office, and the grants in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import and_, or_, select

from asta_cli.core.facts import Facts
from asta_cli.core.mandate import narrowed
from asta_cli.core.model import AccountState, Grant
from asta_cli.core.office import Office
from asta_cli.core.policy import Asker, Authority, Toggles
from asta_cli.store import tables as t
from asta_cli.store.companies import with_chain
from asta_cli.store.db import Tx
from asta_cli.store.given import ever_held, held_by
from asta_cli.store.keysets import among


def authority(
    tx: Tx, asker: Asker, toggles: Toggles, now: str, *, run: int | None = None, known: Sequence[Grant] = ()
) -> Authority:
    """What *asker* may do at *now*: the grants in force of a confirmed account, nothing for any other.

    *run* is judged by what its asker could do before it, so that giving up one's own permission does not decide, by
    the order of rows, what else is done: those of the *known* grants count that it has ended itself.
    """
    if asker.email_key is None:
        return Authority(asker, toggles=toggles)
    g = t.access_grant.c
    held = held_by(tx, asker.email_key)
    gone = {grant.id for grant in known} - {grant.id for grant in held}
    if gone:
        given_up = and_(among(tx, g.id, gone), g.end_run_id == run)
        held += [grant._replace(ended_at=None) for grant in ever_held(tx, asker, given_up)]
    return _authority(tx, asker, (grant for grant in held if grant.in_force(now)), toggles)


def _in_office(tx: Tx, asker: Asker) -> Asker:
    """*asker* with the office that is left of theirs; nobody gains one while a command runs."""
    return replace(asker, office=office_of(tx, asker.email_key)) if asker.office else asker


def office_of(tx: Tx, email_key: str | None) -> Office:
    """For which chambers the confirmed account with this key is an operator."""
    c, a = t.operator.c, t.account.c
    joined = select(c.chamber, c.impersonate).join(t.account, a.email_key == c.email_key)
    held = joined.where(c.email_key == email_key, c.ended_at.is_(None), a.state == AccountState.CONFIRMED.value)
    return Office.of((row[0], bool(row[1])) for row in tx.execute(held))


def authority_at(tx: Tx, asker: Asker, toggles: Toggles, moment: str, now: str) -> Authority:
    """What *asker* may do by the grants of another *moment*, accounts being as they are *now*."""
    if asker.email_key is None or moment >= now:
        return authority(tx, asker, toggles, moment)
    g = t.access_grant.c
    then = and_(g.granted_at <= moment, or_(g.ended_at.is_(None), g.ended_at > moment))
    found = (grant._replace(ended_at=None) for grant in ever_held(tx, asker, then))
    return _authority(tx, asker, (grant for grant in found if grant.in_force(moment)), toggles)


def _authority(tx: Tx, asker: Asker, grants: Iterable[Grant], toggles: Toggles) -> Authority:
    """What *asker* may do by *grants*, as far as their mandate goes."""
    companies = asker.mandate.companies if asker.mandate else None
    if companies is not None:
        grants = list(grants)
        facts = Facts("")
        with_chain(tx, facts, {*companies, *(grant.company for grant in grants)})
        grants = narrowed(grants, companies, facts)
    return Authority(_in_office(tx, asker), tuple(grants), toggles)
