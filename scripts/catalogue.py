"""Bring the message catalogues up to date with the sources: new texts come in untranslated, unused ones go.

    python -m scripts.catalogue          update asta_cli/locale/*/LC_MESSAGES/asta.po
    python -m scripts.catalogue --left   also print what is not translated yet

Nothing is matched by similarity, and neither dates nor line numbers are written: the files change with the texts only.
Texts are found in the syntax tree, in its order: so also within f-strings, and the same with every Python.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "asta_cli" / "locale"
MARKS = {"_": 1, "N_": 1, "ngettext": 2}
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
    for file in sorted((ROOT / "asta_cli").rglob("*.py")):
        for texts in marked(ast.parse(file.read_bytes())):
            catalogue.add(texts if len(texts) > 1 else texts[0], locations=[(file.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def marked(node: ast.AST) -> Iterator[tuple[str, ...]]:
    """The texts within *node*: marked ones, and metavars, which cli.values translates. With a plural, two by two."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if len(texts) == MARKS[node.func.id] and texts[0]:
            yield tuple(texts)
    if isinstance(node, ast.keyword) and node.arg == "metavar" and isinstance(node.value, ast.Constant):
        yield (str(node.value.value),)
    for child in ast.iter_child_nodes(node):
        yield from marked(child)


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
