"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite makes a column the row's own address only when its type is spelt INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Everything, made."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("run_id", Id, nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("change_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("detail_commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", Id, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "chamber",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("imported_at", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chamber")),
        sa.UniqueConstraint("number", name=op.f("uq_chamber_number")),
    )
    op.create_table(
        "mail",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.String(length=20), nullable=True),
        sa.Column("lease_until", sa.String(length=20), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(
        "ix_mail_due",
        "mail",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("ix_mail_recipient", "mail", ["recipient", "queued_at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.String(length=20), nullable=False),
        sa.Column("blocked_until", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "account",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("confirmed_at", sa.String(length=20), nullable=True),
        sa.Column("last_sign_in", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_account_chamber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_account_email_key")),
    )
    op.create_table(
        "audit_detail",
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["audit_entry.seq"], name=op.f("fk_audit_detail_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_detail")),
    )
    op.create_table(
        "company",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=False),
        sa.Column("ident_number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.String(length=5), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("establishment_number", sa.String(length=8), nullable=True),
        sa.Column("activated_at", sa.String(length=20), nullable=True),
        sa.Column("transferred_at", sa.String(length=20), nullable=True),
        sa.Column("transfer_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("line_hash", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_company_chamber")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["company.id"], name=op.f("fk_company_parent_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("chamber", "ident_number", name=op.f("uq_company_chamber_ident_number")),
    )
    op.create_index("ix_company_ident_number", "company", ["ident_number"], unique=False)
    op.create_index(
        "ix_company_parent_id",
        "company",
        ["parent_id"],
        unique=False,
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_table(
        "exam_period",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("deadline", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_exam_period_chamber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_period")),
        sa.UniqueConstraint("chamber", "period", name=op.f("uq_exam_period_chamber_period")),
    )
    op.create_table(
        "run",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("command", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("chamber", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=False),
        sa.Column("finished_at", sa.String(length=20), nullable=True),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("created", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_run_chamber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "service_state",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=False),
        sa.Column("service", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_service_state_chamber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_state")),
        sa.UniqueConstraint("chamber", "service", name=op.f("uq_service_state_chamber_service")),
    )
    op.create_table(
        "company_service",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("company_id", Id, nullable=False),
        sa.Column("service", sa.String(length=24), nullable=False),
        sa.Column("activated_at", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_service_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_service")),
    )
    op.create_index(
        "uq_company_service_open",
        "company_service",
        ["company_id", "service"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "job",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("company_id", Id, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=True),
        sa.Column("finished_at", sa.String(length=20), nullable=True),
        sa.Column("lease_until", sa.String(length=20), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_job_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "letter",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("company_id", Id, nullable=False),
        sa.Column("code_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", sa.String(length=20), nullable=False),
        sa.Column("valid_until", sa.String(length=20), nullable=False),
        sa.Column("used_at", sa.String(length=20), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.Column("void_at", sa.String(length=20), nullable=True),
        sa.Column("run_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_letter_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_company_id", "letter", ["company_id"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("issued_at", sa.String(length=20), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.Column("used_at", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_link_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index("ix_link_account_id", "link", ["account_id"], unique=False)
    op.create_table(
        "run_change",
        sa.Column("run_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("record_id", Id, nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_change_run_id")),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("pk_run_change")),
    )
    op.create_index(
        "ix_run_change_record_id",
        "run_change",
        ["record_id"],
        unique=False,
        sqlite_where=sa.text("record_id IS NOT NULL"),
        postgresql_where=sa.text("record_id IS NOT NULL"),
    )
    op.create_table(
        "service_pilot",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("company_id", Id, nullable=False),
        sa.Column("service", sa.String(length=24), nullable=False),
        sa.Column("added_at", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_service_pilot_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_pilot")),
    )
    op.create_index(
        "uq_service_pilot_open",
        "service_pilot",
        ["company_id", "service"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "session",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("os_user", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("used_at", sa.String(length=20), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_table(
        "trainer",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=False),
        sa.Column("trainer_number", sa.Text(), nullable=False),
        sa.Column("company_id", Id, nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("aptitude", sa.String(length=12), nullable=True),
        sa.Column("occupations", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.String(length=10), nullable=True),
        sa.Column("valid_until", sa.String(length=10), nullable=True),
        sa.Column("status", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("line_hash", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_trainer_chamber")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_trainer_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer")),
        sa.UniqueConstraint(
            "chamber", "trainer_number", "company_id", name=op.f("uq_trainer_chamber_trainer_number_company_id")
        ),
    )
    op.create_index("ix_trainer_company_id", "trainer", ["company_id"], unique=False)
    op.create_table(
        "access_grant",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("company_id", Id, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("sites", sa.Boolean(), nullable=False),
        sa.Column("trainer_id", Id, nullable=True),
        sa.Column("valid_from", sa.String(length=20), nullable=True),
        sa.Column("valid_until", sa.String(length=20), nullable=True),
        sa.Column("granted_at", sa.String(length=20), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_run_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_access_grant_company_id")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_access_grant_trainer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    op.create_index("ix_access_grant_company_id", "access_grant", ["company_id", "role"], unique=False)
    op.create_index(
        "uq_access_grant_open",
        "access_grant",
        ["email_key", "company_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "trainee",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("chamber", sa.String(length=8), nullable=False),
        sa.Column("trainee_number", sa.Text(), nullable=False),
        sa.Column("company_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.String(length=10), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("specialisation", sa.Text(), nullable=True),
        sa.Column("contract_start", sa.String(length=10), nullable=False),
        sa.Column("contract_end", sa.String(length=10), nullable=False),
        sa.Column("terminated_on", sa.String(length=10), nullable=True),
        sa.Column("trainer_id", Id, nullable=True),
        sa.Column("exam_period", sa.String(length=6), nullable=True),
        sa.Column("account_status", sa.String(length=12), server_default="none", nullable=False),
        sa.Column("status", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("line_hash", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["chamber"], ["chamber.number"], name=op.f("fk_trainee_chamber")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_trainee_company_id")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_trainee_trainer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainee")),
        sa.UniqueConstraint("chamber", "trainee_number", name=op.f("uq_trainee_chamber_trainee_number")),
    )
    op.create_index("ix_trainee_company_id", "trainee", ["company_id"], unique=False)
    op.create_index(
        "ix_trainee_missing_account",
        "trainee",
        ["company_id", "exam_period", "contract_end", "terminated_on"],
        unique=False,
        sqlite_where=sa.text("account_status <> 'active' AND status = 'open'"),
        postgresql_where=sa.text("account_status <> 'active' AND status = 'open'"),
    )
    op.create_index(
        "ix_trainee_trainer_id",
        "trainee",
        ["trainer_id"],
        unique=False,
        sqlite_where=sa.text("trainer_id IS NOT NULL"),
        postgresql_where=sa.text("trainer_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Everything, gone."""
    op.drop_index(
        "ix_trainee_trainer_id",
        table_name="trainee",
        sqlite_where=sa.text("trainer_id IS NOT NULL"),
        postgresql_where=sa.text("trainer_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_trainee_missing_account",
        table_name="trainee",
        sqlite_where=sa.text("account_status <> 'active' AND status = 'open'"),
        postgresql_where=sa.text("account_status <> 'active' AND status = 'open'"),
    )
    op.drop_index("ix_trainee_company_id", table_name="trainee")
    op.drop_table("trainee")
    op.drop_index(
        "uq_access_grant_open",
        table_name="access_grant",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_access_grant_company_id", table_name="access_grant")
    op.drop_table("access_grant")
    op.drop_index("ix_trainer_company_id", table_name="trainer")
    op.drop_table("trainer")
    op.drop_table("session")
    op.drop_index(
        "uq_service_pilot_open",
        table_name="service_pilot",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("service_pilot")
    op.drop_index(
        "ix_run_change_record_id",
        table_name="run_change",
        sqlite_where=sa.text("record_id IS NOT NULL"),
        postgresql_where=sa.text("record_id IS NOT NULL"),
    )
    op.drop_table("run_change")
    op.drop_index("ix_link_account_id", table_name="link")
    op.drop_table("link")
    op.drop_index("ix_letter_company_id", table_name="letter")
    op.drop_table("letter")
    op.drop_index(
        "ix_job_due",
        table_name="job",
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_table("job")
    op.drop_index(
        "uq_company_service_open",
        table_name="company_service",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("company_service")
    op.drop_table("service_state")
    op.drop_table("run")
    op.drop_table("exam_period")
    op.drop_index(
        "ix_company_parent_id",
        table_name="company",
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.drop_index("ix_company_ident_number", table_name="company")
    op.drop_table("company")
    op.drop_table("audit_detail")
    op.drop_table("account")
    op.drop_table("throttle")
    op.drop_table("meta")
    op.drop_index("ix_mail_recipient", table_name="mail")
    op.drop_index(
        "ix_mail_due",
        table_name="mail",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_table("mail")
    op.drop_table("chamber")
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
