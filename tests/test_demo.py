"""The demonstration runs through, in both languages, and leaves a chamber to play with."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.cli import Asta


@pytest.mark.parametrize(("lang", "verified"), [("en", "the log is whole"), ("de", "Protokoll")])
def test_it_walks_from_the_letter_to_the_log(asta: Asta, lang: str, verified: str) -> None:
    done = asta("demo", lang=lang)
    assert verified in done.out
    found = re.search(r"XDG_DATA_HOME='(.*)/data'", done.out)
    assert found is not None
    home = Path(found[1])
    try:
        assert home.stat().st_mode & 0o777 == 0o700
        names = {"XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
        again = asta("companies", "list", "--format", "count", env={k: str(home / v) for k, v in names.items()})
        assert int(again.out) > 0
    finally:
        shutil.rmtree(home)
