"""What would change the answer to a question about a permission: commands, the one that changes least first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asta_cli.core import timeline
from asta_cli.core.account_rules import sees_to
from asta_cli.core.explained import By, Cure, Held, Holdings, Miss, Obstacle, Question, Remedy
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import COLUMNS, Toggles
from asta_cli.core.model import AccountState, Action, Company, Kind, Permission, Role, Service
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Authority
from asta_cli.core.rules import RULES

SETTINGS = {Role.MANAGER: "perms.manager_may_grant_trainer", Role.TRAINER: "exam.trainer_may_register"}
"""The settings of the matrix by the role to which each of them gives something."""

_REASON = ("--reason", "TEXT")
"""Every operator says why; where nobody can be asked, a command without it is refused."""
_USUAL = (Role.MANAGER, Role.CONTRACT_APPLICANT, Role.TRAINER, Role.ADMINISTRATOR)
_ANEW = frozenset(
    {
        Obstacle.LAPSED,
        Obstacle.ENDED,
        Obstacle.EXPIRED,
        Obstacle.COMPANY_ENDED,
        Obstacle.NO_SITES,
        Obstacle.OWN_ONLY,
        Obstacle.SETTING,
        Obstacle.ROLE,
        Obstacle.ELSEWHERE,
    }
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What the commands are made of: the question, who asks, and what is known."""

    question: Question
    asking: Authority
    holdings: Holdings
    facts: Facts
    toggles: Toggles

    def remedies(self, permission: Permission, nearest: Miss | None) -> Iterator[Remedy]:
        """What would give *permission*, one after the other where several things stand in the way."""
        q = self.question
        if q.past:
            return
        if not q.company.open:
            yield self._reopen(q.company)
            return
        if nearest is None:
            yield self.grant(needed(permission, self.toggles))
            return
        held, obstacles = nearest.held, set(nearest.obstacles)
        yield from self._account(held, obstacles)
        if self._extendable(held, obstacles):
            yield self._again(Cure.EXTEND, nearest, "--until", timeline.first_day(q.moment))
        elif obstacles & _ANEW:
            wrong = obstacles & {Obstacle.ROLE, Obstacle.SETTING, Obstacle.OWN_ONLY}
            yield self.grant(needed(permission, self.toggles) if wrong else held.grant.role, held)
        elif Obstacle.PENDING in obstacles:
            yield self._again(Cure.START, nearest, "--starting", timeline.first_day(q.moment))
        yield from self._besides(nearest, obstacles)

    def grant(self, role: Role, held: Held | None = None) -> Remedy:
        """Give *role* at the company asked about; to a trainer's, the record of *held* goes along."""
        wide = role is not Role.TRAINER and self.may(Action.CREATE, role, self.question.company, sites=True)
        may = wide or self.may(Action.CREATE, role, self.question.company, sites=False)
        more: tuple[str, ...] = ()
        if role is Role.TRAINER:
            same = held is not None and held.grant.company == self.question.company.id
            more = ("--trainer", held.trainer_number) if held and same and held.trainer_number else ()
        elif may and not wide:
            more = ("--no-sites",)
        return Remedy(Cure.GRANT, self._words(self.question.company, role, *more), By.ADMINISTRATOR, may, role)

    def link_trainer(self, held: Held) -> Remedy:
        """Name the trainer record of a trainer's grant."""
        company = self.facts.by_id[held.grant.company]
        may = self.may(Action.UPDATE, Role.TRAINER, company, sites=False)
        words = self._words(company, Role.TRAINER, "--trainer", "NUMBER")
        return Remedy(Cure.LINK_TRAINER, words, By.ADMINISTRATOR, may)

    def service(self, cure: Cure, service: Service, *words: str) -> Remedy:
        """Open *service*, or make use of it."""
        company = self.question.company
        if cure is Cure.ACTIVATE_SERVICE:
            may = self.asking.may(Permission.SERVICES_MANAGE, company, self.facts)
            command = ("asta", "services", "activate", service.value, "--company", company.key)
            return Remedy(cure, command, By.ADMINISTRATOR, may)
        return Remedy(cure, ("asta", "services", *words), By.CHAMBER, self.at_desk(company))

    def activate(self) -> Remedy:
        """Activate the company with the code of its letter; an operator has no code, and no account to do it with."""
        company = self.question.company
        command = ("asta", "activate", company.ident_number, "--chamber", company.chamber)
        return Remedy(Cure.ACTIVATE, command, By.PERSON, self.asking.asker.account is not None)

    def may(self, action: Action, role: Role, company: Company, *, sites: bool) -> bool:
        """Whether the asker may make such a change of the person's grant."""
        values = {"email_key": self.question.email_key, "role": role.value, "sites": sites}
        change = Change(Kind.GRANT, action, 0, "", values, company=company.id, chamber=company.chamber)
        return RULES[Kind.GRANT, action](change, Plan(), self.asking, self.facts)

    def at_desk(self, company: Company) -> bool:
        """Whether the asker is an operator of the company's chamber."""
        return self.asking.office.covers(company.chamber)

    def _account(self, held: Held, obstacles: set[Obstacle]) -> Iterator[Remedy]:
        q, person = self.question, self.holdings.person
        if obstacles & {Obstacle.LOCKED, Obstacle.DISABLED}:
            more = ("--disabled",) if Obstacle.DISABLED in obstacles else ()
            command = ("asta", "accounts", "unlock", q.email, *more, *_REASON)
            may = self._may_unlock()
            by = By.CHAMBERS if self.at_desk(q.company) and not may else By.CHAMBER
            yield Remedy(Cure.UNLOCK, command, by, may)
        if Obstacle.INVITED not in obstacles:
            return
        carrier = self.facts.by_id[held.grant.company]
        if self.may(Action.UPDATE, held.grant.role, carrier, sites=held.grant.sites):
            yield Remedy(Cure.RESEND, ("asta", "perms", "resend", q.email), By.ADMINISTRATOR, may_run=True)
        elif person.state == AccountState.UNCONFIRMED or q.email_key == self.asking.asker.email_key:
            yield Remedy(Cure.CONFIRM, ("asta", "confirm", "--resend", q.email), By.PERSON, may_run=True)
        else:
            yield Remedy(Cure.RESEND, ("asta", "perms", "resend", q.email), By.ADMINISTRATOR, may_run=False)

    def _may_unlock(self) -> bool:
        account = self.facts.accounts.get(self.question.email_key)
        return account is not None and sees_to(self.asking.office, account, self.facts)

    def _extendable(self, held: Held, obstacles: set[Obstacle]) -> bool:
        """Whether it will have expired at the moment asked about and is open today."""
        end = held.grant.valid_until
        return Obstacle.EXPIRED in obstacles and end is not None and end > self.question.now and not held.grant.ended_at

    def _besides(self, nearest: Miss, obstacles: set[Obstacle]) -> Iterator[Remedy]:
        if Obstacle.NO_SITES in obstacles and not obstacles & {Obstacle.ENDED, Obstacle.EXPIRED, Obstacle.ROLE}:
            yield self._again(Cure.WITH_SITES, nearest, "--sites", sites=True)
        if Obstacle.COMPANY_ENDED in obstacles and nearest.carrier.id != self.question.company.id:
            yield self._reopen(nearest.carrier)
        if Obstacle.SETTING in obstacles:
            # Nobody's permission decides who may write the settings of an installation.
            yield Remedy(Cure.SETTING, ("asta", "config", "path"), By.INSTALLATION, self.asking.office.everywhere)

    def _again(self, cure: Cure, nearest: Miss, *more: str, sites: bool = False) -> Remedy:
        """The same grant, stated otherwise."""
        role, carrier = nearest.held.grant.role, nearest.carrier
        may = self.may(Action.UPDATE, role, carrier, sites=sites or nearest.held.grant.sites)
        return Remedy(cure, self._words(carrier, role, *more), By.ADMINISTRATOR, may)

    def _reopen(self, company: Company) -> Remedy:
        command = ("asta", "import", "companies", "FILE", "--chamber", company.chamber)
        return Remedy(Cure.REOPEN, command, By.CHAMBER, self.at_desk(company))

    def _words(self, company: Company, role: Role, *more: str) -> tuple[str, ...]:
        why = _REASON if self.asking.asker.operator else ()
        words = ("asta", "perms", "grant", self.question.email, "--company", company.key, "--role", role.value)
        return (*words, *more, *why)


def needed(permission: Permission, toggles: Toggles) -> Role:
    """The role that one would give to a person who lacks *permission*: no more than it takes."""
    if permission is Permission.TRAINEES_VIEW_ASSIGNED:
        return Role.TRAINER
    return next(role for role in _USUAL if role in toggles.roles(permission))


def giving(permission: Permission, toggles: Toggles) -> tuple[Role, ...]:
    """The roles that give *permission*, in the order of the matrix."""
    return tuple(role for role in COLUMNS if role in toggles.roles(permission))
