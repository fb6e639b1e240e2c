from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import asta_cli
from asta_cli.mail.model import Gettext

GERMAN = Path(asta_cli.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "asta.po"


@pytest.fixture(scope="session")
def german() -> Gettext:
    """German as it stands in the source, compiled here."""
    compiled = io.BytesIO()
    with GERMAN.open("rb") as file:
        write_mo(compiled, read_po(file, locale="de"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled).gettext


@pytest.fixture
def speaks(german: Gettext) -> Callable[[str], Gettext]:
    """The translator of a language."""
    return lambda language: german if language == "de" else str
