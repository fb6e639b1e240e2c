"""The database as a whole: set up, upgrade, soundness. Commands reach it here."""

from __future__ import annotations

from asta_cli.store.health import check, info
from asta_cli.store.keys import ready
from asta_cli.store.migrate import init, upgrade

__all__ = ["check", "info", "init", "ready", "upgrade"]
