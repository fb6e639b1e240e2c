"""Whatever stands in a register file: nobody stumbles, a dry-run tells the truth, the same file again is no news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.model import Kind
from asta_cli.core.plan import Severity
from asta_cli.core.rows import Row
from tests.core.walk import Walk, problems, row, told
from tests.core.world import NOW

ANY = st.sampled_from(["", "x", "kein-at", "a@firma.example", "0", "31.02.2026", "Ω", "1" * 300, "|", ";", "=1+1"])
DAYS = st.sampled_from(["2024-09-01", "1.9.2025", "2026-09-01", "2027-08-31", "31.8.2028", "2026-02-30", "", "x"])
IDENT = st.sampled_from(["A", "B", "C", "x y", ""])
CELLS: dict[Kind, dict[str, st.SearchStrategy[str]]] = {
    Kind.COMPANY: {
        "ident_number": st.sampled_from(["A", "B", "C", "D", "", "x y"]),
        "name": st.sampled_from(["Firma", "Firma", "Anders", ""]),
        "parent_ident_number": st.sampled_from(["", "", "A", "B", "C", "?", "Z"]),
        "email": ANY,
        "postal_code": ANY,
        "establishment_number": ANY,
        "city": ANY,
        "chamber": st.sampled_from(["", "177", "175", "x"]),
    },
    Kind.TRAINER: {
        "trainer_number": st.sampled_from(["A1", "A2", ""]),
        "company_ident_number": IDENT,
        "last_name": st.sampled_from(["Groß", "Klein", ""]),
        "email": ANY,
        "aptitude": st.sampled_from(["", "aevo", "befreit", "x"]),
        "occupations": ANY,
        "valid_from": DAYS,
        "valid_until": DAYS,
    },
    Kind.TRAINEE: {
        "trainee_number": st.sampled_from(["T1", "T1", "T2", ""]),
        "company_ident_number": IDENT,
        "last_name": st.sampled_from(["Groß", "Groß", ""]),
        "occupation": st.sampled_from(["Koch", "Koch", ""]),
        "kind": ANY,
        "contract_start": DAYS,
        "contract_end": DAYS,
        "terminated_on": DAYS,
        "trainer_number": st.sampled_from(["", "A1", "A2", "A9"]),
        "exam_period": st.sampled_from(["", "Sommer 2027", "2026-W", "x"]),
        "account_status": st.sampled_from(["", "aktiv", "none", "x"]),
    },
}


@st.composite
def files(draw: st.DrawFn, kind: Kind) -> list[Row]:
    cells = CELLS[kind]
    left_out = draw(st.sets(st.sampled_from(sorted(cells)[1:]), max_size=1)) - {"company_ident_number"}
    columns = [c for c in cells if c not in left_out]
    return [
        row(line, columns, **{c: draw(cells[c]) for c in columns}) for line in range(2, 2 + draw(st.integers(0, 5)))
    ]


def started() -> Walk:
    walk = Walk()
    walk.load(Kind.COMPANY, [row(n, ident_number=k, name=k) for n, k in enumerate("ABC", 2)])
    walk.load(Kind.TRAINER, [row(2, trainer_number="A1", company_ident_number="A", last_name="Groß")])
    return walk


@pytest.mark.parametrize("kind", CELLS)
@given(data=st.data(), chunk=st.integers(1, 3), strict=st.booleans())
def test_any_two_nights(kind: Kind, data: st.DataObject, chunk: int, strict: bool) -> None:
    walk = started()
    for _ in range(2):
        rows = data.draw(files(kind))
        tried = walk.load(kind, rows, dry=True, chunk=chunk, strict=strict)
        done = walk.load(kind, rows, chunk=chunk, strict=strict)
        assert told(tried) == told(done)
        again = walk.load(kind, rows, chunk=chunk, strict=strict)
        assert not [c for plan in again for c in plan.changes]
        rejected = {p.line for p in problems(done) if p.severity is Severity.ERROR}
        assert rejected <= {p.line for p in problems(again) if p.severity is Severity.ERROR} | rejected
        assert not strict or not [p for p in problems(done) if p.code == "bad_email" and p.line not in rejected]
    for id_, trainee in walk.records[Kind.TRAINEE].items():
        trainer = walk.records[Kind.TRAINER].get(trainee["trainer_id"] or 0)  # type: ignore[arg-type]
        assert trainer is None or trainer["company_id"] == trainee["company_id"], id_


CONTRACTS = st.lists(
    st.tuples(st.sampled_from(["2023-09-01", "2024-09-01", "1.9.2024", "2025-09-01", "2026-09-01"]), st.booleans()),
    min_size=1,
    max_size=5,
    unique_by=lambda c: c[0],
)


@given(CONTRACTS, st.randoms(use_true_random=False))
def test_the_record_is_the_running_contract_that_began_last(contracts: list[tuple[str, bool]], random: object) -> None:
    by_day = {day if "-" in day else "2024-09-01": running for day, running in contracts}
    if len(by_day) < len(contracts):
        return  # one day in two spellings: the rows contradict each other
    rows = [
        row(
            line,
            trainee_number="T1",
            company_ident_number="A",
            last_name="Groß",
            occupation="Koch",
            contract_start=day,
            contract_end="2029-08-31",
            terminated_on="" if running else "2026-11-01",
        )
        for line, (day, running) in enumerate(contracts, 2)
    ]
    best = max(by_day, key=lambda day: (by_day[day], day))
    walk = started()
    for _ in range(2):
        done = walk.load(Kind.TRAINEE, rows)
        (record,) = walk.records[Kind.TRAINEE].values()
        assert record["contract_start"] == best
        assert [code for _, code in told(done)] == ["older_contract"] * (len(rows) - 1)
    assert NOW > "2026-11-01"


def test_what_is_rejected_is_one_thing_and_what_is_warned_another() -> None:
    walk = started()
    good = {"trainee_number": "T1", "company_ident_number": "A", "last_name": "Groß", "occupation": "Koch"}
    days = {"contract_start": "2025-09-01", "contract_end": "2028-08-31"}
    done = walk.load(Kind.TRAINEE, [row(2, **good, **days, exam_period="x", trainer_number="A9")])
    assert told(done) == [(2, "bad_choice"), (2, "unknown_trainer")]
    (record,) = walk.records[Kind.TRAINEE].values()
    assert (record["exam_period"], record["trainer_id"], record["line_hash"]) == (None, None, None)
    done = walk.load(Kind.TRAINEE, [row(2, **good | {"last_name": ""}, **days, exam_period="x")])
    assert [(p.code, p.severity.value) for p in problems(done)] == [
        ("missing_value", "error"),
        ("bad_choice", "warning"),
    ]
