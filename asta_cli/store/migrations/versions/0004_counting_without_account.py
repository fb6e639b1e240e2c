"""Trainees without an account are counted from their index alone.

SQLite looks a row up for every column that a condition names, be it that the index holds such rows only.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAME, _COLUMNS = "ix_trainee_missing_account", ["company_id", "exam_period", "contract_end", "terminated_on"]
_WHERE = sa.text("account_status <> 'active' AND status = 'open'")


def upgrade() -> None:
    """The index anew, with the columns of its own condition."""
    _anew([*_COLUMNS, "account_status", "status"])


def downgrade() -> None:
    """As before."""
    _anew(_COLUMNS)


def _anew(columns: list[str]) -> None:
    op.drop_index(_NAME, table_name="trainee")
    op.create_index(_NAME, "trainee", columns, sqlite_where=_WHERE, postgresql_where=_WHERE)
