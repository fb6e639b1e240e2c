"""What the nightly import keeps: the sources of values, the feed of the trainee portal, and plans that a guard held.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REGISTER = ("company", "trainer", "trainee")
_FEED = ("feed_hash", "feed_changed_at", "feed_status")
_RUN = ("expires_at", "of_run", "kept")


def upgrade() -> None:
    """Columns that may be empty: no row is written anew."""
    for table in _REGISTER:
        op.add_column(table, sa.Column("said", sa.Text(), nullable=True))
    op.add_column("trainee", sa.Column("feed_status", sa.String(length=12), nullable=True))
    op.add_column("trainee", sa.Column("feed_changed_at", sa.String(length=20), nullable=True))
    op.add_column("trainee", sa.Column("feed_hash", sa.LargeBinary(length=16), nullable=True))
    op.add_column("run", sa.Column("kept", sa.Integer(), server_default="0", nullable=False))
    op.add_column("run", sa.Column("of_run", Id, nullable=True))
    op.add_column("run", sa.Column("expires_at", sa.String(length=20), nullable=True))
    op.create_table(
        "held_plan",
        sa.Column("run_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_held_plan_run_id")),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("pk_held_plan")),
    )


def downgrade() -> None:
    """As before. Plans that were held are lost, values set by hand stay."""
    op.drop_table("held_plan")
    for column in _RUN:
        op.drop_column("run", column)
    for column in _FEED:
        op.drop_column("trainee", column)
    for table in _REGISTER:
        op.drop_column(table, "said")
