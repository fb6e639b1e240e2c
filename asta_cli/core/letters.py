"""Activation letters: new codes for companies. A newer letter voids the older ones; only a MAC of each code is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from asta_cli.core import fields, timeline
from asta_cli.core.activation import CompanyClosed
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
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        wanted = self.wanted(facts)
        for row in rows:
            company = self._company(row, facts)
            if isinstance(company, Problem):
                problems.append(company)
            elif company.id in self._done or not wanted(company):
                unchanged += 1
            else:
                self._done.add(company.id)
                changes += self._issue(row, company, facts.letters.get(company.id, ()))
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged)

    def wanted(self, facts: Facts) -> Callable[[Company], bool]:
        """Which companies get a letter: those named."""
        return lambda company: True

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Hand the codes of the letters out, and forget them."""
        made = [c for c in plan.changes if c.kind is Kind.LETTER and c.action is Action.CREATE]
        self.terms.deliver([self._line(facts, c) for c in made])
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

    def _issue(self, row: Row, company: Company, letters: Iterable[Letter]) -> Iterator[Change]:
        for old in letters:
            if old.used_at is None and old.void_at is None:
                unused: dict[str, Value] = {"used_at": None, "void_at": None}
                yield self._change(Action.END, old.id, row, company, {"void_at": self.terms.now}, unused)
        id_, code = next(self.terms.ids), self.terms.make_code()
        self._codes[id_] = code
        after: dict[str, Value] = {
            "company_id": company.id,
            "code_mac": self.terms.mac(company.id, code),
            "issued_at": self.terms.now,
            "valid_until": self._valid_until,
            "run_id": self.terms.run,
        }
        yield self._change(Action.CREATE, id_, row, company, after, {})

    def _change(
        self, action: Action, id_: int, row: Row, company: Company, after: dict[str, Value], before: dict[str, Value]
    ) -> Change:
        return Change(
            Kind.LETTER, action, id_, company.key, after, before, company.id, company.chamber, row.where, row.line
        )

    def _line(self, facts: Facts, change: Change) -> Line:
        company = facts.by_id[change.company or 0]
        street, postal_code, city = facts.addresses[company.id]
        return (
            company.chamber,
            company.ident_number,
            company.name,
            street or "",
            postal_code or "",
            city or "",
            company.email or "",
            self._codes[change.id],
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

    def wanted(self, facts: Facts) -> Callable[[Company], bool]:
        """Which companies get a letter: those without a usable administrator, own or inherited."""
        covers = Forest(facts.by_id.values(), facts.administrators, facts.now).covers() if facts.administrators else {}
        served = {key for key, cover in covers.items() if cover.any}
        if not self._again:
            served |= {key for key, letters in facts.letters.items() if any(_valid(x, facts.now) for x in letters)}
        return lambda company: company.id not in served


def _valid(letter: Letter, now: str) -> bool:
    return letter.used_at is None and letter.void_at is None and now < letter.valid_until
