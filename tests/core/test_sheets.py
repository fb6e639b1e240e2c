"""Planned by columns or row by row, a register amounts to the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from asta_cli.addresses import normalise
from asta_cli.core import layouts
from asta_cli.core.columns import ColumnRows
from asta_cli.core.emails import all_simple, simple
from asta_cli.core.facts import Facts, TrainerRecord
from asta_cli.core.layouts import Layout
from asta_cli.core.model import Company, Kind
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Plan, Tally
from asta_cli.core.policy import Asker, Authority, authorise
from asta_cli.core.register import RegisterPlanner, Terms
from asta_cli.core.rows import Row
from asta_cli.core.trainees import TraineePlanner
from asta_cli.core.trainers import TrainerPlanner

ADDRESSES = ("a@b.de", "A.B+c@Firma.example", "", "a..b@c.de", ".a@c.de", "a@b", "a@b.de@c", "xyz.de", "jörg@b.de",
             "a@bücher.de", "a@x.test", "a@-b.de", "a@b.c", "a" * 250 + "@b.de", "a@xn--b.de")  # fmt: skip
CELLS: dict[str, tuple[str, ...]] = {
    "company_ident_number": ("0001", "0001", "0002", "9", "bad ident", ""),
    "trainer_number": ("A1", "A1", "A2", "A3", ""),
    "trainee_number": ("1", "2", "3", ""),
    "first_name": ("Ayşe", ""),
    "last_name": ("Groß", "O'Brien", ""),
    "email": ADDRESSES,
    "kind": ("Azubi", "Umschüler/in", "Kind", ""),
    "occupation": ("Koch/Köchin", ""),
    "specialisation": ("Küche", ""),
    "contract_start": ("01.08.2025", "2026-08-01", "31.02.2026", ""),
    "contract_end": ("31.07.2028", "2026-08-01", "1.1.26", ""),
    "terminated_on": ("", "01.02.2026", "bald"),
    "birth_date": ("", "01.02.2008", "gestern"),
    "exam_period": ("Sommer 2028", "Winter 2026/28", ""),
    "account_status": ("aktiv", "vielleicht", ""),
    "aptitude": ("AEVO-Prüfung", "sehr", ""),
    "occupations": ("B | A", "|", ""),
    "valid_from": ("01.01.2020", "", "nie"),
    "valid_until": ("31.12.2019", "31.12.2030", ""),
    "chamber": ("177", "", "178", "x"),
}
COMPANIES = (Company(7, "177", "0001", "Firma", None, open=True, active=True),
             Company(8, "177", "0002", "Alt", None, open=False, active=False))  # fmt: skip


@st.composite
def columns(draw: st.DrawFn, layout: Layout, known: Mapping[str, Sequence[str]] = CELLS) -> ColumnRows:
    """Rows of a file with the required columns and some others, most of their cells good."""
    optional = sorted(set(layout.names) - layout.required)
    names = sorted(layout.required) + draw(st.lists(st.sampled_from(optional), unique=True)) + [""]
    size = draw(st.integers(1, 12))
    good = draw(st.integers(0, 6))

    def column(name: str) -> list[str]:
        cells = known.get(name, ("ignored", ""))
        cell = st.sampled_from(cells) if good == 0 else st.one_of(*[st.just(cells[0])] * good, st.sampled_from(cells))
        return draw(st.lists(cell, min_size=size, max_size=size))

    cells = [column(name) for name in names]
    digests = [bytes([n]) * 16 for n in range(size)]
    return ColumnRows("f.csv", range(2, size + 2), digests, tuple(names), cells, cells, frozenset(names) - {""})


def facts(*, records: bool) -> Facts:
    found = Facts("2026-11-23T21:00:00Z")
    for company in COMPANIES:
        found.add_company(company)
    found.trainers = {
        ("A1", 7): TrainerRecord(11, 7, "A1", None, open=True),
        ("A2", 7): TrainerRecord(12, 7, "A2", None, open=False),
    }
    if records:
        names = {name for layout in (layouts.TRAINEES, layouts.TRAINERS) for name in layout.names}
        record = dict.fromkeys(names | {"said", "ended_at", "line_hash", "email_key", "company_id", "trainer_id"})
        record |= {"id": 99, "status": "open", "contract_start": "2025-08-01", "contract_end": "2028-07-31"}
        found.records = {(Kind.TRAINEE, "1"): record, (Kind.TRAINER, "A1\t7"): record}
    return found


def plan(
    kind: type[RegisterPlanner],
    rows: Sequence[Row],
    found: Facts,
    *,
    remember: bool = False,
    strict: bool = False,
    store_birth_date: bool = False,
) -> tuple[Plan, Pending]:
    pending = Pending(remember=remember, rejected={"9"})
    terms = Terms("177", found.now, "2026-11-23", count(1000), normalise, pending)
    planner = kind(replace(terms, strict=strict, store_birth_date=store_birth_date))
    planner.needs(rows)
    return planner.plan(rows, found), pending


def told(made: Plan) -> tuple[object, ...]:
    """What *made* says, whatever the order and the ids of what is new."""
    changes = sorted((replace(c, id=min(c.id, 1000)) for c in made.singly().changes), key=lambda c: c.line)
    problems = sorted((replace(p, error=None) for p in made.problems), key=lambda p: p.line)
    return changes, problems, made.rows, made.unchanged, made.kept, sorted(made.touches)


def compare(kind: type[RegisterPlanner], rows: ColumnRows, records: bool, **terms: bool) -> None:
    found = facts(records=records)
    by_columns, pending = plan(kind, rows, found, **terms)
    one_by_one, single = plan(kind, list(rows), found, **terms)
    assert told(by_columns) == told(one_by_one)
    assert pending.trainers.keys() == single.trainers.keys()
    assert not one_by_one.blocks
    tallies = Tally(frozenset({kind.kind})), Tally(frozenset({kind.kind}))
    for tally, made in zip(tallies, (by_columns, one_by_one), strict=True):
        tally.add(made)
    first, second = tallies
    assert (first.actions, first.changes, first.rejected, first.warned) == (
        second.actions, second.changes, second.rejected, second.warned)  # fmt: skip
    for asker in (Asker.at_desk("me"), Asker("me", "a@b.de", "a@b.de", 5)):
        judged = [authorise(made, Authority(asker), found) for made in (by_columns, one_by_one)]
        assert told(judged[0]) == told(judged[1])


TERMS = {"records": st.booleans(), "strict": st.booleans(), "remember": st.booleans()}


@settings(max_examples=120, deadline=None)
@given(rows=columns(layouts.TRAINEES), store_birth_date=st.booleans(), **TERMS)
def test_trainees(rows: ColumnRows, store_birth_date: bool, records: bool, strict: bool, remember: bool) -> None:
    compare(TraineePlanner, rows, records, strict=strict, remember=remember, store_birth_date=store_birth_date)


@settings(max_examples=120, deadline=None)
@given(rows=columns(layouts.TRAINERS), **TERMS)
def test_trainers(rows: ColumnRows, records: bool, strict: bool, remember: bool) -> None:
    compare(TrainerPlanner, rows, records, strict=strict, remember=remember)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(ADDRESSES).filter(bool) | st.text("ab.@-_\n", min_size=1), max_size=5))
def test_plain_addresses(texts: list[str]) -> None:
    """Asked of all, it is the same as asked of each."""
    texts = [text.replace("\n", "") or "x" for text in texts]
    assert all_simple(texts) == all(simple(text) is not None for text in texts)


def test_good_rows_make_a_block() -> None:
    names = ("trainee_number", "company_ident_number", "last_name", "occupation", "contract_start", "contract_end")
    cells = [["1", "2", "3"], ["0001"] * 3, ["A", "", "C"], ["Koch"] * 3, ["01.08.2025"] * 3, ["31.07.2028"] * 3]
    rows = ColumnRows("f.csv", (2, 3, 4), [b"a", b"b", b"c"], names, cells, cells, frozenset(names))
    made, _ = plan(TraineePlanner, rows, facts(records=False))
    assert [len(block) for block in made.blocks] == [2]
    assert not made.changes
    assert [(p.line, p.code) for p in made.problems] == [(3, "missing_value")]
