"""Head offices: any order, no circles, and nothing that a dry-run would judge otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.model import Kind
from asta_cli.core.moves import circles
from tests.core.walk import Walk, problems, row, told
from tests.core.world import grant

NAMES = "ABCDEFG"
FILES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from([*NAMES, "", "", "?"])),
    unique_by=lambda pair: pair[0],
    max_size=7,
)


def load(walk: Walk, parents: Mapping[str, str], *, dry: bool = False, chunk: int = 3) -> list[tuple[int, str]]:
    rows = [row(n, ident_number=k, name=k, parent_ident_number=v) for n, (k, v) in enumerate(parents.items(), 2)]
    return told(walk.load(Kind.COMPANY, rows, dry=dry, chunk=chunk))


def has_circle(heads: Mapping[str, str]) -> bool:
    for start in heads:
        step, steps = start, 0
        while step:
            step, steps = heads.get(step, ""), steps + 1
            if steps > len(heads):
                return True
    return False


@given(st.lists(FILES, min_size=1, max_size=4), st.integers(1, 4))
def test_no_night_makes_a_circle_and_a_dry_run_tells_the_same(nights: list[list[tuple[str, str]]], chunk: int) -> None:
    walk = Walk()
    for night in nights:
        parents = dict(night)
        before = walk.heads
        tried = load(walk, parents, dry=True, chunk=chunk)
        assert walk.heads == before
        done = load(walk, parents, chunk=chunk)
        assert tried == done
        assert not has_circle(walk.heads)
        refused = {list(parents)[line - 2] for line, _ in done}
        wished = before | parents
        for name, parent in parents.items():
            if name not in refused:
                assert walk.heads[name] == parent
        if not has_circle(wished) and all(p in wished or not p for p in parents.values()):
            assert not done


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES)))
def test_those_in_a_circle_and_only_those(parents: dict[str, str]) -> None:
    found = circles(parents)
    for start, head in parents.items():
        path, step = [start], head
        while step in parents and step not in path:
            path.append(step)
            step = parents[step]
        assert found.get(start) == ([*path, start] if step == start else None)


def test_a_long_circle_is_not_written_out() -> None:
    names = [str(n) for n in range(1000)]
    found = circles(dict(zip(names, [*names[1:], names[0]], strict=True)))
    assert found["5"] == [*names[5:15], "…", "5"]
    assert len(found) == 1000


def test_moving_under_what_the_same_file_makes_is_no_loss_of_cover() -> None:
    for dry in (True, False):
        walk = Walk()
        load(walk, {"A": "", "B": "A", "C": ""})
        ids = {str(c["ident_number"]): id_ for id_, c in walk.records[Kind.COMPANY].items()}
        walk.administrators.append(grant(ids["A"]))
        assert load(walk, {"B": "N", "N": "M", "M": "A"}, dry=dry) == []
        assert load(walk, {"B": "O", "O": "C"}, dry=dry) == [(2, "company_orphaned")]


def test_a_warning_names_every_company_below_the_one_that_moved() -> None:
    walk = Walk()
    load(walk, {"A": "", "B": "A", "C": "B", "D": "B"})
    ids = {str(c["ident_number"]): id_ for id_, c in walk.records[Kind.COMPANY].items()}
    walk.administrators += [grant(ids["A"]), grant(ids["D"])]
    rows = [row(2, ident_number="B", name="B", parent_ident_number="")]
    found = problems(walk.load(Kind.COMPANY, rows))
    assert [(p.code, p.value, p.severity) for p in found] == [
        ("company_orphaned", "B", "warning"),
        ("company_orphaned", "C", "warning"),
    ]
