"""A walk along the road without a database: a planner's steps over records kept in dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asta_cli.core.companies import CompanyPlanner
from asta_cli.core.facts import Facts, Needs, TrainerRecord
from asta_cli.core.model import Action, Company, Grant, Kind, Record, Value
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.register import RegisterPlanner, Terms
from asta_cli.core.rows import Row
from asta_cli.core.trainees import TraineePlanner
from asta_cli.core.trainers import TrainerPlanner, trainer_key
from tests.core.world import NOW, ids, normalise

CHAMBER = "177"
PLANNERS: dict[Kind, type[RegisterPlanner]] = {
    Kind.COMPANY: CompanyPlanner,
    Kind.TRAINER: TrainerPlanner,
    Kind.TRAINEE: TraineePlanner,
}
KEYS = {Kind.COMPANY: "ident_number", Kind.TRAINER: "trainer_number", Kind.TRAINEE: "trainee_number"}


def row(line: int, columns: Iterable[str] = (), **values: str) -> Row:
    """Line *line* of a file with *columns* (those of *values* if none are named)."""
    given = {k: v for k, v in values.items() if v}
    digest = repr((sorted(columns or values), sorted(given.items()))).encode()
    return Row(f"x.csv:{line}", line, given, frozenset(columns or values), digest)


@dataclass
class Walk:
    """Records by kind and id, and the imports that change them."""

    records: dict[Kind, dict[int, dict[str, Value]]] = field(default_factory=lambda: {kind: {} for kind in PLANNERS})
    administrators: list[Grant] = field(default_factory=list)

    def load(self, kind: Kind, rows: Sequence[Row], *, dry: bool = False, chunk: int = 3, **terms: Any) -> list[Plan]:
        """Import *rows*; the plans as the guard left them. Of rows with one key the planner chooses, as on the road."""
        known = [r for r in rows if r.digest in {rec["line_hash"] for rec in self.records[kind].values()}]
        met = {r.digest for r in known}
        new = [r for r in rows if r.digest not in met] + _again(known)
        pending = Pending(remember=dry)
        told = Terms(CHAMBER, NOW, NOW[:10], ids(), normalise, pending, seen=met.__contains__, **terms)
        planner = PLANNERS[kind](told)
        plans: list[Plan] = []

        def step(some: Sequence[Row]) -> None:
            for start in range(0, len(some), chunk):
                part = some[start : start + chunk]
                facts = self.facts(planner.needs(part))
                plan = planner.guard(planner.plan(part, facts), facts)
                plans.append(plan)
                if not dry:
                    self.apply(plan)

        groups: dict[object, list[Row]] = {}
        for r in new:
            groups.setdefault(_key(kind, r), []).append(r)
        step(planner.hold([r for group in groups.values() if len(group) == 1 for r in group]))
        for group in groups.values():
            if len(group) > 1:
                kept, problems = planner.repeats(group)
                plans.append(Plan(problems=tuple(problems)))
                step(planner.hold(kept))
        for wave in planner.held():
            step(wave)
        return plans

    def facts(self, needs: Needs) -> Facts:
        """What the database would answer."""
        facts = Facts(NOW)
        companies = {id_: _company(id_, c) for id_, c in self.records[Kind.COMPANY].items()}
        wanted = [c for c in companies.values() if c.ident_number in needs.idents or c.id in needs.company_ids]
        for company in companies.values() if needs.administrators and wanted else wanted:
            facts.add_company(company)
        for kind, numbers in needs.register.items():
            for id_, record in self.records[kind].items():
                number = str(record[KEYS[kind]])
                key = trainer_key(number, _int(record["company_id"])) if kind is Kind.TRAINER else number
                if number in numbers:
                    facts.records[kind, key] = {"id": id_, **record}
        for id_, t in self.records[Kind.TRAINER].items():
            number, at = str(t["trainer_number"]), _int(t["company_id"])
            facts.trainers[number, at] = TrainerRecord(id_, at, number, None, t["status"] == "open")
        if needs.parents:
            heads = {c.ident_number: companies.get(c.parent or 0) for c in companies.values()}
            facts.parents = {ident: head.ident_number for ident, head in heads.items() if head}
        if needs.administrators:
            facts.administrators.extend(g for g in self.administrators if g.company in facts.by_id)
        return facts

    def apply(self, plan: Plan) -> None:
        """Write *plan*; what it replaces must be what is there."""
        for change in plan.changes:
            table = self.records[change.kind]
            if change.action is Action.CREATE:
                assert _free(table.values(), change)
                table[change.id] = {"ended_at": None, **change.after}
            else:
                assert all(table[change.id][k] == v for k, v in change.before.items())
                table[change.id] |= change.after
        for kind, id_, digest in plan.touches:
            self.records[kind][id_]["line_hash"] = digest

    @property
    def heads(self) -> dict[str, str]:
        """The head office of each company, empty for none."""
        named = {id_: str(c["ident_number"]) for id_, c in self.records[Kind.COMPANY].items()}
        return {named[id_]: named.get(_int(c["parent_id"]), "") for id_, c in self.records[Kind.COMPANY].items()}


def told(plans: Iterable[Plan]) -> list[tuple[int, str]]:
    """Line and code of each problem, in the order of lines."""
    return sorted((p.line, p.code) for p in problems(plans))


def problems(plans: Iterable[Plan]) -> list[Problem]:
    """All problems."""
    return [p for plan in plans for p in plan.problems]


def _again(known: Sequence[Row]) -> list[Row]:
    seen: set[bytes | None] = set()
    return [r for r in known if r.digest in seen or seen.add(r.digest)]  # type: ignore[func-returns-value]


def _key(kind: Kind, r: Row) -> object:
    names = ("trainer_number", "company_ident_number") if kind is Kind.TRAINER else (KEYS[kind],)
    values = tuple(r.values.get(n) for n in names)
    return id(r) if None in values else values


def _free(table: Iterable[Mapping[str, Value]], change: Change) -> bool:
    names = (KEYS[change.kind], "company_id") if change.kind is Kind.TRAINER else (KEYS[change.kind],)
    return all(any(record[n] != change.after[n] for n in names) for record in table)


def _company(id_: int, c: Record) -> Company:
    parent = _int(c["parent_id"]) or None
    return Company(id_, CHAMBER, str(c["ident_number"]), str(c["name"]), parent, c["status"] == "open", active=False)


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
