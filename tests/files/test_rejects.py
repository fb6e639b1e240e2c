"""A reject file shows the rejected rows as they stood, and can be read again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asta_cli.files.output import atomic
from asta_cli.files.rejects import Reason, RejectWriter
from asta_cli.files.source import Source, open_source
from tests.files.support import PEOPLE, SECRET, codes, opened
from tests.support.depth import examples

REASONS: list[Reason] = [("missing_value", "Name fehlt; bitte „nachtragen“"), ("bad_date", "kein Tag\n")]


def rejected(path: Path, source: Source, reasons: dict[int, list[Reason]]) -> bytes:
    with atomic(str(path)) as pending:
        RejectWriter(pending, source).write_lines(reasons)
    return path.read_bytes()


def all_rejected(path: Path, source: Source) -> bytes:
    return rejected(path, source, {line: REASONS for line, _, _ in source.lines()})


def read_back(path: Path) -> list[tuple[dict[str, str], list[tuple[str, str]]]]:
    with open_source(str(path), PEOPLE, secret=SECRET) as source:
        assert source.notices == ()
        return [(dict(r.values), codes(r)) for r in source.all_rows()]


def test_columns_order_and_delimiter_are_kept(tmp_path: Path) -> None:
    data = "Name|Nummer|_x|E-Mail|\r\nMüller|1|y|a@b|\r\nMeier|2||c@d|\r\n".encode("cp1252")
    with opened(tmp_path / "x.csv", data) as source:
        written = rejected(tmp_path / "r.csv", source, {3: REASONS, 2: REASONS[:1]})
    assert written.startswith(b"\xef\xbb\xbfName|Nummer|_x|E-Mail|_line|_code|_error\r\n")
    table = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter="|"))
    assert table[1:] == [
        ["Müller", "1", "y", "a@b", "2", "missing_value", REASONS[0][1]],
        ["Meier", "2", "", "c@d", "3", "missing_value|bad_date", " | ".join(t for _, t in REASONS)],
    ]
    assert read_back(tmp_path / "r.csv") == [
        ({"last_name": "Müller", "number": "1", "email": "a@b"}, []),
        ({"last_name": "Meier", "number": "2", "email": "c@d"}, []),
    ]


def test_a_reject_file_of_a_reject_file_has_the_three_columns_once(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", "Nummer;Name\n1;A\n\n2;B\n") as source:
        rejected(tmp_path / "r.csv", source, {4: REASONS})
    with open_source(str(tmp_path / "r.csv"), PEOPLE) as source:
        again = all_rejected(tmp_path / "s.csv", source)
    assert again.decode("utf-8-sig").splitlines()[0] == "Nummer;Name;_line;_code;_error"
    assert again.decode("utf-8-sig").splitlines()[1].startswith("2;B;2;")


@pytest.mark.parametrize(
    "line",
    ["1\n", "1;A;a@b;more\n", '1;"A"x;a@b\n', "1;A\x1b;a@b\n", f"1;A;{'x' * 70_000}\n", f"1;{'x' * 5_000};a@b\n"],
)
def test_what_was_not_corrected_is_rejected_again(tmp_path: Path, line: str) -> None:
    with opened(tmp_path / "x.csv", "Nummer;Name;E-Mail\n" + line + "2;B;c@d\n") as source:
        assert codes(next(source.all_rows())) != []
        rejected(tmp_path / "r.csv", source, {2: REASONS, 3: REASONS})
    bad, good = read_back(tmp_path / "r.csv")
    assert bad[1] != []
    assert good == ({"number": "2", "last_name": "B", "email": "c@d"}, [])


def test_objects_stay_letter_for_letter(tmp_path: Path) -> None:
    line = '{"Nummer": 007e, "Name"'.replace("007e", "1" * 30) + ':"M\\u00fcller \\ud800", "x": 1.10 }'
    with opened(tmp_path / "x.jsonl", line + '\n{"Nummer":2,"Name":"B"}') as source:
        written = all_rejected(tmp_path / "r.jsonl", source).decode()
    assert written.splitlines()[0].startswith(
        line.removesuffix(" }") + ', "_line": 1, "_code": "missing_value|bad_date"'
    )
    assert json.loads(written.splitlines()[1]) == {
        "Nummer": 2,
        "Name": "B",
        "_line": 2,
        "_code": "missing_value|bad_date",
        "_error": " | ".join(t for _, t in REASONS),
    }
    with open_source(str(tmp_path / "r.jsonl"), PEOPLE) as source:
        again = all_rejected(tmp_path / "s.jsonl", source).decode()
    assert again == written


def test_an_empty_object_and_one_that_was_cut(tmp_path: Path) -> None:
    long = json.dumps({"Nummer": "1", "Name": "x" * 70_000})
    with opened(tmp_path / "x.jsonl", '{"Nummer":1,"Name":"A"}\n{ }\n' + long + "\n") as source:
        written = all_rejected(tmp_path / "r.jsonl", source).decode().splitlines()
    assert [set(json.loads(line)) for line in written[1:]] == [{"_line", "_code", "_error"}] * 2


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=4), delimiter=st.sampled_from(";,\t|")
)
def test_any_rows_are_read_back_as_they_were(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["Nummer", "Name", "E-Mail"], *rows, ["1", "2", "3"]])
    with opened(tmp_path / "x.csv", text.getvalue(), delimiter=delimiter) as source:
        before = [(dict(r.values), codes(r)) for r in source.all_rows()]
        all_rejected(tmp_path / "r.csv", source)
    after = read_back(tmp_path / "r.csv")
    assert [c for _, c in after] == [c for _, c in before]
    assert [v for v, c in after if not c] == [v for v, c in before if not c]
