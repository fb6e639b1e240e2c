"""Companies, grants and services in the words of a mail."""

from __future__ import annotations

from collections.abc import Mapping

from asta_cli.core.errors import N_
from asta_cli.core.model import Role, Service
from asta_cli.mail.layout import day
from asta_cli.mail.model import Gettext

Params = Mapping[str, object]

_ROLES = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.MANAGER: N_("Manager"),
    Role.TRAINER: N_("Trainer"),
    Role.CONTRACT_APPLICANT: N_("Contract applicant"),
}
_SERVICES = {
    Service.EXAM_REGISTRATION: N_("online exam registration"),
    Service.CONTRACT_MANAGEMENT: N_("contract management"),
}


def part(params: Params, name: str) -> Params:
    """The object *name* in *params*.

    Raises:
        TypeError: it is no object.
    """
    found = params[name]
    if not isinstance(found, Mapping):
        raise TypeError(name)
    return found


def companies(params: Params) -> list[Params]:
    """The companies a mail is about.

    Raises:
        TypeError: there is none.
    """
    found = params["companies"]
    if not isinstance(found, list) or not found:
        raise TypeError("companies")
    return found


def service_name(service: Service, _: Gettext) -> str:
    """What people call *service*."""
    return _(_SERVICES[service])


def grant_line(company: Params, _: Gettext) -> str:
    """A company with the role in it and the days between which it holds."""
    role = _(_ROLES[Role(str(company["role"]))])
    text = _(N_("{company}: {role}")).format(company=company_line(company, _), role=role)
    if company.get("valid_from"):
        text = _(N_("{grant}, from {day}")).format(grant=text, day=day(str(company["valid_from"]), _))
    if company.get("valid_until"):
        text = _(N_("{grant}, until {day}")).format(grant=text, day=day(str(company["valid_until"]), _, last=True))
    return text


def person_line(grant: Params, _: Gettext) -> str:
    """Whose grant it is, and the grant."""
    return f"{grant['email']}: {grant_line(grant, _)}"


def company_line(company: Params, _: Gettext) -> str:
    """A company as people know it: name, Identnummer, chamber. Not yet made harmless: it goes into a list."""
    values = {name: company[name] for name in ("name", "ident_number", "chamber")}
    return _(N_("{name} (ident number {ident_number}, chamber {chamber})")).format(**values)
