"""Acting for an account without being its owner at the keyboard: a program with a token, an operator with ``--as``.

Whoever acts so may never do more than the account, and less in what makes new power out of the old: see `core.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asta_cli.core.facts import Facts
from asta_cli.core.matrix import INHERITED
from asta_cli.core.model import Company, Grant


@dataclass(frozen=True, slots=True)
class Mandate:
    """On what ground an account is acted for.

    ``token`` is the name of the service token, ``stand_in`` the address of the operator who acts as the account and
    ``stand_in_key`` what makes it unique. ``companies``: only these and their sites; None is no limit.
    """

    token: str = ""
    stand_in: str = ""
    stand_in_key: str = ""
    companies: frozenset[int] | None = None

    def reaches(self, company: Company, facts: Facts) -> bool:
        """Whether *company* is among those that may be acted for."""
        return self.companies is None or any(above.id in self.companies for above in facts.chain(company))


def narrowed(grants: Iterable[Grant], companies: Iterable[int], facts: Facts) -> Iterator[Grant]:
    """*grants*, as far as they hold at *companies* and their sites; *facts* know those, the carriers and what is above.

    A grant of a head office becomes one of the company named, so that whatever asks about grants, rules and listings
    alike, finds the limit in them.
    """
    limits = [facts.by_id[id_] for id_ in companies if id_ in facts.by_id]
    for grant in grants:
        carrier = facts.by_id.get(grant.company)
        if carrier is None or not carrier.open:
            continue
        above = {company.id for company in facts.chain(carrier)}
        if any(limit.id in above for limit in limits):
            yield grant
        elif grant.sites and grant.role in INHERITED:
            for limit in limits:
                if any(step.id == carrier.id for step in facts.chain(limit)):
                    yield grant._replace(company=limit.id)
