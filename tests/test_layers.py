"""The rooms of the house and the only arrows between them: imports at the top, inside functions and by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import asta_cli

ROOT = Path(asta_cli.__file__).parent
OUTSIDE = {"mail", "letters", "jobs", "credentials", "demo"}  # the outside world, one small package each
ARROWS: dict[str, set[str]] = {
    "main": {"commands", "cli"},
    "commands": {"cli", "run", "files", "intake", "joining", "core", "addresses"} | OUTSIDE,
    "cli": {"run", "settings", "core", "addresses"},
    "intake": {"run", "files", "core", "addresses"},  # files or arguments made into one run, for commands and jobs
    "joining": {"intake", "run", "core", "addresses", "credentials"},  # steps around a run: attempts, hashes, tokens
    "run": {"store", "settings", "core"},
    "files": {"core"},
    "addresses": {"core"},
    "store": {"core"},
    "settings": {"core"},
    "core": set(),
    **{room: {"run", "settings", "core", "intake"} for room in OUTSIDE},
}
# Nouns load when they are named, so the table in cli/app.py names their package; nothing in cli imports one to use it.
BY_NAME = {("cli", "commands")}
ONLY_IN_STORE = {"sqlalchemy", "alembic", "psycopg"}
MAY_PRINT = {ROOT / "cli" / "render.py", ROOT / "main.py"}  # main: --version, before anything is loaded
MODULES = sorted(ROOT.rglob("*.py"))


def room_of(module: str) -> str:
    """Return the room of a dotted name below ``asta_cli``; the entry point belongs to main."""
    room = module.split(".")[1] if "." in module else ""
    return "main" if room == "__main__" else room


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield every module that *path* imports, and whether it does so by a name in a string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            names = [alias.name for alias in node.names] if node.module == "asta_cli" else [""]
            yield from ((f"{node.module}.{name}".rstrip("."), False) for name in names)
        elif isinstance(node, ast.Constant) and str(node.value).startswith("asta_cli."):
            yield str(node.value), True


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_only_allowed_arrows(path: Path) -> None:
    here = room_of(dotted(path))
    for module, by_name in imports(path):
        top, there = module.partition(".")[0], room_of(module)
        if top in ONLY_IN_STORE:
            assert here == "store", f"{dotted(path)} imports {module}"
        elif top == "asta_cli" and there not in {"", "__version__", here}:
            allowed = there in ARROWS[here] or (by_name and (here, there) in BY_NAME)
            assert allowed, f"{dotted(path)} ({here}) reaches for {module} ({there})"


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent == ROOT / "core"], ids=dotted)
def test_core_needs_only_the_standard_library(path: Path) -> None:
    import sys

    foreign = {module for module, _ in imports(path) if module.partition(".")[0] not in sys.stdlib_module_names}
    assert {module for module in foreign if not module.startswith("asta_cli.core")} == set()


@pytest.mark.parametrize("path", [path for path in MODULES if path not in MAY_PRINT], ids=dotted)
def test_only_the_renderer_prints(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called.rpartition(".")[2] not in {"print", "echo", "secho"}, f"{path}:{node.lineno}: {called}"
            assert called not in {"sys.stdout.write", "sys.stderr.write"}, f"{path}:{node.lineno}: {called}"


def test_the_walk_finds_what_it_looks_for(tmp_path: Path) -> None:
    source = tmp_path / "sample.py"
    source.write_text(
        "import sqlalchemy as sa\nfrom asta_cli import store\n"
        "def late():\n    from asta_cli.store.db import Store\n    load('asta_cli.commands')\n"
    )
    assert sorted(imports(source)) == [
        ("asta_cli.commands", True),
        ("asta_cli.store", False),
        ("asta_cli.store.db", False),
        ("sqlalchemy", False),
    ]
