"""Activation letters: new codes for companies. A newer letter voids the older ones; only a MAC of each code is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from asta_cli.core import fields, timeline
from asta_cli.core.activation import CompanyClosed
from asta_cli.core.blocks import Block
from asta_cli.core.columns import column, numbers, texts
from asta_cli.core.coverage import Forest
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Letter, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.model import Action, Company, Kind, Value
from asta_cli.core.naming import resolve, split_key
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rosters import Roster
from asta_cli.core.rows import Row

COLUMNS = ("chamber", "ident_number", "name", "street", "postal_code", "city", "email", "code", "valid_until")
"""The columns of the file of codes, for whoever prints the letters."""

Columns = Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a whole issue of letters.

    ``make_codes`` draws so many codes, ``macs`` turns the ids of companies and their codes into what is kept,
    ``deliver`` takes the columns of the file of codes; it is called only with letters that were allowed. ``last_day``
    is the last day on which a code works.
    """

    now: str
    run: int
    ids: Iterator[int]
    last_day: str
    make_codes: Callable[[int], Sequence[str]] = field(repr=False)
    macs: Callable[[Sequence[int], Sequence[str]], Sequence[bytes]] = field(repr=False)
    deliver: Callable[[Columns], None] = field(repr=False)
    chamber: str | None = None


def key_of(row: Row) -> tuple[str | None, str]:
    """Chamber, if it is named, and Identnummer of the company that *row* is about. Raises BadField."""
    prefix, ident = split_key(row.values.get("company", ""))
    chamber = fields.chamber_number(row.values["chamber"]) if "chamber" in row.values else prefix
    if prefix not in (None, chamber):
        raise BadField("bad_value", expected=f"{chamber}:{ident}")
    return chamber, ident


class LetterPlanner(SimplePlanner):
    """``letters issue``: a letter for each company named, also for one that lost its administrators."""

    counted = frozenset({Kind.LETTER})
    key_column = "company"

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._valid_until = timeline.day_after(terms.last_day)
        self._codes: dict[int, str] = {}
        self._done: set[int] = set()

    def repeats(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Rows about one company ask for the same, however they name it."""
        told = [problem(r, "duplicate_in_file", "company", r.values["company"], warning=True) for r in rows[1:]]
        return [rows[0]], told

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The companies with their letters and where they get their post."""
        return Needs(idents={self._ident(row) for row in rows}, letters=True, addresses=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """A new letter for each company that gets one, and the end of its older ones."""
        ends: list[Change] = []
        problems: list[Problem] = []
        new: dict[str, list[tuple[Row, Company]]] = {}
        for row in rows:
            company = self._company(row, facts)
            if isinstance(company, Problem):
                problems.append(company)
            elif company.id not in self._done:
                self._done.add(company.id)
                ends += self._void(row, company, facts)
                new.setdefault(company.chamber, []).append((row, company))
        unchanged = len(rows) - len(problems) - sum(map(len, new.values()))
        blocks = tuple(self._issue_to(chamber, companies, facts) for chamber, companies in new.items())
        return Plan(tuple(ends), tuple(problems), len(rows), unchanged, blocks=blocks)

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Hand the codes of the letters out, and forget them."""
        for block in plan.blocks:
            self.terms.deliver(self._columns(block))
        self._codes.clear()

    def key(self, row: Row) -> tuple[str | None, str]:
        """Chamber, if it is named, and Identnummer of the company that *row* is about. Raises BadField."""
        return key_of(row)

    def _ident(self, row: Row) -> str:
        try:
            return self.key(row)[1]
        except BadField:
            return ""

    def _company(self, row: Row, facts: Facts) -> Company | Problem:
        try:
            chamber, ident = self.key(row)
            company = resolve(facts, ident, chamber or self.terms.chamber)
            if not company.open:
                raise CompanyClosed(company=company.ident_number)
        except BadField as bad:
            return problem(row, bad.code, "company", row.values.get("company", ""), fields=bad.fields)
        except AstaError as error:
            return problem(row, error.code, "company", row.values["company"], error=error)
        return company

    def _void(self, row: Row, company: Company, facts: Facts) -> Iterator[Change]:
        for old in facts.letters.get(company.id, ()):
            if old.used_at is None and old.void_at is None:
                unused: dict[str, Value] = {"used_at": None, "void_at": None}
                place = company.key, {"void_at": self.terms.now}, unused, company.id, company.chamber
                yield Change(Kind.LETTER, Action.END, old.id, *place, row.where, row.line)

    def _issue_to(self, chamber: str, new: Sequence[tuple[Row, Company]], facts: Facts) -> Block:
        companies = Roster.of(chamber, ((company, facts.addresses[company.id]) for _, company in new))
        file = new[0][0].where.rpartition(":")[0]
        return self._issue(companies, file, [row.line for row, _ in new])

    def _issue(self, companies: Roster, file: str, lines: Sequence[int]) -> Block:
        terms = self.terms
        ids, made = list(islice(terms.ids, len(companies))), terms.make_codes(len(companies))
        self._codes.update(zip(ids, made, strict=True))
        columns: dict[str, Sequence[Value]] = {
            "company_id": companies.ids,
            "code_mac": terms.macs(companies.ids, made),
        }
        chamber = companies.chamber
        same: dict[str, Value] = {"issued_at": terms.now, "valid_until": self._valid_until, "run_id": terms.run}
        keys = [f"{chamber}:{ident}" for ident in companies.idents]
        return Block(Kind.LETTER, chamber, ids, same, columns, keys, file, lines, companies)

    def _columns(self, block: Block) -> Columns:
        at = block.companies
        assert isinstance(at, Roster)
        codes = [self._codes[id_] for id_ in block.ids]
        chambers, last_days = [at.chamber] * len(at), [self.terms.last_day] * len(at)
        return chambers, at.idents, at.names, at.streets, at.postal_codes, at.cities, at.emails, codes, last_days


class MissingPlanner(LetterPlanner):
    """``letters issue --missing``: those of the companies that nobody can administer and that have no valid code.

    *again*: also those with a valid code, which is voided: their letter may have been lost.
    """

    def __init__(self, terms: Terms, *, again: bool) -> None:
        super().__init__(terms)
        self._again = again

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The companies in columns with their letters, and who administers them, from above or themselves."""
        idents = texts(rows, "company")
        return Needs(self.terms.chamber, idents=idents, in_columns=True, letters=True, administrators=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """A new letter for each company that nobody can administer, and the end of its older ones.

        One that has been closed since the companies were listed gets none.
        """
        found, served = facts.roster, self._served(facts)
        chosen = found.pick([n for n, id_ in enumerate(found.ids) if id_ not in served])
        unchanged = len(rows) - len(chosen)
        if not chosen:
            return Plan(rows=len(rows), unchanged=unchanged)
        places = {ident: n for n, ident in enumerate(column(rows, "company"))}
        at, lines = [places[ident] for ident in chosen.idents], numbers(rows)
        older = [n for n, id_ in enumerate(chosen.ids) if id_ in facts.letters]
        ends = [end for n in older for end in self._void(rows[at[n]], chosen[n], facts)]
        block = self._issue(chosen, "", [lines[n] for n in at])
        return Plan(tuple(ends), (), len(rows), unchanged, blocks=(block,))

    def _served(self, facts: Facts) -> set[int]:
        """The companies that get no letter: those with a usable administrator, own or inherited, or a valid code."""
        served: set[int] = set()
        if facts.administrators:
            forest = Forest(chain(facts.by_id.values(), facts.roster), facts.administrators, facts.now)
            served |= {key for key, cover in forest.covers().items() if cover.any}
        if not self._again:
            served |= {key for key, letters in facts.letters.items() if any(_valid(x, facts.now) for x in letters)}
        return served


def _valid(letter: Letter, now: str) -> bool:
    return letter.used_at is None and letter.void_at is None and now < letter.valid_until
