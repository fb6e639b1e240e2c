"""Invitations that lapse, reminders, new addresses of accounts, operators of a chamber and tokens of programs.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = "ended_at IS NULL"
_ADDED: dict[str, list[tuple[str, sa.types.TypeEngine[str]]]] = {
    "account": [("state_at", sa.String(length=20)), ("state_reason", sa.Text())],
    "link": [("email", sa.Text()), ("email_key", sa.Text())],
    "access_grant": [("invited_until", sa.String(length=20)), ("reminded_at", sa.String(length=20))],
}


def upgrade() -> None:
    """Columns that may be empty, and new tables: no row is written anew."""
    for table, columns in _ADDED.items():
        for name, type_ in columns:
            op.add_column(table, sa.Column(name, type_, nullable=True))
    _index("ix_access_grant_valid_until", "access_grant", ["valid_until"], f"{_OPEN} AND valid_until IS NOT NULL")
    _operator()
    _service_token()


def _operator() -> None:
    op.create_table(
        "operator",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=True),
        sa.Column("impersonate", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_at", sa.String(length=20), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_run_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_operator_chamber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
    )
    _index("uq_operator_open", "operator", ["email_key", "chamber"], _OPEN, unique=True)
    _index("uq_operator_everywhere", "operator", ["email_key"], f"{_OPEN} AND chamber IS NULL", unique=True)


def _service_token() -> None:
    op.create_table(
        "service_token",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("verbs", sa.Text(), nullable=False),
        sa.Column("companies", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.Column("used_at", sa.String(length=20), nullable=True),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_run_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_service_token_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_service_token_token_hash")),
    )
    _index("uq_service_token_open", "service_token", ["account_id", "name"], _OPEN, unique=True)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    """As before. Operators and tokens are lost, and so is when an invitation lapses."""
    op.drop_table("service_token")
    op.drop_table("operator")
    op.drop_index("ix_access_grant_valid_until", table_name="access_grant")
    for table, columns in _ADDED.items():
        for name, _ in columns:
            op.drop_column(table, name)
