"""JSON Lines: one object a line, keys matched like headings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asta_cli.files import errors
from tests.files.support import codes, opened, rows_of, values_of

GOOD = '{"Nummer": "1", "Name": "Müller"}\n'


def test_keys_are_matched_like_headings(tmp_path: Path) -> None:
    data = (
        '\n{"E-Mail-Adresse": "a@b", "PERS NR": "1", "name": " Mu\u0308ller ", "_line": 3, "Farbe": {"a": [1]}}\n\n'
        + GOOD
    )
    with opened(tmp_path / "x.jsonl", data) as source:
        assert source.unknown_columns == ("Farbe",)
        assert source.columns == {"number", "last_name", "email"}
        rows = list(source.all_rows())
    assert [(r.line, dict(r.values), r.problems) for r in rows] == [
        (2, {"email": "a@b", "number": "1", "last_name": "Müller"}, ()),
        (4, {"number": "1", "last_name": "Müller"}, ()),
    ]


def test_an_absent_key_is_an_absent_column_of_its_row(tmp_path: Path) -> None:
    data = '{"number": 1, "last_name": "A", "email": null}\n{"number": 2, "last_name": "B"}\n'
    first, second = rows_of(tmp_path / "x.jsonl", data)
    assert "email" in first.columns
    assert "email" not in first.values
    assert second.columns == {"number", "last_name"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7", "7"),
        ("-7", "-7"),
        ("true", "yes"),
        ("false", "no"),
        ('"007"', "007"),
        ('"a\\nb"', "a b"),
        ("1" * 4096, "1" * 4096),
    ],
)
def test_numbers_and_truth_values_are_texts(tmp_path: Path, value: str, text: str) -> None:
    rows = values_of(tmp_path / "x.jsonl", f'{{"number": 1, "name": {value}}}\n')
    assert rows == [{"number": "1", "last_name": text}]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("[1]", "bad_value"),
        ("{}", "bad_value"),
        ("1.5", "bad_value"),
        ("1e5", "bad_value"),
        ('"\\u0000"', "bad_character"),
        ('"\\ud800"', "bad_character"),
        ('"a\x01b"', "bad_character"),
        ("9" * 5000, "too_long"),
    ],
)
def test_what_is_no_text_is_a_problem_of_its_column(tmp_path: Path, value: str, code: str) -> None:
    bad, good = rows_of(tmp_path / "x.jsonl", f'{{"number": 1, "name": {value}}}\n' + GOOD)
    assert codes(bad) == [(code, "last_name")]
    assert bad.values == {"number": "1"}
    assert good.problems == ()


@pytest.mark.parametrize(
    "line", ["[1]", "7", '"x"', "{", "{} {}", '{"a": NaN}', "null", "[" * 20000, '{"a":' * 9000, "nicht"]
)
def test_a_line_that_is_no_object_is_an_error_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(errors.NotJson) as caught:
        rows_of(tmp_path / "x.jsonl", GOOD * 150 + line + "\n" + GOOD)
    assert caught.value.fields["line"] == 151
    with pytest.raises(errors.NotJson):
        opened(tmp_path / "x.jsonl", line + "\n" + GOOD)


def test_a_torn_last_line_is_found_even_if_nobody_parses_it(tmp_path: Path) -> None:
    with opened(tmp_path / "x.jsonl", GOOD * 150 + GOOD[:-3]) as source, pytest.raises(errors.Truncated) as caught:
        list(source.lines())
    assert caught.value.fields["line"] == 151
    assert len(values_of(tmp_path / "x.jsonl", GOOD + GOOD.rstrip("\n"))) == 2


def test_a_required_key_that_no_object_has(tmp_path: Path) -> None:
    with pytest.raises(errors.MissingColumn) as caught:
        opened(tmp_path / "x.jsonl", '{"Name": "A"}\n{"Name": "B"}\n')
    assert caught.value.fields["columns"] == "number"


def test_a_required_key_that_one_object_lacks_is_for_the_rules(tmp_path: Path) -> None:
    assert values_of(tmp_path / "x.jsonl", '{"Name": "A"}\n' + GOOD)[0] == {"last_name": "A"}


@pytest.mark.parametrize("keys", [("Nummer", "Nummer"), ("Nummer", "Pers.-Nr.")])
def test_a_doubled_key_is_an_error(tmp_path: Path, keys: tuple[str, str]) -> None:
    with pytest.raises(errors.DoubledColumn):
        rows_of(tmp_path / "x.jsonl", GOOD + f'{{"{keys[0]}": "1", "{keys[1]}": "2", "Name": "A"}}\n')


def test_empty(tmp_path: Path) -> None:
    for data in ("", "\n\n"):
        with pytest.raises(errors.NoRows):
            opened(tmp_path / "x.jsonl", data)
        assert values_of(tmp_path / "x.jsonl", data, allow_empty=True) == []


def test_a_line_over_the_limit(tmp_path: Path) -> None:
    long = json.dumps({"Nummer": "1", "Name": "x" * 70_000})
    bad, good = rows_of(tmp_path / "x.jsonl", long + "\n" + GOOD)
    assert codes(bad) == [("too_long", "")]
    assert good.line == 2


def test_windows_encoding_and_byte_order_mark(tmp_path: Path) -> None:
    for encoding in ("cp1252", "utf-8-sig"):
        assert values_of(tmp_path / "x.jsonl", GOOD.encode(encoding)) == [{"number": "1", "last_name": "Müller"}]
