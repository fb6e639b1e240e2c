"""The plans of runs that a guard held: kept for a while, one for each chamber and kind."""

from __future__ import annotations

from collections.abc import Iterable

from asta_cli.store.db import Tx

KEPT = 30 * 86_400
"""Seconds for which a plan is kept."""
_WHOLE = "snapshot"


def supersede(tx: Tx, chamber: str | None, kind: str, now: str) -> None:
    """Forget older plans for *chamber* that a new one of *kind* replaces, and all that are past their time at *now*."""
    mark = tx.placeholder
    same = f"chamber = {mark} AND (kind = {mark} OR kind = '{_WHOLE}' OR {mark} = '{_WHOLE}')"
    tx.driver(f"UPDATE run SET state = 'superseded' WHERE state = 'held' AND {same}", (chamber, kind, kind))  # noqa: S608
    over = f"SELECT id FROM run WHERE state <> 'held' OR expires_at <= {mark}"  # noqa: S608
    tx.driver(f"DELETE FROM held_plan WHERE run_id IN ({over})", (now,))  # noqa: S608


def keep(tx: Tx, run: int, payloads: Iterable[bytes]) -> None:
    """Keep the plan of *run*, packed by ``core.plan_codec``."""
    for seq, payload in enumerate(payloads):
        tx.insert("held_plan", {"run_id": run, "seq": seq, "payload": payload})
