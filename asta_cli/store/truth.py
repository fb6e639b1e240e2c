"""Whether what a waiting mail tells is still true: grants end, and services close, before the outbox is worked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from asta_cli.core.model import MailKind, ServiceState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.grants import alive, with_holder
from asta_cli.store.keysets import among

Params = Mapping[str, Any]


def still_true(tx: Tx, kind: MailKind, params: Params, now: str) -> Params | None:
    """*params* as far as they are true at *now*; None if nothing is left to tell."""
    if kind in (MailKind.GRANTED, MailKind.INVITED, MailKind.EXPIRING):
        return _of_open_grants(tx, params, now, renewable=kind is MailKind.EXPIRING)
    if kind is MailKind.EMAIL_CHANGE and _answered(tx, params):
        return None
    if kind is MailKind.SERVICE_RELEASED and _closed(tx, params):
        return None
    return params


def _of_open_grants(tx: Tx, params: Params, now: str, *, renewable: bool) -> Params | None:
    """Without the companies whose grants have ended, or, if *renewable*, have another end by now.

    One whose grant is not known (older mails) stays.
    """
    ids = {entry["grant"] for entry in params["companies"] if "grant" in entry}
    if not ids:
        return params
    g = t.access_grant.c
    query = select(g.id, g.valid_until).select_from(with_holder()).where(among(tx, g.id, ids), alive(now, now))
    ends = {row[0]: row[1] for row in tx.execute(query)}
    ended = ids - ends.keys()
    if renewable:
        ended |= {e["grant"] for e in params["companies"] if ends.get(e["grant"]) != e["valid_until"]}
    left = [entry for entry in params["companies"] if entry.get("grant") not in ended]
    return {**params, "companies": left} if left else None


def _answered(tx: Tx, params: Params) -> bool:
    """Whether the link is used up, or another address was asked for since."""
    c = t.link.c
    return tx.execute(select(c.used_at).where(c.id == params["link"]["id"])).scalar() is not None


def _closed(tx: Tx, params: Params) -> bool:
    s = t.service_state.c
    chambers = {entry["chamber"] for entry in params["companies"]}
    states = tx.execute(select(s.state).where(s.service == params["service"], among(tx, s.chamber, chambers)))
    return any(state != ServiceState.AVAILABLE for state in states.scalars())
