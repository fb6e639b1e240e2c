"""The last-operator rule: where everybody signs in, somebody remains who is an operator of every chamber and can.

Else nobody could appoint anybody any more. What is judged are changes: the end of an office, and what becomes of the
account that holds one. Where one is an operator by sitting at the terminal, there is always one.

A chamber may lose its own last operator: those of every chamber see to it meanwhile, and are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts
from asta_cli.core.model import AccountState, Action, Kind
from asta_cli.core.office import Officer
from asta_cli.core.plan import Change, Plan, Problem, Severity
from asta_cli.core.standing import Standing, standings


class LastOperator(AstaError):
    """Nobody would be left who could appoint others."""

    code = "last_operator"
    status = Status.REFUSED
    message = N_("{email} is the last operator of every chamber who can sign in")
    hint = N_(
        "first there must be another one with a confirmed account: asta operators add EMAIL --everywhere --reason TEXT"
    )


class NoOperatorLeft(AstaError):
    """A chamber's own last operator goes."""

    code = "no_operator"
    status = Status.REFUSED
    message = N_("chamber {chamber} has no operator of its own left who can sign in")
    hint = N_("appoint one: asta operators add EMAIL --chamber {chamber} --reason TEXT")


def concerned(plan: Plan, facts: Facts) -> bool:
    """Whether *plan* takes anything from anybody who might be an operator."""
    if any(change.kind is Kind.OPERATOR and change.action is Action.END for change in plan.changes):
        return True
    return any(
        facts.accounts_by_id[change.id].state is AccountState.CONFIRMED
        and not (standing.confirmed and standing.key == standing.was)
        for change, standing in standings(plan.changes, facts)
    )


def guard(plan: Plan, facts: Facts, officers: Iterable[Officer]) -> Plan:
    """*plan* without the rows that take the last of *officers* of every chamber; with a word on those of a chamber."""
    before = [officer for officer in officers if officer.usable]
    after = {officer.id: officer for officer in _afterwards(plan.changes, facts, officers) if officer.usable}
    kept = {officer.chamber for officer in after.values()}
    gone = [officer for officer in before if officer.chamber not in kept]
    problems = list(_problems(plan.changes, facts, gone))
    refused = [problem for problem in problems if problem.severity is Severity.ERROR]
    places = {(problem.where, problem.line) for problem in refused}
    warned = [p for p in problems if p.severity is Severity.WARNING and (p.where, p.line) not in places]
    return replace(plan, problems=(*plan.problems, *warned)).without(refused) if problems else plan


def _afterwards(changes: Iterable[Change], facts: Facts, officers: Iterable[Officer]) -> Iterator[Officer]:
    """Every one of *officers* who still is one after *changes*, with whether they can sign in then."""
    ended = {c.id for c in changes if c.kind is Kind.OPERATOR and c.action is Action.END}
    moved = {c.id: str(c.after["email_key"]) for c in changes if c.kind is Kind.OPERATOR and "email_key" in c.after}
    known = [standing for _, standing in standings(changes, facts)]
    for officer in officers:
        if officer.id not in ended:
            key = moved.get(officer.id, officer.email_key)
            yield replace(officer, email_key=key, usable=_usable(key, officer, known))


def _usable(key: str, officer: Officer, known: Iterable[Standing]) -> bool:
    """Whether the account with this *key* can sign in once what is *known* of accounts is true."""
    usable = officer.usable
    for standing in known:
        if standing.key == key:
            usable = standing.confirmed
        elif standing.was == key:
            usable = False
    return usable


def _problems(changes: Iterable[Change], facts: Facts, gone: Iterable[Officer]) -> Iterator[Problem]:
    """What there is to say of each row that takes one of those who are *gone*."""
    accounts = {standing.was: change for change, standing in standings(changes, facts)}
    ends = {change.id: change for change in changes if change.kind is Kind.OPERATOR}
    for officer in gone:
        change = ends.get(officer.id) or accounts[officer.email_key]
        place = change.where, change.line
        if officer.chamber is None:
            error: AstaError = LastOperator(email=officer.email)
            yield Problem(*place, error.code, "email", value=officer.email, error=error)
        else:
            error = NoOperatorLeft(chamber=officer.chamber)
            yield Problem(*place, error.code, "chamber", Severity.WARNING, officer.chamber, error=error)
