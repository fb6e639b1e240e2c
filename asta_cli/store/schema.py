"""The tables with their indexes: all that the schema is made of, for making it and for comparing with it.

Commands only read and write rows, and the definition of a partial index makes SQLAlchemy load both dialects with
everything in them, a tenth of a whole command. So the indexes are not in ``tables``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, text

from asta_cli.store import tables as t

metadata = t.metadata
_OPEN = "ended_at IS NULL"


def _index(name: str, *columns: Column[Any], unique: bool = False, where: str = "") -> None:
    """Give the table of *columns* an index, over the rows where *where* holds."""
    partial: dict[str, Any] = {"sqlite_where": text(where), "postgresql_where": text(where)} if where else {}
    Index(name, *columns, unique=unique, **partial)


_index("ix_company_parent_id", t.company.c.parent_id, where="parent_id IS NOT NULL")
_index("ix_company_ident_number", t.company.c.ident_number)
_index("ix_trainer_company_id", t.trainer.c.company_id)
_index("ix_trainee_company_id", t.trainee.c.company_id)
_index("ix_trainee_trainer_id", t.trainee.c.trainer_id, where="trainer_id IS NOT NULL")
_index(
    "ix_trainee_missing_account",
    t.trainee.c.company_id,
    t.trainee.c.exam_period,
    t.trainee.c.contract_end,  # the rest is read from the index alone when they are counted nationwide
    t.trainee.c.terminated_on,
    t.trainee.c.account_status,  # true of every row in it, but SQLite would look
    t.trainee.c.status,
    where="account_status <> 'active' AND status = 'open'",
)
_index("ix_link_account_id", t.link.c.account_id)
_index(
    "uq_access_grant_open",
    t.access_grant.c.email_key,
    t.access_grant.c.company_id,
    t.access_grant.c.role,
    unique=True,
    where=_OPEN,
)
_index("ix_access_grant_company_id", t.access_grant.c.company_id, t.access_grant.c.role)
_index("ix_access_grant_valid_until", t.access_grant.c.valid_until, where=f"{_OPEN} AND valid_until IS NOT NULL")
_index("uq_operator_open", t.operator.c.email_key, t.operator.c.chamber, unique=True, where=_OPEN)
_index("uq_operator_everywhere", t.operator.c.email_key, unique=True, where=f"{_OPEN} AND chamber IS NULL")
_index("uq_service_token_open", t.service_token.c.account_id, t.service_token.c.name, unique=True, where=_OPEN)
_index("ix_letter_company_id", t.letter.c.company_id)
_index("uq_service_pilot_open", t.service_pilot.c.company_id, t.service_pilot.c.service, unique=True, where=_OPEN)
_index("uq_company_service_open", t.company_service.c.company_id, t.company_service.c.service, unique=True, where=_OPEN)
_index("ix_job_due", t.job.c.due_at, where="state IN ('queued', 'running')")
_index("ix_mail_recipient", t.mail.c.recipient, t.mail.c.queued_at)
_index("ix_mail_due", t.mail.c.due_at, where="state = 'queued'")
_index("ix_run_change_record_id", t.run_change.c.record_id, where="record_id IS NOT NULL")
