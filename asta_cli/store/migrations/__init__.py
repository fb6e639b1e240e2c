"""The history of the schema. Alembic reads ``versions``; the list here spares everyone else the import of Alembic."""

from __future__ import annotations

# Oldest first. A test compares it with the files.
REVISIONS = ("0001", "0002", "0003", "0004")
HEAD = REVISIONS[-1]
