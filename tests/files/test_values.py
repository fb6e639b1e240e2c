"""What becomes of a cell, and which rows are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.core.rows import Row
from asta_cli.files.text import BadValue, clean, shorten
from tests.files.support import codes, rows_of, values_of

HEADER = "Nummer;Name;E-Mail\n"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("  Muster\u00a0", "Muster"),
        ("\tMuster\u202f", "Muster"),
        ("Mu\u0308ller", "Müller"),
        ("Hauptstraße 1 \r\n  Hinterhaus", "Hauptstraße 1 Hinterhaus"),
        ("a\nb", "a b"),
        ("0001", "0001"),
        ("Đặng", "Đặng"),
        (" \u00a0 ", ""),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_values_are_trimmed_and_composed(cell: str, value: str) -> None:
    assert clean(cell) == value


@pytest.mark.parametrize(
    "character", ["\0", "\x1b", "\x0b", "\t", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066", "\ud800"]
)
def test_control_and_bidi_characters_are_refused(character: str) -> None:
    with pytest.raises(BadValue) as caught:
        clean(f"a{character}b")
    assert caught.value.code == "bad_character"
    assert caught.value.fields == {"character": f"U+{ord(character):04X}"}


def test_a_field_has_at_most_4_kib_of_utf_8() -> None:
    assert clean("ä" * 2048) == "ä" * 2048
    with pytest.raises(BadValue) as caught:
        clean("ä" * 2048 + "x")
    assert (caught.value.code, caught.value.fields["length"]) == ("too_long", 4097)


def test_shown_values_are_short() -> None:
    assert shorten("x" * 60) == "x" * 60
    assert shorten("x" * 61) == "x" * 59 + "…"


def only(rows: list[Row]) -> Row:
    assert len(rows) == 1
    return rows[0]


def test_a_bad_value_is_a_problem_of_its_row_and_column(tmp_path: Path) -> None:
    first, second = rows_of(tmp_path / "x.csv", HEADER + "1;Mus\x1bter;a@b\n2;Meier;c@d\n")
    assert codes(first) == [("bad_character", "last_name")]
    assert first.problems[0].where == "x.csv:2"
    assert first.values == {"number": "1", "email": "a@b"}
    assert second.problems == ()


def test_bad_characters_in_columns_that_nobody_reads_do_not_matter(tmp_path: Path) -> None:
    assert values_of(tmp_path / "x.csv", "Nummer;Name;Farbe\n1;Muster;r\x1bot\n") == [
        {"number": "1", "last_name": "Muster"}
    ]


def test_a_long_field_names_its_column(tmp_path: Path) -> None:
    row = only(rows_of(tmp_path / "x.csv", HEADER + f"1;{'x' * 4097};a@b\n"))
    assert codes(row) == [("too_long", "last_name")]
    assert len(row.problems[0].value) == 60
    assert only(rows_of(tmp_path / "x.csv", HEADER + f"1;{'x' * 4096};a@b\n")).problems == ()


@pytest.mark.parametrize("line", ["1;Muster\n", "1\n", "1;Muster;a@b;zuviel\n"])
def test_a_ragged_row_says_how_many_cells_it_has(tmp_path: Path, line: str) -> None:
    row = rows_of(tmp_path / "x.csv", HEADER + line + "2;Meier;c@d\n")[0]
    assert codes(row) == [("ragged_row", "")]
    assert row.problems[0].fields == {"expected": 3, "found": line.count(";") + 1}
    assert row.values["number"] == "1"


@pytest.mark.parametrize("header", [HEADER, HEADER.replace("\n", ";\n")])
@pytest.mark.parametrize("line", ["1;Muster;a@b\n", "1;Muster;a@b;\n", "1;Muster;a@b; ;;\n", '1;"Muster";a@b;""\n'])
def test_a_trailing_delimiter_is_nothing(tmp_path: Path, header: str, line: str) -> None:
    assert values_of(tmp_path / "x.csv", header + line) == [{"number": "1", "last_name": "Muster", "email": "a@b"}]


def test_senseless_quotation_marks_reject_their_row_only(tmp_path: Path) -> None:
    bad, good = rows_of(tmp_path / "x.csv", HEADER + '1;"Mus"ter;a@b\n2;Meier;c@d\n')
    assert codes(bad) == [("bad_character", "")]
    assert bad.problems[0].fields == {"character": '"'}
    assert good.values["number"] == "2"


def test_a_carriage_return_amid_a_plain_line_is_no_line_end(tmp_path: Path) -> None:
    bad, good = rows_of(tmp_path / "x.csv", HEADER + "1;Mus\rter;a@b\n2;Meier;c@d\n")
    assert codes(bad) == [("bad_character", "")]
    assert good.line == 3


@pytest.mark.parametrize("tail", ["", ";a@b"])
def test_a_line_over_64_kib_is_rejected_and_its_key_still_read(tmp_path: Path, tail: str) -> None:
    long, good = rows_of(tmp_path / "x.csv", HEADER + f"1;Muster;{'x' * 70000}{tail}\n2;Meier;c@d\n")
    assert codes(long) == [("too_long", "")]
    assert long.values == {"number": "1", "last_name": "Muster"}
    assert (good.line, good.problems) == (3, ())


def test_the_limit_of_a_line_does_not_count_its_end(tmp_path: Path) -> None:
    cells = "".join(f";{'y' * 4095}" for _ in range(15))
    header = "Nummer;Name;E-Mail" + "".join(f";f{i}" for i in range(15)) + "\n"
    exact = "1;M;" + "x" * (65536 - 4 - len(cells)) + cells
    assert len(exact) == 65536
    assert codes(only(rows_of(tmp_path / "x.csv", header + exact + "\r\n"))) == []
    assert codes(only(rows_of(tmp_path / "x.csv", header + exact + "z\r\n"))) == [("too_long", "")]
