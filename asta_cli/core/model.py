"""The words of the domain as types. Their values are what the database, JSON and CSV hold, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

Value = str | int | bytes | None
Record = Mapping[str, Value]


class Kind(StrEnum):
    """What a change changes; the name of the table, too."""

    CHAMBER = "chamber"
    COMPANY = "company"
    TRAINER = "trainer"
    TRAINEE = "trainee"
    ACCOUNT = "account"
    LINK = "link"
    GRANT = "access_grant"
    LETTER = "letter"
    JOB = "job"
    MAIL = "mail"
    SERVICE_STATE = "service_state"
    SERVICE_PILOT = "service_pilot"
    COMPANY_SERVICE = "company_service"
    EXAM_PERIOD = "exam_period"
    SESSION = "session"
    OPERATOR = "operator"
    TOKEN = "service_token"  # noqa: S105 - the name of a table
    RUN = "run"


class Action(StrEnum):
    """What happens to a record. Nothing is deleted: a record ends and may be reopened."""

    CREATE = "create"
    UPDATE = "update"
    END = "end"
    REOPEN = "reopen"


class Role(StrEnum):
    """The portal's three roles, and the applicant for contracts, which nobody holds without being given it."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    TRAINER = "trainer"
    CONTRACT_APPLICANT = "contract_applicant"


class Permission(StrEnum):
    """What one may do; ``perms check`` and ``perms who`` take these names."""

    COMPANY_VIEW = "company.view"
    TRAINERS_VIEW = "trainers.view"
    TRAINEES_VIEW = "trainees.view"
    TRAINEES_VIEW_ASSIGNED = "trainees.view_assigned"
    PERMS_GRANT = "perms.grant"
    PERMS_GRANT_TRAINER = "perms.grant_trainer"
    SERVICES_MANAGE = "services.manage"
    EXAM_REGISTER = "exam.register"
    CONTRACTS_FILE = "contracts.file"


class AccountState(StrEnum):
    """State of a person's sign-in. Only a confirmed account has rights."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    LOCKED = "locked"
    DISABLED = "disabled"


BLOCKED = frozenset({AccountState.LOCKED, AccountState.DISABLED})
"""The states in which the chamber has shut somebody out."""


class RecordStatus(StrEnum):
    """Whether a record of the register is in force there."""

    OPEN = "open"
    ENDED = "ended"


class GrantState(StrEnum):
    """State of a grant at one moment, derived, never stored."""

    ACTIVE = "active"
    INVITED = "invited"
    PENDING = "pending"
    EXPIRED = "expired"
    ENDED = "ended"


class TraineeKind(StrEnum):
    """Auszubildende/r or Umschüler/in."""

    TRAINEE = "trainee"
    RETRAINEE = "retrainee"


class AccountStatus(StrEnum):
    """A trainee's account in the Azubi-Infocenter; only ``active`` counts as having one."""

    NONE = "none"
    CODE_ISSUED = "code_issued"
    REGISTERED = "registered"
    ACTIVE = "active"
    LOCKED = "locked"
    CLOSED = "closed"


class Aptitude(StrEnum):
    """Fachliche Eignung of a trainer (BBiG § 30, AEVO); not a boolean."""

    AEVO = "aevo"
    EXEMPT = "exempt"
    EQUIVALENT = "equivalent"
    PROVISIONAL = "provisional"
    NONE = "none"


class Service(StrEnum):
    """The portal's functions that a chamber opens one by one."""

    EXAM_REGISTRATION = "exam-registration"
    CONTRACT_MANAGEMENT = "contract-management"


class ServiceState(StrEnum):
    """How far a chamber has opened a service; never set means unavailable."""

    UNAVAILABLE = "unavailable"
    PILOT = "pilot"
    AVAILABLE = "available"


class JobState(StrEnum):
    """Life of a background job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LetterState(StrEnum):
    """State of an activation letter at one moment, derived, never stored."""

    VALID = "valid"
    USED = "used"
    VOID = "void"
    EXPIRED = "expired"


class MailState(StrEnum):
    """Life of a message in the outbox."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class LinkPurpose(StrEnum):
    """What a mailed token is good for; a token of one purpose is worthless for another."""

    CONFIRM = "confirm"
    RESET = "reset"
    EMAIL = "email"


class MailKind(StrEnum):
    """The messages asta sends."""

    CONFIRM = "confirm"
    ALREADY_REGISTERED = "already_registered"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    COMPANY_ACTIVATED = "company_activated"
    GRANTED = "granted"
    INVITED = "invited"
    EXPIRING = "expiring"
    SERVICE_RELEASED = "service_released"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_UNLOCKED = "account_unlocked"
    ACCOUNT_DISABLED = "account_disabled"
    EMAIL_CHANGE = "email_change"
    EMAIL_CHANGE_ASKED = "email_change_asked"
    EMAIL_CHANGED = "email_changed"
    EMAIL_TAKEN = "email_taken"
    OPERATOR_ADDED = "operator_added"
    OPERATOR_REMOVED = "operator_removed"
    TOKEN_CREATED = "token_created"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Company:
    """What the rules need to know of a company; ``sites`` below it are companies whose ``parent`` leads here."""

    id: int
    chamber: str
    ident_number: str
    name: str
    parent: int | None
    open: bool
    active: bool
    email: str | None = None

    @property
    def key(self) -> str:
        """``CHAMBER:IDENT``, unique everywhere."""
        return f"{self.chamber}:{self.ident_number}"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's sign-in. ``email`` is the stored spelling, ``email_key`` what makes it unique."""

    id: int
    email: str
    email_key: str
    name: str
    chamber: str | None
    state: AccountState
    language: str
    has_password: bool = False
    confirmed_at: str | None = None

    @property
    def blocked(self) -> bool:
        """Whether the chamber has shut its owner out."""
        return self.state in BLOCKED


class Grant(NamedTuple):
    """A permission: account x company x role, with validity. The holder is an e-mail key, so it may be an invitation.

    ``valid_from`` and ``valid_until`` are UTC instants (RFC 3339 text); ``valid_until`` is the first instant at which
    the grant is no longer in force. ``confirmed`` tells whether the holder's account is confirmed and neither locked
    nor disabled, ``confirmed_at`` since when the address is known to be the holder's. A grant to an address that was
    not lapses unless that happens before ``invited_until``: nothing needs to be written when it does.
    """

    id: int
    email: str
    email_key: str
    company: int
    role: Role
    sites: bool
    trainer: int | None
    valid_from: str | None
    valid_until: str | None
    ended_at: str | None
    confirmed: bool
    reason: str | None = None
    invited_until: str | None = None
    confirmed_at: str | None = None

    def in_force(self, now: str) -> bool:
        """Whether it gives its holder rights at *now* (the state of the company aside)."""
        return self.confirmed and self.accepted and self.open(now) and self.begun(now)

    def open(self, now: str) -> bool:
        """Whether it is neither ended nor expired at *now*; it may still be an invitation or not have begun."""
        return self.ended_at is None and ((over := self.over_at) is None or now < over)

    def begun(self, now: str) -> bool:
        """Whether its validity has begun at *now*."""
        return self.valid_from is None or self.valid_from <= now

    @property
    def accepted(self) -> bool:
        """Whether it is no invitation, or one whose address was confirmed in time."""
        return self.invited_until is None or (self.confirmed_at is not None and self.confirmed_at < self.invited_until)

    @property
    def over_at(self) -> str | None:
        """The first instant at which it is over by itself: its last day has passed, or the invitation has lapsed."""
        if self.invited_until is None or self.accepted:
            return self.valid_until
        return self.invited_until if self.valid_until is None else min(self.valid_until, self.invited_until)

    @property
    def taken(self) -> bool:
        """Whether it was ended while it lasted; what was over gets its end written down when it is given anew."""
        return self.ended_at is not None and ((over := self.over_at) is None or self.ended_at < over)

    def state(self, now: str) -> GrantState:
        """Its state at *now*; ``store.grants.state`` answers the same for many."""
        if self.taken:
            return GrantState.ENDED
        if not self.open(now):
            return GrantState.EXPIRED
        if not (self.accepted and (self.confirmed or self.confirmed_at is not None)):
            return GrantState.INVITED
        return GrantState.ACTIVE if self.begun(now) else GrantState.PENDING
