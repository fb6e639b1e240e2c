"""An explanation in words: what a helpful colleague would say, with the command to run next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from asta_cli.cli.escape import visible
from asta_cli.cli.formats import german_day, german_time
from asta_cli.cli.i18n import current
from asta_cli.cli.render import filled
from asta_cli.commands import _explained_words as words
from asta_cli.core import timeline
from asta_cli.core.activation import REASON
from asta_cli.core.explained import (
    Account,
    AccountKnown,
    Answer,
    By,
    Caveat,
    Cure,
    Explanation,
    Ground,
    Held,
    Miss,
    Obstacle,
    Remedy,
    Warned,
)
from asta_cli.core.ids import show_id
from asta_cli.core.remedies import SETTINGS

_TOLD = 2
_OTHER_WAYS = frozenset({Cure.WITH_SITES, Cure.SETTING})
_ROLES_WRONG = frozenset({Obstacle.ROLE, Obstacle.SETTING})


def one(told: Explanation) -> Iterator[str]:
    """The lines about one permission."""
    q, (answer,) = told.question, told.answers
    head = words.YES if answer.allowed else words.NO
    what = words.WHAT[answer.permission]
    yield filled(head, {"email": q.email, "what": what, "company": _named(told), "permission": answer.permission.value})
    if q.moment != q.now:
        yield filled(words.ASKED_ABOUT, {"moment": _time(q.moment)})
    if answer.allowed:
        yield from _grounds(answer) if answer.grounds else [filled(words.AT_DESK, {"chamber": q.company.chamber})]
        yield from _account(told.account)
    else:
        yield from _misses(told, answer)
        yield from _remedies(told, answer)
    for warned in answer.caveats:
        yield from _caveat(told, warned)


def all_of(told: Explanation) -> Iterator[str]:
    """A line for each permission, and how to learn more."""
    q = told.question
    yield filled(words.OVERVIEW, {"email": q.email, "company": _named(told)})
    if q.moment != q.now:
        yield filled(words.ASKED_ABOUT, {"moment": _time(q.moment)})
    width = max(len(a.permission) for a in told.answers)
    answers = {True: filled(words.SHORT_YES, {}), False: filled(words.SHORT_NO, {})}
    column = max(map(len, answers.values()))
    for answer in told.answers:
        yield f"  {answers[answer.allowed]:<{column}}  {answer.permission:<{width}}  {_briefly(answer)}".rstrip()
    yield from _account(told.account)
    more = ("asta", "perms", "explain", q.email, "PERMISSION", q.company.key)
    yield filled(words.MORE, {"command": shlex.join(more)})


def _named(told: Explanation) -> str:
    company = told.question.company
    return f"{company.key} ({company.name})" if company.name else company.key


def _briefly(answer: Answer) -> str:
    if answer.grounds:
        grant, carrier = answer.grounds[0].held.grant, answer.grounds[0].path[0]
        text = filled(words.ROLE_AT, {"role": words.ROLE[grant.role], "company": carrier.key})
        end = grant.valid_until
        return text if end is None else text + filled(words.BRIEF_UNTIL, {"day": _last(end)})
    if answer.allowed:
        return filled(words.BRIEF_DESK, {})
    if not answer.misses or _ROLES_WRONG & set(answer.misses[0].obstacles):
        return filled(words.BRIEF_NEEDS, {"roles": _roles(answer)})
    miss = answer.misses[0]
    at = filled(words.ROLE_AT, {"role": words.ROLE[miss.held.grant.role], "company": miss.carrier.key})
    return f"{at}: " + ", ".join(filled(words.BRIEFLY[o], {}) for o in miss.obstacles)


def _grounds(answer: Answer) -> Iterator[str]:
    first, *others = answer.grounds
    grant, carrier = first.held.grant, first.path[0]
    text = words.INHERITED if len(first.path) > 1 else words.OWN
    path = " > ".join(company.key for company in first.path)
    yield filled(text, {"role": words.ROLE[grant.role], "company": carrier.key, "path": path})
    yield _given(first.held)
    yield _validity(first.held)
    if others:
        yield filled(words.ALSO, {"others": "; ".join(map(_shown, others[:_TOLD]))})


def _shown(ground: Ground) -> str:
    return filled(words.ROLE_AT, {"role": words.ROLE[ground.held.grant.role], "company": ground.path[0].key})


def _given(held: Held) -> str:
    reason = held.grant.reason
    fields = {"by": words.giver(held.granted_by), "day": _first(held.granted_at), "run": show_id(held.run)}
    text = words.GRANTED if reason else words.GRANTED_WITHOUT_REASON
    if reason == REASON and held.granted_by == held.grant.email:
        text = words.ACTIVATED
    return filled(text, {**fields, "reason": reason})


def _validity(held: Held) -> str:
    first, end = held.grant.valid_from, held.grant.valid_until
    days = {"first": _first(first), "last": _last(end)}
    return filled(words.VALID[first is not None, end is not None], days)


def _account(account: Account) -> Iterator[str]:
    if account.known is AccountKnown.CONFIRMED and account.confirmed_at:
        yield filled(words.CONFIRMED_SINCE, {"day": _first(account.confirmed_at)})
    elif account.known in words.CLOSED:
        yield _closed(account)
    elif account.known in words.NOT_CONFIRMED:
        yield filled(words.NOT_CONFIRMED[account.known], {})


def _closed(account: Account) -> str:
    day = _first(account.state_at)
    text = words.CLOSED_SINCE[bool(day), bool(account.state_reason)]
    return filled(text, {"state": words.CLOSED[account.known], "day": day, "reason": account.state_reason})


def _misses(told: Explanation, answer: Answer) -> Iterator[str]:
    company = told.question.company
    if not company.open and not any(m.carrier.id == company.id for m in answer.misses[:1]):
        yield filled(words.COMPANY_ENDED, {"company": company.key})
    if not answer.misses:
        yield filled(words.NOTHING, {"roles": _roles(answer)})
        if told.account.known is not AccountKnown.CONFIRMED:
            yield from _account(told.account)
    elif words.OF_ACCOUNT.issuperset(answer.misses[0].obstacles):
        nearest = answer.misses[0]
        yield _closed(told.account)
        fields = {"role": words.ROLE[nearest.held.grant.role], "company": nearest.carrier.key}
        yield filled(words.WOULD_DO, fields)
        return
    for miss in answer.misses[:_TOLD]:
        for obstacle in miss.obstacles:
            line = _obstacle(told, answer, miss, obstacle)
            if miss is answer.misses[0] or obstacle not in words.OF_ACCOUNT:
                yield line


def _obstacle(told: Explanation, answer: Answer, miss: Miss, obstacle: Obstacle) -> str:
    if obstacle in (Obstacle.LOCKED, Obstacle.DISABLED):
        return _closed(told.account)
    held, grant = miss.held, miss.held.grant
    text = words.OBSTACLE[obstacle]
    if obstacle is Obstacle.ENDED:
        text = words.ENDED[bool(held.ended_by), bool(held.end_reason)]
    elif obstacle is Obstacle.EXPIRED and (grant.valid_until or "") > told.question.now:
        text = words.EXPIRES
    elif obstacle is Obstacle.INVITED:
        text = words.INVITED[told.account.known is AccountKnown.UNKNOWN, bool(held.grant.invited_until)]
    fields = {
        "role": words.ROLE[grant.role],
        "company": miss.carrier.key,
        "roles": _roles(answer),
        "setting": SETTINGS.get(grant.role, ""),
        "relation": words.RELATION[miss.relation],
        "by": words.giver(held.ended_by or ""),
        "reason": held.end_reason,
        "given": _time(held.granted_at),
        "given_day": _first(held.granted_at),
        "ended": _first(grant.ended_at),
        "first": _first(grant.valid_from),
        "last": _last(grant.valid_until),
        "invited_last": _last(held.grant.invited_until),
    }
    return filled(text, fields)


def _roles(answer: Answer) -> str:
    *rest, last = [filled(words.ROLE[role], {}) for role in answer.needed]
    return filled(words.EITHER, {"rest": ", ".join(rest), "last": last}) if rest else last


def _remedies(told: Explanation, answer: Answer) -> Iterator[str]:
    if told.question.past:
        yield filled(words.PAST, {})
    for number, remedy in enumerate(answer.remedies):
        other = number > 0 and (remedy.cure in _OTHER_WAYS or remedy.cure is Cure.REOPEN)
        yield from _remedy(told, answer, remedy, other=other)


def _remedy(told: Explanation, answer: Answer | None, remedy: Remedy, *, other: bool = False) -> Iterator[str]:
    setting = ""
    if remedy.cure is Cure.SETTING and answer is not None:
        setting = SETTINGS.get(answer.misses[0].held.grant.role, "")
    text = words.CURE[remedy.cure]
    if remedy.cure is Cure.GRANT and told.account.known is not AccountKnown.CONFIRMED:
        text = words.INVITE
    role = words.ROLE[remedy.role] if remedy.role else ""
    todo = filled(text, {"setting": setting, "email": told.question.email, "role": role})
    company = told.question.company.key
    who = filled(words.YOU_MAY if remedy.may_run else words.WHO_MAY[remedy.by], {"company": company})
    yield filled(words.OR, {"todo": todo, "who": who}) if other else f"{todo} {who}"
    yield "    " + visible(shlex.join(remedy.command))
    if not remedy.may_run and remedy.by in (By.ADMINISTRATOR, By.CHAMBER):
        yield "    " + filled(words.CONTACT, {"contact": told.contact})


def _caveat(told: Explanation, warned: Warned) -> Iterator[str]:
    if warned.error is not None:
        yield filled(words.CAVEAT, {"what": filled(warned.error.message, warned.error.fields)})
    else:
        yield filled(words.CAVEATS[Caveat(warned.caveat)], {"company": told.question.company.key})
    if warned.remedy is not None:
        yield from _remedy(told, None, warned.remedy)


def _first(instant: str | None) -> str:
    """The day in which *instant* lies, as people write it."""
    return _written(timeline.first_day(instant)) if instant else ""


def _last(instant: str | None) -> str:
    """The last day before *instant*, as people write it."""
    return _written(timeline.last_day(instant)) if instant else ""


def _written(day: str) -> str:
    return german_day(day) if current() == "de" else day


def _time(instant: str) -> str:
    return german_time(instant) if current() == "de" else timeline.local(instant)
