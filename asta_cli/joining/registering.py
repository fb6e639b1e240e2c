"""Opening accounts and confirming their addresses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass

from asta_cli.addresses import normalise
from asta_cli.core import account_changes, passwords, tokens
from asta_cli.core.accounts import Chosen, RegisterPlanner
from asta_cli.core.confirmation import ConfirmPlanner, claimed
from asta_cli.core.email_confirmation import ConfirmEmailPlanner
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Link, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.links import Found, LinkPlanner, Terms, live
from asta_cli.core.model import Account, LinkPurpose
from asta_cli.core.plan import Limits
from asta_cli.core.policy import Asker
from asta_cli.core.rows import Row
from asta_cli.core.tokens import LinkToken, WrongToken
from asta_cli.credentials.common import is_common
from asta_cli.credentials.hashing import Hasher
from asta_cli.intake.arguments import arguments
from asta_cli.intake.sets import Items
from asta_cli.joining.steps import acting_as, one, refused
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute, facts_for, reading
from asta_cli.run.task import Watch

DeskFor = Callable[[Asker], Desk]


@dataclass(frozen=True, slots=True)
class Answer:
    """A report, and what there was under the one address it is about; None where the asker may not know."""

    report: Report
    found: Found | None = None


def key_of(row: Row) -> Hashable | None:
    """Which account a row of a file is about; None where it cannot be told."""
    try:
        return normalise(row.values["email"])[1]
    except (KeyError, BadField):
        return None


def judged(password: str, *context: str | None) -> str:
    """*password* in its normal form, if it may be used. Raises ``passwords.WeakPassword``."""
    return passwords.judge(password, [text for text in context if text], is_common)


def choose(desk: Desk, hasher: Hasher, email: str, password: str) -> Chosen:
    """What waits with a registration until it is confirmed. An unknown address takes the same work as a known one."""
    try:
        key = normalise(email)[1]
    except BadField:
        key = ""
    now = desk.now()
    facts = reading(desk, lambda tx: facts_for(tx, Needs(accounts={key}, account_links=True), now))
    links = [link for of_account in facts.account_links.values() for link in of_account]
    waiting = [link.password_hash for link in live(links, LinkPurpose.CONFIRM, now) if link.password_hash]
    known = waiting[-1] if waiting else None
    return Chosen(hasher.hash(password), known if hasher.verify(known, password) else None)


@dataclass(frozen=True, slots=True)
class Said:
    """What the command said for the set as a whole: *chamber* fills empty cells, *chosen* is a single one's password.

    *language* is that of the mails and of new accounts.
    """

    language: str
    chamber: str | None = None
    chosen: Chosen | None = None
    watch: Watch | None = None


def register(desk: Desk, items: Items, said: Said, limits: Limits) -> Answer:
    """Open the accounts of *items*."""
    made: list[RegisterPlanner] = []

    def batches(attempt: Attempt) -> list[Batch]:
        terms = _terms(desk, attempt)
        made.append(RegisterPlanner(terms, language=said.language, chamber=said.chamber, chosen=said.chosen))
        return [items.batch(made[-1])]

    target = items.row.values.get("email", "") if items.row else items.name
    task = Task("register", batches, target, "accounts", single=items.single, watch=said.watch)
    report = execute(desk, task, limits)
    return Answer(report, _found(desk, made[-1]))


def mail_link(
    desk: Desk, command: str, email: str, planner: Callable[[Terms], LinkPlanner], *, tell: bool, limits: Limits
) -> Answer:
    """Send a mail with a link to *email*: ``ResendPlanner`` or ``ResetPlanner``. *tell*: an operator may learn more."""
    made: list[LinkPlanner] = []
    row = arguments(email=email)

    def batches(attempt: Attempt) -> list[Batch]:
        made.append(planner(_terms(desk, attempt, tell=tell)))
        return [Batch(made[-1], [[row]])]

    report = execute(desk, Task(command, batches, row.values.get("email", ""), single=True), limits)
    return Answer(report, _found(desk, made[-1]) if tell else None)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation did. ``email`` is empty if the token was not one; ``moved``: it is the account's new one."""

    report: Report
    email: str = ""
    already: bool = False
    has_password: bool = False
    moved: bool = False


def confirm(desk_for: DeskFor, os_user: str, text: str) -> Confirmed:
    """Confirm the address to which the token *text* was mailed."""
    desk = desk_for(Asker(os_user))
    try:
        token, account, link = _link_of(desk, text, (LinkPurpose.CONFIRM, LinkPurpose.EMAIL))
    except AstaError as error:
        return Confirmed(refused(desk, "confirm", "", error))
    if link.email is not None and link.email_key is not None:
        return _confirm_change(desk_for, os_user, token, account, (link.email, link.email_key))
    return _confirm_account(desk_for, os_user, token, account)


def _confirm_account(desk_for: DeskFor, os_user: str, token: LinkToken, account: Account) -> Confirmed:
    desk = desk_for(acting_as(account, os_user))
    made: list[ConfirmPlanner] = []

    def planner(attempt: Attempt) -> ConfirmPlanner:
        made.append(ConfirmPlanner(token, desk.mac_key(tokens.PURPOSE), attempt.now))
        return made[-1]

    report = one(desk, "confirm", account.email, planner)
    return Confirmed(report, account.email, made[-1].already, made[-1].has_password)


def _confirm_change(
    desk_for: DeskFor, os_user: str, token: LinkToken, account: Account, new: tuple[str, str]
) -> Confirmed:
    """Give *account* the address to which *token* was mailed. Whoever read it there acts as the account."""
    desk = desk_for(acting_as(account, os_user))
    made: list[ConfirmEmailPlanner] = []

    def planner(attempt: Attempt) -> ConfirmEmailPlanner:
        terms = account_changes.Terms(attempt.run, attempt.ids, normalise, attempt.now, account.email)
        made.append(ConfirmEmailPlanner(token, desk.mac_key(tokens.PURPOSE), account, new, terms))
        return made[-1]

    report = one(desk, "confirm", account.email, planner)
    kept = account.has_password and account.email_key == new[1]
    return Confirmed(report, new[0], made[-1].already, kept, moved=True)


def of_token(desk: Desk, text: str, purpose: LinkPurpose) -> tuple[LinkToken, Account]:
    """The token that *text* spells, and the account it was mailed to. Raises MalformedToken, WrongToken."""
    return _link_of(desk, text, (purpose,))[:2]


def _link_of(desk: Desk, text: str, purposes: Collection[LinkPurpose]) -> tuple[LinkToken, Account, Link]:
    """The token that *text* spells, its account and its link, which serves one of *purposes*."""
    token = tokens.read_link(text)
    now = desk.now()
    facts: Facts = reading(desk, lambda tx: facts_for(tx, Needs(links={token.id}), now))
    stored = facts.links.get(token.id)
    if stored is None or stored.purpose not in purposes:
        raise WrongToken
    link, account = claimed(facts, token, desk.mac_key(tokens.PURPOSE), LinkPurpose(stored.purpose))
    return token, account, link


def _terms(desk: Desk, attempt: Attempt, *, tell: bool = True) -> Terms:
    return Terms(attempt.now, attempt.ids, normalise, desk.asker.operator and tell)


def _found(desk: Desk, planner: LinkPlanner) -> Found | None:
    """What a planner found for a single address, if an operator asks."""
    found = list(planner.found.values())
    return found[0] if desk.asker.operator and len(found) == 1 else None
