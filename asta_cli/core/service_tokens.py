"""Service tokens: what a program signs in with, for an account and never with more than it may.

A token is named, must expire, and is good for the commands it names only. One for single companies carries no office:
that is one of whole chambers. Never may a token make another one, act as somebody else, make administrators or
operators, or change what people sign in with; `core.rules` sees to that whatever commands there will be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json import dumps

from asta_cli.core.cells import Cells
from asta_cli.core.checks import named_company
from asta_cli.core.errors import N_, AstaError, Forbidden, Status
from asta_cli.core.facts import Facts, HeldToken, Needs
from asta_cli.core.links import UnknownAccount
from asta_cli.core.model import AccountState, Action, Kind, MailKind, Value
from asta_cli.core.naming import split_key
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.policy import Asker, Authority
from asta_cli.core.rows import Row

ALWAYS = frozenset({"whoami"})
"""What every token is good for."""
NEVER = frozenset(
    {
        *("register", "confirm", "login", "logout", "password set", "password reset", "activate"),
        *("tokens create", "tokens list", "tokens revoke", "operators add", "operators remove"),
        "accounts change-email",
        *("db init", "db upgrade", "config init", "config path", "config show", "completion", "demo"),
    }
)
"""What none is: commands that make or end what people sign in with, and those of the machine."""
WHOLE = frozenset({"companies administrable"})
"""What none for single companies is."""


class TokenNotInForce(AstaError):
    """Unknown, expired, revoked, or the account is none that may sign in: programs need not know which."""

    code = "token_ended"
    status = Status.FORBIDDEN
    message = N_("the service token is not in force")
    hint = N_("its owner sees why: asta tokens list --all; and makes another: asta tokens create NAME")


class OutsideToken(Forbidden):
    """The token is not for this command."""

    code = "outside_token"
    message = N_("token {token} is not for {verb}")
    hint = N_("it is for: {verbs}")


class TokenExists(AstaError):
    """The account has an open token of this name."""

    code = "conflict"
    status = Status.REFUSED
    message = N_("there is a token {token} already")
    hint = N_("choose another name, or end it first: asta tokens revoke {token}")


class UnknownToken(AstaError):
    """The account has no open token of this name."""

    code = "unknown_token"
    status = Status.REFUSED
    message = N_("there is no token {token}")
    hint = N_("asta tokens list shows them")


class OfAccount(Forbidden):
    """Whoever has no account cannot have a program act for it."""

    code = "needs_account"
    message = N_("a token acts for an account, and {who} has none")
    hint = N_("sign in, or name the account: asta --as EMAIL tokens create NAME")


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A token as stored. ``companies`` are ids; None: all of its account's. From ``expires_at`` on it is over."""

    id: int
    name: str
    account: int
    verbs: frozenset[str]
    companies: frozenset[int] | None
    expires_at: str
    used_at: str | None = None
    ended_at: str | None = None

    def in_force(self, now: str) -> bool:
        """Whether it is neither ended nor expired."""
        return self.ended_at is None and now < self.expires_at

    def check(self, verb: str) -> None:
        """Raise OutsideToken unless it is good for *verb*."""
        whole = self.companies is None or verb not in WHOLE
        if verb not in ALWAYS and not (verb in self.verbs - NEVER and whole):
            raise OutsideToken(token=self.name, verb=verb, verbs=", ".join(sorted(self.verbs)))


@dataclass(frozen=True, slots=True)
class Minting:
    """A token to be made for the account with ``email_key``: its hash, and what it is to be good for."""

    email_key: str
    token_hash: bytes = field(repr=False)
    verbs: Sequence[str]
    companies: Sequence[str]
    chamber: str | None
    usual: str | None
    expires_at: str


class MintPlanner(SimplePlanner):
    """``tokens create``: one token, and a mail that tells its owner. ``asking`` tells which companies they may name."""

    counted = frozenset({Kind.TOKEN})

    def __init__(self, minting: Minting, asking: Authority, run: int, now: str, ids: Iterator[int]) -> None:
        self._minting = minting
        self._asking = asking
        self._run = run
        self._now = now
        self._ids = ids

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The account, its tokens, and the companies."""
        idents = {split_key(name)[1] for name in self._minting.companies}
        return Needs(accounts={self._minting.email_key}, whole_accounts=True, idents=idents)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The token, or why there is to be none."""
        (row,) = rows
        cells = Cells(row)
        name = cells.text("name", required=True)
        if name is None or cells.faults:
            return Plan(problems=tuple(cells.faults), rows=1)
        try:
            return Plan(tuple(self._made(row, name, facts)), rows=1)
        except AstaError as error:
            return Plan(problems=(problem(row, error.code, "name", name, error=error),), rows=1)

    def _made(self, row: Row, name: str, facts: Facts) -> list[Change]:
        m = self._minting
        account = facts.accounts.get(m.email_key)
        if account is None or account.state is not AccountState.CONFIRMED:
            raise OfAccount(who=self._asking.asker.name)
        if any(token.name == name for token in facts.tokens.get(account.id, ())):
            raise TokenExists(token=name)
        companies = self._companies(facts)
        after: dict[str, Value] = {"name": name, "account_id": account.id, "token_hash": m.token_hash}
        after |= {"verbs": dumps(sorted(m.verbs)), "companies": dumps(sorted(companies)) if companies else None}
        after |= {"created_at": self._now, "created_by": self._asking.asker.name}
        after |= {"expires_at": m.expires_at, "run_id": self._run}
        made = Change(Kind.TOKEN, Action.CREATE, next(self._ids), name, after, where=row.where, line=row.line)
        params = {"token": name, "verbs": sorted(m.verbs), "until": m.expires_at, "name": account.name}
        kind = MailKind.TOKEN_CREATED
        return [made, mail(next(self._ids), kind, account.email, account.language, self._now, params)]

    def _companies(self, facts: Facts) -> set[int]:
        """The companies named, each one on which the asker holds a permission. Raises UnknownCompany, Ambiguous."""
        without_office = Authority(Asker("", "", self._minting.email_key), self._asking.grants, self._asking.toggles)
        found = set()
        for name in self._minting.companies:
            chamber, ident = split_key(name)
            place = chamber or self._minting.chamber, without_office, self._minting.usual
            found.add(named_company(facts, ident, *place).id)
        return found


class RevokeTokenPlanner(SimplePlanner):
    """``tokens revoke``: a row names a token of the account with *email_key*."""

    counted = frozenset({Kind.TOKEN})

    def __init__(self, email_key: str, email: str, by: str, run: int, now: str) -> None:
        self._email_key = email_key
        self._email = email
        self._by = by
        self._run = run
        self._now = now

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The account and its tokens."""
        return Needs(accounts={self._email_key}, holders={self._email_key}, whole_accounts=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The end of the token."""
        (row,) = rows
        name = row.values.get("name", "")
        account = facts.accounts.get(self._email_key)
        if account is None:
            return _refused(row, "email", UnknownAccount(key=self._email))
        found = next((t for t in facts.tokens.get(account.id, ()) if t.name == name), None)
        if found is None:
            return _refused(row, "name", UnknownToken(token=name))
        return Plan((end_token(found, self._run, self._now, self._by, None),), rows=1)


def end_token(token: HeldToken, run: int, now: str, by: str, chamber: str | None) -> Change:
    """The end of *token*. *chamber* is the one whose operators may see to that."""
    after: dict[str, Value] = {"ended_at": now, "ended_by": by, "end_run_id": run}
    before: dict[str, Value] = {"account_id": token.account, "ended_at": None}
    return Change(Kind.TOKEN, Action.END, token.id, token.name, after, before, chamber=chamber)


def _refused(row: Row, column: str, error: AstaError) -> Plan:
    told: Problem = problem(row, error.code, column, row.values.get(column, ""), error=error)
    return Plan(problems=(told,), rows=1)
