"""How the columns of records are called where people read them, and which of them are nobody's business."""

from __future__ import annotations

from collections.abc import Mapping

from asta_cli.core.model import Kind

NAMES: Mapping[str, str] = {
    "parent_id": "parent_ident_number",
    "company_id": "company_ident_number",
    "trainer_id": "trainer_number",
}
"""Columns that refer to another record by its id, and what the number of that record is called."""
REFERS: Mapping[str, Kind] = {"parent_id": Kind.COMPANY, "company_id": Kind.COMPANY, "trainer_id": Kind.TRAINER}
"""What kind of record they refer to."""
HIDDEN = frozenset(
    {
        *("password_hash", "code_mac", "token_hash", "line_hash", "feed_hash"),
        *("said", "email_key", "run_id", "end_run_id", "params", "reminded_at"),
    }
)
"""Secrets, and bookkeeping that says nothing to anybody."""
SECRET_VALUES = frozenset({"birth_date"})
"""Of these it is told that they changed, never what they are: many trainees are minors (DSGVO Art. 5)."""
