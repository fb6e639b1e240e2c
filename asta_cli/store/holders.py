"""What belongs to a person besides permissions, and having their account to ourselves while it is changed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, select

from asta_cli.core.facts import Facts, HeldOffice, HeldToken, Needs
from asta_cli.core.model import Kind
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.locks import Hold, lock_accounts


def named(tx: Tx, needs: Needs) -> Needs:
    """*needs* with the e-mail keys of the accounts that it names by their ids."""
    ids = needs.records.get(Kind.ACCOUNT)
    if not ids or not needs.whole_accounts:
        return needs
    keys = set(tx.execute(select(t.account.c.email_key).where(among(tx, t.account.c.id, ids))).scalars())
    return replace(needs, accounts=needs.accounts | keys, holders=needs.holders | keys)


def lock(tx: Tx, needs: Needs) -> None:
    """Lock the accounts that a plan relies on, before the chambers: all in one order, so nobody waits in a circle.

    Whoever gives a permission relies on the account's state and address; many may do so at once, beside sign-ins.
    Whoever changes either waits for them, and they for them: else a permission could come to an address that is just
    being left, or be counted as an administrator's while its holder is being locked.
    """
    keys = set(needs.accounts)
    if needs.records.get(Kind.GRANT):
        g = t.access_grant.c
        given = select(g.email_key).where(among(tx, g.id, needs.records[Kind.GRANT])).distinct()
        keys |= set(tx.execute(given).scalars())
    hold = Hold.ALONE if needs.whole_accounts else Hold.SIGN_IN if needs.sessions else Hold.SHARED
    lock_accounts(tx, keys, hold)


def load(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Tokens, offices, and who ever held anything."""
    if needs.whole_accounts:
        _tokens(tx, facts)
        _offices(tx, needs, facts)
    if needs.former:
        g = t.access_grant.c
        found = select(g.email_key).where(among(tx, g.email_key, needs.holders)).distinct()
        facts.former = set(tx.execute(found).scalars())


def _tokens(tx: Tx, facts: Facts) -> None:
    s = t.service_token.c
    unended = and_(s.ended_at.is_(None), among(tx, s.account_id, facts.accounts_by_id))
    for row in tx.execute(select(s.id, s.account_id, s.name).where(unended).order_by(s.id)):
        facts.tokens.setdefault(row[1], []).append(HeldToken(*row))


def _offices(tx: Tx, needs: Needs, facts: Facts) -> None:
    o = t.operator.c
    held = and_(o.ended_at.is_(None), among(tx, o.email_key, needs.accounts))
    for row in tx.execute(select(o.id, o.email, o.email_key, o.chamber, o.impersonate).where(held).order_by(o.id)):
        facts.offices.setdefault(row[2], []).append(HeldOffice(row[0], row[1], row[2], row[3], bool(row[4])))
