"""The plans of runs that a guard held: kept for a while, one for each chamber and kind."""

from __future__ import annotations

from collections.abc import Iterable

from asta_cli.store.db import Tx

KEPT = 30 * 86_400
"""Seconds for which a plan is kept."""
_WHOLE = "snapshot"


def supersede(tx: Tx, chamber: str | None, kind: str) -> None:
    """Older plans for *chamber* that a new one of *kind* replaces are held no longer."""
    mark = tx.placeholder
    same = f"chamber = {mark} AND (kind = {mark} OR kind = '{_WHOLE}' OR {mark} = '{_WHOLE}')"
    tx.driver(f"UPDATE run SET state = 'superseded' WHERE state = 'held' AND {same}", (chamber, kind, kind))  # noqa: S608


def forget(tx: Tx, now: str) -> None:
    """Delete the plans of all runs that are not held any more at *now*: they hold personal data (DSGVO Art. 5)."""
    kept = f"SELECT 1 FROM run WHERE id = run_id AND state = 'held' AND expires_at > {tx.placeholder}"  # noqa: S608
    tx.driver(f"DELETE FROM held_plan WHERE NOT EXISTS ({kept})", (now,))  # noqa: S608


def keep(tx: Tx, run: int, payloads: Iterable[bytes]) -> None:
    """Keep the plan of *run*, packed by ``core.plan_codec``."""
    for seq, payload in enumerate(payloads):
        tx.insert("held_plan", {"run_id": run, "seq": seq, "payload": payload})
