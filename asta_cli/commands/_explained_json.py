"""An explanation for programs: English keys and words, no null, the same in every language."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from asta_cli.cli.render import unlocalised
from asta_cli.core import timeline
from asta_cli.core.explained import Answer, Explanation, Held, Remedy, Warned
from asta_cli.core.ids import show_id
from asta_cli.core.model import Company

Object = dict[str, object]


def as_object(told: Explanation, *, single: bool) -> Object:
    """*told* as docs/permissions.md describes it; of a *single* permission the answer stands at the top, too."""
    q, account = told.question, told.account
    asked = {"email": q.email, "chamber": q.company.chamber, "company": q.company.ident_number, "name": q.company.name}
    top = {"permission": told.answers[0].permission.value, "allowed": told.answers[0].allowed} if single else {}
    known = {
        "state": account.known.value,
        "confirmed_at": account.confirmed_at or "",
        "state_at": account.state_at or "",
        "state_reason": account.state_reason or "",
    }
    answers = [_answer(answer, q.company) for answer in told.answers]
    return {**asked, "at": q.moment, **top, "account": known, "contact": told.contact, "answers": answers}


def _answer(answer: Answer, asked: Company) -> Object:
    grounds = [
        {**_held(g.held, g.path[0]), "path": [{"chamber": c.chamber, "company": c.ident_number} for c in g.path]}
        for g in answer.grounds
    ]
    misses = [
        {
            **_held(m.held, m.carrier),
            "relation": m.relation.value,
            "obstacles": [o.value for o in m.obstacles],
        }
        for m in answer.misses
    ]
    return {
        "permission": answer.permission.value,
        "allowed": answer.allowed,
        "operator": answer.allowed and not answer.grounds,
        "roles": [role.value for role in answer.needed],
        "grounds": grounds,
        "misses": misses,
        "caveats": [_caveat(warned) for warned in answer.caveats],
        "remedies": [_remedy(remedy) for remedy in answer.remedies],
    }


def _held(held: Held, carrier: Company) -> Object:
    grant = held.grant
    return {
        "chamber": carrier.chamber,
        "company": carrier.ident_number,
        "role": grant.role.value,
        "sites": "yes" if grant.sites else "no",
        "trainer_number": held.trainer_number or "",
        "valid_from": timeline.first_day(grant.valid_from) if grant.valid_from else "",
        "valid_until": timeline.last_day(grant.valid_until) if grant.valid_until else "",
        "granted_by": held.granted_by,
        "granted_at": held.granted_at,
        "reason": grant.reason or "",
        "run": show_id(held.run),
        "invited_until": held.grant.invited_until or "",
        "ended_at": grant.ended_at or "",
        "ended_by": held.ended_by or "",
        "end_reason": held.end_reason or "",
        "end_run": "" if held.end_run is None else show_id(held.end_run),
    }


def _caveat(warned: Warned) -> Object:
    error = warned.error
    message = unlocalised(error.message, error.fields) if error is not None else ""
    remedies = [_remedy(warned.remedy)] if warned.remedy is not None else []
    return {"code": warned.caveat.value, "message": message, "remedies": remedies}


def _remedy(remedy: Remedy) -> Mapping[str, object]:
    return {
        "code": remedy.cure.value,
        "command": shlex.join(remedy.command),
        "by": remedy.by.value,
        "may_run": remedy.may_run,
    }
