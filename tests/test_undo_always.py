"""Whatever a night brought: undone it is as before, but that what was new has ended; read again it is as after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.depth import examples
from tests.support.office import Office
from tests.support.registers import Row, write_rows

HEADS, SITES = ("1", "2"), ("3", "4")
HASHES = {"line_hash", "feed_hash"}
COLUMNS = {
    "companies": ["ident_number", "name", "parent_ident_number", "city"],
    "trainers": ["trainer_number", "company_ident_number", "last_name", "email"],
    "trainees": [
        *("trainee_number", "company_ident_number", "last_name", "occupation", "contract_start", "contract_end"),
        *("trainer_number", "account_status"),
    ],
    "azubi-accounts": ["trainee_number", "account_status", "changed_at"],
}
Night = dict[str, list[Row]]


@st.composite
def nights(draw: st.DrawFn) -> Night:
    """A register: some of few companies, trainers and trainees, with some of few values."""
    some = st.sampled_from
    heads = draw(st.lists(some(HEADS), unique=True, min_size=1))
    sites = draw(st.lists(some(SITES), unique=True))
    companies = [
        {"ident_number": n, "name": draw(some("AB")), "city": draw(some(["", "Köln"])), "parent_ident_number": above}
        for n in [*heads, *sites]
        for above in [draw(some(["", *heads])) if n in sites else ""]
    ]
    places = [c["ident_number"] for c in companies]
    trained = draw(st.lists(st.tuples(some(["A1", "A2"]), some(places)), unique=True))
    trainers = [
        {
            "trainer_number": n,
            "company_ident_number": at,
            "last_name": draw(some("XY")),
            "email": draw(some(["", "a@b.example"])),
        }
        for n, at in trained
    ]
    trainees = []
    for number in draw(st.lists(some(["T1", "T2", "T3"]), unique=True)):
        at = draw(some(places))
        trainees.append(
            {
                "trainee_number": number,
                "company_ident_number": at,
                "last_name": draw(some("XY")),
                "occupation": "Koch",
                "contract_start": "2025-09-01",
                "contract_end": draw(some(["2028-08-31", "2029-01-31"])),
                "trainer_number": draw(some(["", *(n for n, where in trained if where == at)])),
                "account_status": draw(some(["", "active"])),
            }
        )
    feed = [
        {
            "trainee_number": trainee["trainee_number"],
            "account_status": draw(some(["active", "closed"])),
            "changed_at": draw(some(["", "2026-01-01", "2026-02-01"])),
        }
        for trainee in trainees
        if draw(st.booleans())
    ]
    return {"companies": companies, "trainers": trainers, "trainees": trainees, "azubi-accounts": feed}


def write(directory: Path, night: Night) -> Path:
    directory.mkdir(exist_ok=True)
    for kind, columns in COLUMNS.items():
        rows = [{c: row[c] for c in columns} for row in night[kind]]
        path = directory / f"{kind}.csv"
        if rows:
            write_rows(path, rows)
        else:
            path.write_text(";".join(columns) + "\r\n", encoding="utf-8")
    return directory


def content(office: Office) -> dict[tuple[str, int], dict[str, Any]]:
    """Every record of the register but the hashes of its line."""
    found = {(table, row["id"]): row for table in ("company", "trainer", "trainee") for row in office.rows(table)}
    return {place: {k: v for k, v in row.items() if k not in HASHES} for place, row in found.items()}


def load(office: Office, path: Path) -> str:
    run: str = office.report(
        "import", "snapshot", path, "--chamber", "177", "--allow-empty", "--max-updated", "100%", code=0
    )["run"]
    return run


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(nights(), min_size=1, max_size=2), nights())
def test_there_and_back(office: Office, tmp_path: Path, past: list[Night], night: Night) -> None:
    office.empty()
    office.chamber()
    for number, earlier in enumerate(past):
        load(office, write(tmp_path / f"past{number}", earlier))
    before = content(office)
    files = write(tmp_path / "night", night)
    run = load(office, files)
    after = content(office)

    undone = office.report("runs", "undo", run, code=0)["run"]
    back = content(office)
    assert {place: row for place, row in back.items() if place in before} == before
    assert all(row["status"] == "ended" for place, row in back.items() if place not in before)

    again = office.report("runs", "undo", undone, code=0)["run"]
    assert content(office) == after
    office.report("runs", "undo", again, code=0)
    assert content(office) == back

    load(office, files)
    assert content(office) == after
    assert office.log()[-1] == ("import snapshot", "ok")


PEOPLE = ("a@firma.example", "b@firma.example", "c@firma.example")
Act = tuple[str, str, str, str, str, str]
ACTS = st.tuples(
    st.sampled_from(["grant", "revoke"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["administrator", "manager"]),
    st.sampled_from(["", "yes", "no"]),
    st.sampled_from(["", "2099-12-31", "never"]),
)


def held(office: Office) -> set[tuple[Any, ...]]:
    """The open grants as they are to their holders."""
    return {(g["email"], g["company_id"], g["role"], bool(g["sites"]), g["valid_until"]) for g in office.grants()}


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=4), st.lists(ACTS, min_size=1, max_size=4))
def test_permissions_there_and_back(office: Office, tmp_path: Path, past: list[Act], acts: list[Act]) -> None:
    office.empty()
    office.chamber()
    head = office.company("1")
    office.company("2", head)
    for person in PEOPLE:
        office.person(person)

    def run(act: str, chosen: list[Act]) -> str:
        columns = ("email", "company", "role", *(("sites", "valid_until") if act == "grant" else ()))
        distinct = {row[1:4]: row for row in chosen if row[0] == act}.values()
        path = write_rows(tmp_path / "acts.csv", [dict(zip(columns, row[1:], strict=False)) for row in distinct])
        report = office.report("perms", act, "--from", path, "--reason", "x", "--orphan-ok", code=0)
        made: str = report["run"]
        return made

    for earlier in past:
        run(earlier[0], [earlier])
    act = acts[0][0]
    before = held(office)
    done = run(act, acts)
    after = held(office)
    undone = office.report("runs", "undo", done, "--reason", "y", "--orphan-ok", code=0)["run"]
    assert held(office) == before
    office("runs", "undo", undone, "--reason", "z", "--orphan-ok", code=0)
    assert held(office) == after
    office.log()
