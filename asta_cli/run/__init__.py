"""THE road (``road``), the desk at which commands work (``desk``), and what they hand in and get back (``task``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asta_cli.run.desk import (
    Desk,
    account_with_office,
    audit_faults,
    authority,
    authority_at,
    chamber_id,
    chamber_numbers,
    count_open_grants,
    ending_grants,
    facts_for,
    import_lock,
    lines_below,
    note,
    open_grants,
    open_keys,
    open_store,
    principal,
    reading,
    stored_lines,
    unnamed,
    was_written,
)
from asta_cli.run.road import CHUNK, execute
from asta_cli.run.task import Attempt, Batch, Part, Report, Task

if TYPE_CHECKING:
    from asta_cli.store.db import Store, Tx
    from asta_cli.store.keys import Keys

__all__ = [
    "CHUNK",
    "Attempt",
    "Batch",
    "Desk",
    "Keys",
    "Part",
    "Report",
    "Store",
    "Task",
    "Tx",
    "account_with_office",
    "audit_faults",
    "authority",
    "authority_at",
    "chamber_id",
    "chamber_numbers",
    "count_open_grants",
    "ending_grants",
    "execute",
    "facts_for",
    "import_lock",
    "lines_below",
    "note",
    "open_grants",
    "open_keys",
    "open_store",
    "principal",
    "reading",
    "stored_lines",
    "unnamed",
    "was_written",
]
