"""Bring the message catalogues up to date with the sources: new texts come in untranslated, unused ones go.

    python -m scripts.catalogue          update asta_cli/locale/*/LC_MESSAGES/asta.po
    python -m scripts.catalogue --left   also print what is not translated yet

Nothing is matched by similarity, and neither dates nor line numbers are written: the files change with the texts only.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "asta_cli" / "locale"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
HEADER = """\
# Translations of asta. Updated by: python -m scripts.catalogue
msgid ""
msgstr ""
"Project-Id-Version: asta\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def extract() -> Catalog:
    """Collect the texts that are marked in the sources, with the files they are in."""
    catalogue = Catalog()
    found = extract_from_dir(ROOT / "asta_cli", [("**.py", "python")], {}, keywords=KEYWORDS)
    for file, _line, text, _comments, context in found:
        catalogue.add(text, locations=[(f"asta_cli/{file}", 0)], context=context)
    return catalogue


def read(file: Path) -> Catalog:
    """Read the catalogue in *file*; the language is that of its directory."""
    with file.open("rb") as source:
        return read_po(source, locale=file.parts[-3], abort_invalid=True)


def updated(catalogue: Catalog, template: Catalog) -> str:
    """Return the text of *catalogue* after taking over the texts of *template*."""
    catalogue.update(template, no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    header = HEADER.format(language=catalogue.locale_identifier, plural=catalogue.plural_forms)
    return header + body.getvalue().decode().strip("\n") + "\n"


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts of *catalogue* without translation, and those whose translation is in doubt."""
    return [str(m.id) for m in catalogue if m.id and (m.fuzzy or not all(_strings(m.string)))]


def _strings(string: object) -> list[str]:
    return [string] if isinstance(string, str) else list(string)  # type: ignore[call-overload]


def main() -> int:
    """Update every catalogue."""
    template = extract()
    for file in sorted(LOCALES.glob("*/LC_MESSAGES/asta.po")):
        file.write_text(updated(read(file), template), encoding="utf-8")
        left = untranslated(read(file))
        print(f"{file.relative_to(ROOT)}: {len(template)} texts, {len(left)} not translated")
        if "--left" in sys.argv[1:]:
            print(*left, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
