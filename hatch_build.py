"""Compile the message catalogues, for a wheel as for an editable installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> None:
    """Write ``asta.mo`` beside every ``asta.po`` under *root*; a catalogue that cannot be read stops the build."""
    for source in sorted(root.glob("asta_cli/locale/*/LC_MESSAGES/asta.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as binary:
            write_mo(binary, catalogue)


class Catalogues(BuildHookInterface[Any]):
    """The hook that hatchling calls before it packs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in place; the ``artifacts`` setting lets the ignored files into the wheel."""
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
