"""Companies in columns are the companies they were made of."""

from __future__ import annotations

from asta_cli.core.model import Company
from asta_cli.core.rosters import NOBODY, Roster

COMPANIES = [
    Company(n, "177", f"000{n}", f"Betrieb {n}", n - 1 if n > 1 else None, True, n % 2 == 0, f"{n}@x.example")
    for n in range(1, 5)
]
ROSTER = Roster.of("177", [(company, ("Weg 1", None, company.name)) for company in COMPANIES])


def test_each_is_the_company_it_was_made_of() -> None:
    assert list(ROSTER) == COMPANIES
    assert [ROSTER[at] for at in range(len(ROSTER))] == COMPANIES
    assert (ROSTER.streets, ROSTER.postal_codes) == (("Weg 1",) * 4, (None,) * 4)


def test_some_of_them_keep_their_places() -> None:
    assert list(ROSTER.pick([3, 0])) == [COMPANIES[3], COMPANIES[0]]
    assert ROSTER.pick([3, 0]).cities == ["Betrieb 4", "Betrieb 1"]
    assert list(ROSTER[1:3]) == COMPANIES[1:3]
    assert ROSTER.pick(range(4)) is ROSTER


def test_nobody() -> None:
    assert (len(NOBODY), list(NOBODY), list(Roster.of("177", []))) == (0, [], [])
