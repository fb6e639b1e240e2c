"""Templates: headers that are read again as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.core import layouts
from asta_cli.core.layouts import Layout
from asta_cli.files.source import ReadOptions, open_source
from asta_cli.files.template import template

ALL = [found for found in vars(layouts).values() if isinstance(found, Layout)]


@pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.kind)
@pytest.mark.parametrize("german", [True, False])
@pytest.mark.parametrize("excel", [True, False])
def test_it_is_usable_as_it_is(tmp_path: Path, layout: Layout, german: bool, excel: bool) -> None:
    (tmp_path / "x.csv").write_bytes(template(layout, german=german, excel=excel))
    with open_source(str(tmp_path / "x.csv"), layout, options=ReadOptions(allow_empty=True)) as source:
        assert (source.columns, source.notices) == (frozenset(layout.names), ())
        assert list(source.all_rows()) == []


def test_what_it_looks_like() -> None:
    assert template(layouts.AZUBI_ACCOUNTS) == b"trainee_number,account_status,changed_at,chamber\r\n"
    german = template(layouts.COMPANIES, german=True, excel=True).decode("utf-8-sig")
    assert german.startswith("Identnummer;Firma;Stammbetrieb;E-Mail;Straße;PLZ;Ort;")
