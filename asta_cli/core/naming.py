"""How a company is named: by its Identnummer, or as ``CHAMBER:IDENT`` where the number alone is not enough."""

from __future__ import annotations

from collections.abc import Callable

from asta_cli.core import fields
from asta_cli.core.errors import N_, Ambiguous, NotFound
from asta_cli.core.facts import Facts
from asta_cli.core.model import Company


class UnknownCompany(NotFound):
    """No company has this Identnummer, or none that the asker may know of."""

    code = "unknown_company"
    message = N_("company {key} is not known")
    hint = N_("check the Identnummer; leading zeros count")


def split_key(text: str) -> tuple[str | None, str]:
    """``177:0001234`` as (chamber, Identnummer); the chamber is None where only the number stands.

    Raises ``fields.BadField`` if either part cannot be what it should be.
    """
    chamber, colon, ident = text.rpartition(":")
    return (fields.chamber_number(chamber) if colon else None), fields.ident_number(ident)


def _any(company: Company) -> bool:
    return True


def resolve(
    facts: Facts, ident: str, chamber: str | None, usual: str | None = None, known: Callable[[Company], bool] = _any
) -> Company:
    """The company called *ident*, in *chamber* if one is given; *usual* decides only between several.

    Those that are not *known*, because the asker may not see them, are as if they were not there.

    Raises:
        UnknownCompany: there is none.
        Ambiguous: several chambers have one and none was named.
    """
    found = [c for c in facts.companies.get(ident, ()) if chamber in (None, c.chamber) and known(c)]
    if len(found) > 1:
        found = [c for c in found if c.chamber == usual] or found
    if not found:
        raise UnknownCompany(key=f"{chamber}:{ident}" if chamber else ident)
    if len(found) > 1:
        raise Ambiguous(key=ident, choices=", ".join(sorted(c.key for c in found)))
    return found[0]
