"""Activation letters: new codes for companies. A newer letter voids the older ones; only a MAC of each code is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from asta_cli.core import fields, timeline
from asta_cli.core.activation import CompanyClosed
from asta_cli.core.blocks import Block
from asta_cli.core.coverage import Forest
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Letter, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.model import Action, Company, Kind, Value
from asta_cli.core.naming import resolve, split_key
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row

COLUMNS = ("chamber", "ident_number", "name", "street", "postal_code", "city", "email", "code", "valid_until")
"""The columns of the file of codes, for whoever prints the letters."""

Line = tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """A plan as it grows: letters that become void, and, by chamber, the rows and companies of new ones."""

    ends: list[Change] = field(default_factory=list)
    new: dict[str, list[tuple[Row, Company]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a whole issue of letters.

    ``make_code`` draws a code, ``mac`` turns company id and code into what is kept, ``deliver`` takes the lines of the
    file of codes; it is called only with letters that were allowed. ``last_day`` is the last day on which a code works.
    """

    now: str
    run: int
    ids: Iterator[int]
    last_day: str
    make_code: Callable[[], str] = field(repr=False)
    mac: Callable[[int, str], bytes] = field(repr=False)
    deliver: Callable[[Sequence[Line]], None] = field(repr=False)
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
        draft = _Draft()
        wanted = self.wanted(facts)
        for row in rows:
            company = self._company(row, facts)
            if isinstance(company, Problem):
                draft.problems.append(company)
            elif company.id in self._done or not wanted(company):
                draft.unchanged += 1
            else:
                self._done.add(company.id)
                draft.ends += self._void(row, company, facts.letters.get(company.id, ()))
                draft.new.setdefault(company.chamber, []).append((row, company))
        blocks = tuple(self._issue(chamber, new) for chamber, new in draft.new.items())
        return Plan(tuple(draft.ends), tuple(draft.problems), len(rows), draft.unchanged, blocks=blocks)

    def wanted(self, facts: Facts) -> Callable[[Company], bool]:
        """Which companies get a letter: those named."""
        return lambda company: True

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Hand the codes of the letters out, and forget them."""
        made = [(c.id, c.company or 0) for c in plan.changes if c.kind is Kind.LETTER and c.action is Action.CREATE]
        made += [(id_, at.id) for block in plan.blocks for id_, at in zip(block.ids, block.companies, strict=True)]
        self.terms.deliver([self._line(facts, *letter) for letter in sorted(made)])
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

    def _void(self, row: Row, company: Company, letters: Iterable[Letter]) -> Iterator[Change]:
        for old in letters:
            if old.used_at is None and old.void_at is None:
                unused: dict[str, Value] = {"used_at": None, "void_at": None}
                place = company.key, {"void_at": self.terms.now}, unused, company.id, company.chamber
                yield Change(Kind.LETTER, Action.END, old.id, *place, row.where, row.line)

    def _issue(self, chamber: str, new: Sequence[tuple[Row, Company]]) -> Block:
        terms, companies = self.terms, [company for _, company in new]
        ids, made = list(islice(terms.ids, len(new))), [terms.make_code() for _ in new]
        self._codes.update(zip(ids, made, strict=True))
        columns: dict[str, Sequence[Value]] = {
            "company_id": [company.id for company in companies],
            "code_mac": [terms.mac(company.id, code) for company, code in zip(companies, made, strict=True)],
        }
        same: dict[str, Value] = {"issued_at": terms.now, "valid_until": self._valid_until, "run_id": terms.run}
        keys, lines = [company.key for company in companies], [row.line for row, _ in new]
        file = new[0][0].where.rpartition(":")[0]
        return Block(Kind.LETTER, chamber, ids, same, columns, keys, file, lines, companies)

    def _line(self, facts: Facts, id_: int, at: int) -> Line:
        company = facts.by_id[at]
        street, postal_code, city = facts.addresses[company.id]
        return (
            company.chamber,
            company.ident_number,
            company.name,
            street or "",
            postal_code or "",
            city or "",
            company.email or "",
            self._codes[id_],
            self.terms.last_day,
        )


class MissingPlanner(LetterPlanner):
    """``letters issue --missing``: those of the companies that nobody can administer and that have no valid code.

    *again*: also those with a valid code, which is voided: their letter may have been lost.
    """

    def __init__(self, terms: Terms, *, again: bool) -> None:
        super().__init__(terms)
        self._again = again

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The companies with all that is above and below them, and who administers them."""
        needs = super().needs(rows)
        needs.administrators = True
        needs.chamber = self.terms.chamber
        return needs

    def key(self, row: Row) -> tuple[str | None, str]:
        """What the database calls it, which need not be read again."""
        return None, row.values["company"]

    def _company(self, row: Row, facts: Facts) -> Company | Problem:
        found = facts.companies.get(row.values["company"], ())
        return found[0] if len(found) == 1 and found[0].open else super()._company(row, facts)

    def wanted(self, facts: Facts) -> Callable[[Company], bool]:
        """Which companies get a letter: those without a usable administrator, own or inherited."""
        covers = Forest(facts.by_id.values(), facts.administrators, facts.now).covers() if facts.administrators else {}
        served = {key for key, cover in covers.items() if cover.any}
        if not self._again:
            served |= {key for key, letters in facts.letters.items() if any(_valid(x, facts.now) for x in letters)}
        return lambda company: company.id not in served


def _valid(letter: Letter, now: str) -> bool:
    return letter.used_at is None and letter.void_at is None and now < letter.valid_until
