"""What an explanation is made of: plain values with stable names, so that text and JSON are made of the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asta_cli.core.model import Company, Grant, Permission, Role
from asta_cli.core.service_access import EndedCompany, NotActivated, ServiceNotOpen


class AccountKnown(StrEnum):
    """What the asker is told of the account: its state, that there is none, or nothing at all."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    LOCKED = "locked"
    DISABLED = "disabled"
    UNKNOWN = "unknown"
    UNDISCLOSED = "undisclosed"


class Obstacle(StrEnum):
    """Why a grant does not give the permission, in the order in which it is told."""

    LOCKED = "account_locked"
    DISABLED = "account_disabled"
    INVITED = "not_confirmed"
    LAPSED = "invitation_lapsed"
    NOT_GIVEN = "not_given_yet"
    ENDED = "grant_ended"
    EXPIRED = "grant_expired"
    PENDING = "not_begun"
    COMPANY_ENDED = "company_ended"
    NO_SITES = "without_sites"
    OWN_ONLY = "trainer_not_inherited"
    SETTING = "setting_off"
    ROLE = "wrong_role"
    ELSEWHERE = "other_company"


class Relation(StrEnum):
    """Where the company that carries a grant lies, seen from the one asked about; the nearest first."""

    ITSELF = "itself"
    ABOVE = "above"
    BELOW = "below"
    SIBLING = "sibling"
    CHAMBER = "same_chamber"
    FOREIGN = "other_chamber"


class Cure(StrEnum):
    """What would change the answer."""

    REOPEN = "reopen_company"
    UNLOCK = "unlock_account"
    RESEND = "resend_invitation"
    CONFIRM = "confirm_address"
    GRANT = "grant"
    START = "start_earlier"
    EXTEND = "extend"
    WITH_SITES = "include_sites"
    SETTING = "switch_on_setting"
    LINK_TRAINER = "name_trainer"
    ACTIVATE = "activate_company"
    OPEN_SERVICE = "open_service"
    JOIN_PILOT = "join_pilot"
    ACTIVATE_SERVICE = "activate_service"


class By(StrEnum):
    """Who may do it; ``chambers``: an operator of all those to which the account belongs."""

    ADMINISTRATOR = "administrator"
    CHAMBER = "chamber"
    CHAMBERS = "chambers"
    PERSON = "person"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Person:
    """The account asked about, as stored; ``state`` is None where there is none. Times are RFC 3339 UTC."""

    email: str
    state: str | None = None
    confirmed_at: str | None = None
    state_at: str | None = None
    state_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A grant with its history."""

    grant: Grant
    granted_at: str
    granted_by: str
    run: int
    ended_by: str | None = None
    end_reason: str | None = None
    end_run: int | None = None
    trainer_number: str | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that one person holds or has held, and their account."""

    person: Person
    grants: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Who may do what where, at ``moment`` (RFC 3339 UTC), asked at the time ``now``."""

    email: str
    email_key: str
    company: Company
    permissions: tuple[Permission, ...]
    moment: str
    now: str

    @property
    def past(self) -> bool:
        """Whether it is about a moment that nothing can change any more."""
        return self.moment < self.now


@dataclass(frozen=True, slots=True)
class Ground:
    """A grant that gives the permission; ``path`` leads from the company that carries it to the one asked about."""

    held: Held
    path: tuple[Company, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A grant that nearly gives it, and all that stands in its way."""

    held: Held
    carrier: Company
    relation: Relation
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command that would change the answer, in words, who may run it, and the role that it is about, if any."""

    cure: Cure
    command: tuple[str, ...]
    by: By
    may_run: bool
    role: Role | None = None


class Caveat(StrEnum):
    """What a person should know even where the answer is yes."""

    COMPANY_ENDED = "company_ended"
    NO_TRAINER_RECORD = "no_trainer_record"
    NOT_ACTIVATED = "not_activated"
    SERVICE_NOT_OPEN = "service_not_open"
    SERVICE_NOT_ACTIVE = "service_not_active"


@dataclass(frozen=True, slots=True)
class Warned:
    """A caveat; ``error`` is what using the service would be refused with."""

    caveat: Caveat
    error: ServiceNotOpen | NotActivated | EndedCompany | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One permission: the grants that give it, nearest first; or what comes nearest, and what would change it.

    ``needed`` are the roles that give it in this installation. Where no grant gives what is allowed, the office of an
    operator does.
    """

    permission: Permission
    allowed: bool
    needed: tuple[Role, ...]
    grounds: tuple[Ground, ...] = ()
    misses: tuple[Miss, ...] = ()
    caveats: tuple[Warned, ...] = ()
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What the asker is told of the account."""

    known: AccountKnown
    confirmed_at: str | None = None
    state_at: str | None = None
    state_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every permission asked about, and what they have in common. ``contact`` is the chamber, to be asked for help."""

    question: Question
    account: Account
    contact: str
    answers: tuple[Answer, ...]
