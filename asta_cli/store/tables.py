"""The tables, as SQLAlchemy Core. Days and times are ISO text in UTC, the same in both databases; ids are handed in.

Text that people typed is already trimmed and in NFC when it arrives here (``files.reader``, ``core.fields``): the two
databases fold case and compare text differently, so nothing is left to them. The indexes are in ``schema``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes a column the row's own address only when its type is spelt INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")
Day = String(10)
Instant = String(20)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=False)


def _ref(name: str, target: str, *, nullable: bool = False, deferred: bool = False) -> Column[int]:
    key = ForeignKey(f"{target}.id", deferrable=deferred or None, initially="DEFERRED" if deferred else None)
    return Column(name, Id, key, nullable=nullable)


def _chamber(nullable: bool = False) -> Column[str]:
    return Column("chamber", String(8), ForeignKey("chamber.number"), nullable=nullable)


def _register_columns() -> list[Column[Any]]:
    return [
        Column("status", String(8), nullable=False, server_default="open"),
        Column("ended_at", Instant),
        Column("line_hash", LargeBinary(16)),
        # JSON: what the register file said last of those columns that now hold another source's value.
        Column("said", Text),
    ]


meta = Table("meta", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

chamber = Table(
    "chamber",
    metadata,
    _id(),
    Column("number", String(8), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("imported_at", Instant),
    Column("created_at", Instant, nullable=False),
)

company = Table(
    "company",
    metadata,
    _id(),
    _chamber(),
    Column("ident_number", String(20), nullable=False),
    Column("name", Text, nullable=False),
    _ref("parent_id", "company", nullable=True, deferred=True),  # a site may stand before its head office in one file
    Column("email", Text),
    Column("street", Text),
    Column("postal_code", String(5)),
    Column("city", Text),
    Column("establishment_number", String(8)),
    Column("activated_at", Instant),
    Column("transferred_at", Instant),
    Column("transfer_open", Boolean, nullable=False, server_default=text("false")),
    *_register_columns(),
    UniqueConstraint("chamber", "ident_number"),
)

trainer = Table(
    "trainer",
    metadata,
    _id(),
    _chamber(),
    Column("trainer_number", Text, nullable=False),
    _ref("company_id", "company"),
    Column("first_name", Text),
    Column("last_name", Text, nullable=False),
    Column("email", Text),
    Column("email_key", Text),
    Column("aptitude", String(12)),
    Column("occupations", Text),
    Column("valid_from", Day),
    Column("valid_until", Day),
    *_register_columns(),
    UniqueConstraint("chamber", "trainer_number", "company_id"),
)

trainee = Table(
    "trainee",
    metadata,
    _id(),
    _chamber(),
    Column("trainee_number", Text, nullable=False),
    _ref("company_id", "company"),
    Column("kind", String(10), nullable=False),
    Column("first_name", Text),
    Column("last_name", Text, nullable=False),
    Column("email", Text),
    Column("birth_date", Day),
    Column("occupation", Text, nullable=False),
    Column("specialisation", Text),
    Column("contract_start", Day, nullable=False),
    Column("contract_end", Day, nullable=False),
    Column("terminated_on", Day),
    _ref("trainer_id", "trainer", nullable=True),
    Column("exam_period", String(6)),
    Column("account_status", String(12), nullable=False, server_default="none"),
    *_register_columns(),
    # What the feed of the trainee portal said last, when it says that changed, and the hash of its line.
    Column("feed_status", String(12)),
    Column("feed_changed_at", Instant),
    Column("feed_hash", LargeBinary(16)),
    UniqueConstraint("chamber", "trainee_number"),
)

exam_period = Table(
    "exam_period",
    metadata,
    _id(),
    _chamber(),
    Column("period", String(6), nullable=False),
    Column("deadline", Day, nullable=False),
    UniqueConstraint("chamber", "period"),
)

account = Table(
    "account",
    metadata,
    _id(),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _chamber(nullable=True),
    Column("state", String(12), nullable=False),
    Column("language", String(2), nullable=False),
    Column("password_hash", Text),
    Column("created_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("last_sign_in", Instant),
    # Since when it is locked or disabled, and why.
    Column("state_at", Instant),
    Column("state_reason", Text),
)

# A mailed token is computed from this row and the secret key; nothing usable is stored. The password chosen with a
# registration waits here, so that only the owner of the mailbox, by confirming that very registration, makes it valid.
# So does the new address of an account, until whoever reads its mail confirms it.
link = Table(
    "link",
    metadata,
    _id(),
    Column("purpose", String(10), nullable=False),
    _ref("account_id", "account"),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("password_hash", Text),
    Column("email", Text),
    Column("email_key", Text),
)

session = Table(
    "session",
    metadata,
    _id(),
    _ref("account_id", "account"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("os_user", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

# The holder is the e-mail key, not an account: a grant to an address nobody has confirmed yet is an invitation, and it
# comes into force by the account's own state, with no second record to keep in step.
access_grant = Table(
    "access_grant",
    metadata,
    _id(),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    _ref("company_id", "company"),
    Column("role", String(20), nullable=False),
    Column("sites", Boolean, nullable=False),
    _ref("trainer_id", "trainer", nullable=True),
    Column("valid_from", Instant),
    Column("valid_until", Instant),
    Column("granted_at", Instant, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("reason", Text),
    Column("run_id", Id, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("end_reason", Text),
    Column("end_run_id", Id),
    # Of an invitation: the first instant at which confirming the address no longer brings it into force.
    Column("invited_until", Instant),
    # When its administrators were told that it is about to end.
    Column("reminded_at", Instant),
)

# Who works at the desk of a chamber (of every one, where none is named), by e-mail key like the holder of a grant.
operator = Table(
    "operator",
    metadata,
    _id(),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    _chamber(nullable=True),
    Column("impersonate", Boolean, nullable=False, server_default=text("false")),
    Column("added_at", Instant, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("reason", Text),
    Column("run_id", Id, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("end_reason", Text),
    Column("end_run_id", Id),
)

# What a program signs in with, on behalf of an account and never with more than it may: only for these commands (JSON)
# and these companies (JSON, their ids; empty: all of the account's).
service_token = Table(
    "service_token",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    _ref("account_id", "account"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("verbs", Text, nullable=False),
    Column("companies", Text),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("run_id", Id, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("end_run_id", Id),
)

letter = Table(
    "letter",
    metadata,
    _id(),
    _ref("company_id", "company"),
    Column("code_mac", LargeBinary(32), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", Text),
    Column("void_at", Instant),
    Column("run_id", Id, nullable=False),
)

service_state = Table(
    "service_state",
    metadata,
    _id(),
    _chamber(),
    Column("service", String(24), nullable=False),
    Column("state", String(12), nullable=False),
    Column("since", Instant, nullable=False),
    UniqueConstraint("chamber", "service"),
)
service_pilot = Table(
    "service_pilot",
    metadata,
    _id(),
    _ref("company_id", "company"),
    Column("service", String(24), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
company_service = Table(
    "company_service",
    metadata,
    _id(),
    _ref("company_id", "company"),
    Column("service", String(24), nullable=False),
    Column("activated_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

job = Table(
    "job",
    metadata,
    _id(),
    Column("kind", String(20), nullable=False),
    _ref("company_id", "company", nullable=True),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("progress", Integer, nullable=False, server_default="0"),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("lease_until", Instant),
    Column("error", Text),
)

mail = Table(
    "mail",
    metadata,
    _id(),
    Column("kind", String(20), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("params", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("lease_until", Instant),
    Column("error", Text),
)

# Attempts are counted and committed before the secret is looked at, so a crash or a race cannot make a guess free.
throttle = Table(
    "throttle",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("blocked_until", Instant),
)

run = Table(
    "run",
    metadata,
    _id(),
    Column("command", String(40), nullable=False),
    Column("kind", String(20)),
    _chamber(nullable=True),
    Column("state", String(12), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("principal", Text, nullable=False),
    Column("created", Integer, nullable=False, server_default="0"),
    Column("updated", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("ended", Integer, nullable=False, server_default="0"),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("warned", Integer, nullable=False, server_default="0"),
    Column("file", Text),
    Column("sha256", String(64)),
    Column("kept", Integer, nullable=False, server_default="0"),
    Column("of_run", Id),  # the run that this one approves or undoes
    Column("expires_at", Instant),  # of a held run: when its plan is forgotten
)

# The plan of a run that a guard held: chunks of changes with all their values, for `runs approve`. Personal data, so
# it goes as soon as the plan is approved, superseded or expired.
held_plan = Table(
    "held_plan",
    metadata,
    Column("run_id", Id, ForeignKey("run.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("payload", LargeBinary, nullable=False),
)

# What a run changed: creations as lists of ids (their values are the records themselves), everything else with the
# values before and after. ``commitment`` binds the payload into the chain; the payload is personal data and may be
# erased alone.
run_change = Table(
    "run_change",
    metadata,
    Column("run_id", Id, ForeignKey("run.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("action", String(10), nullable=False),
    Column("record_id", Id),
    Column("count", Integer, nullable=False),
    Column("payload", Text),
    Column("salt", LargeBinary(16), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("action", String(40), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("run_id", Id),
    Column("changes", Integer, nullable=False),
    Column("change_digest", LargeBinary(32), nullable=False),
    Column("detail_commitment", LargeBinary(32), nullable=False),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
audit_detail = Table(
    "audit_detail",
    metadata,
    Column("seq", Id, ForeignKey("audit_entry.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("payload", Text),
)
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Id, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    CheckConstraint("id = 1", name="single"),
)
