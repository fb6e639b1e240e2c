"""Headings are matched by what they say, not by how they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.core import layouts
from asta_cli.core.errors import Status
from asta_cli.core.layouts import Layout
from asta_cli.files.errors import DoubledColumn, MissingColumn
from asta_cli.files.header import fold, match, meaning, table
from tests.files.support import PEOPLE, opened, values_of

LAYOUTS = [found for found in vars(layouts).values() if isinstance(found, Layout)]


@pytest.mark.parametrize(
    "heading",
    ["E-Mail-Adresse", "EMail Adresse", "e_mail.adresse", " E-MAIL-ADRESSE ", "E\u00a0Mail Adresse", "email", "Email"],
)
def test_case_blanks_and_strokes_do_not_count(heading: str) -> None:
    assert meaning(PEOPLE, heading) == "email"


@pytest.mark.parametrize("heading", ["Straße", "STRASSE", "strasse", "Stra\u00dfe ", "Anschrift"])
def test_sharp_s_is_ss(heading: str) -> None:
    assert meaning(PEOPLE, heading) == "street"


@pytest.mark.parametrize("heading", ["Gültig ab", "gueltig_ab", "Gu\u0308ltig ab", "GÜLTIG AB"])
def test_umlauts_may_be_spelled_out_or_decomposed(heading: str) -> None:
    assert meaning(PEOPLE, heading) == "valid_from"


def test_other_letters_do_count() -> None:
    assert meaning(PEOPLE, "Gultig ab") == ""


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.kind)
def test_no_heading_of_a_layout_means_two_columns(layout: Layout) -> None:
    pairs = {(fold(name), c.name) for c in layout.columns for name in (c.name, *c.aliases)}
    assert len(pairs) == len(table(layout))


def test_any_order_and_the_unknown_are_named_once() -> None:
    matched = match(PEOPLE, ["Farbe", "Name", "_line", "Farbe", "Nummer", ""], "x.csv", 1)
    assert matched.names == ("", "last_name", "", "", "number", "")
    assert matched.unknown == ("Farbe", "#6")


def test_a_missing_column_names_what_would_be_accepted() -> None:
    with pytest.raises(MissingColumn) as caught:
        match(PEOPLE, ["E-Mail"], "x.csv", 1)
    assert caught.value.status is Status.DATA
    assert caught.value.fields == {
        "file": "x.csv",
        "line": 1,
        "columns": "number, last_name",
        "accepted": "number (Nummer, Pers.-Nr.); last_name (Nachname, Name)",
    }


def test_a_doubled_column_names_both_headings() -> None:
    with pytest.raises(DoubledColumn) as caught:
        match(PEOPLE, ["Nummer", "Name", "E-Mail", "E-Mail-Adresse"], "x.csv", 1)
    assert caught.value.fields["headings"] == "E-Mail, E-Mail-Adresse"
    assert caught.value.fields["column"] == "email"


def test_columns_that_begin_with_a_stroke_are_passed_over(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", "_line;Nummer;_email;Name\n7;1;a@b;Muster\n") as source:
        assert source.notices == ()
        assert [dict(r.values) for r in source.all_rows()] == [{"number": "1", "last_name": "Muster"}]


def test_the_unknown_are_announced(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", "Nummer;Name;Farbe\n1;Muster;rot\n") as source:
        assert source.columns == {"number", "last_name"}
        assert source.unknown_columns == ("Farbe",)
        assert [(n.code, n.fields["columns"]) for n in source.notices] == [("unknown_columns", "Farbe")]


def test_a_quoted_heading_may_have_a_line_break(tmp_path: Path) -> None:
    data = 'Nummer;"E-Mail-\nAdresse";Name\n1;a@b;Muster\n'
    assert values_of(tmp_path / "x.csv", data) == [{"number": "1", "email": "a@b", "last_name": "Muster"}]
