"""Whether a company can use a service of the portal, and what is told to it if it cannot.

A service that is not open answers with the reason and with whom to ask, never with a bare no.
"""

from __future__ import annotations

from asta_cli.core import timeline
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts
from asta_cli.core.model import Company, Service, ServiceState


class ServiceNotOpen(AstaError):
    """The chamber has not opened the service to this company."""

    code = "service_not_open"
    status = Status.REFUSED
    message = N_("{service} has never been opened by chamber {chamber}; company {company} cannot use it yet")
    hint = N_("ask the chamber when it will open the service: {contact}")


class ServiceClosed(ServiceNotOpen):
    """The chamber has made it unavailable."""

    message = N_("{service} is unavailable at chamber {chamber} since {since}; company {company} cannot use it")
    hint = N_("ask the chamber when it will open the service again: {contact}")


class NotInPilot(ServiceNotOpen):
    """The chamber tries it with companies on a list, and this one is not on it."""

    message = N_(
        "{service} is in a pilot at chamber {chamber} since {since}, and company {company} is not among its companies"
    )
    hint = N_("ask the chamber to take the company into the pilot: {contact}")


class NotActivated(AstaError):
    """The company has to be activated in asta before it can use a service."""

    code = "not_activated"
    status = Status.REFUSED
    message = N_("company {company} is not activated yet")
    hint = N_("activate it with the code of the chamber's letter: asta activate {ident}")


class EndedCompany(AstaError):
    """The company is ended in the register."""

    code = "company_ended"
    status = Status.REFUSED
    message = N_("company {company} is ended in the register")
    hint = N_("the chamber can say why: {contact}")


def why_closed(facts: Facts, company: Company, service: Service) -> ServiceNotOpen | None:
    """Why *company* cannot use *service*; None if it can."""
    known = facts.states.get((company.chamber, service))
    said = {"service": service.value, "chamber": company.chamber, "company": company.ident_number}
    ask = contact(facts, company.chamber)
    if known is None:
        return ServiceNotOpen(**said, contact=ask)
    _, state, since = known
    day = timeline.first_day(since)
    if state is ServiceState.UNAVAILABLE:
        return ServiceClosed(**said, since=day, contact=ask)
    if state is ServiceState.PILOT and (company.id, service) not in facts.pilots:
        return NotInPilot(**said, since=day, contact=ask)
    return None


def contact(facts: Facts, number: str) -> str:
    """Whom to ask at chamber *number*: its name and address."""
    chamber = facts.chambers.get(number)
    return ", ".join(part for part in (chamber.name, chamber.email) if part) if chamber else number
