"""What starting costs: nothing heavy is imported before it is needed, and what is postponed still works."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asta_cli.cli import lean
from tests.support.workbooks import workbook

HEAVY = {
    "alembic", "annotated_types", "argon2", "asyncio", "babel", "dns", "email_validator", "mako", "openpyxl", "psycopg",
    "pydantic", "pydantic_core", "pydantic_settings", "python_calamine", "rich", "sqlalchemy", "tabulate", "zxcvbn",
}  # fmt: skip
# Read what the command said at its end: modules that are there and are not merely postponed.
PROBE = """
import sys
from types import ModuleType
sys.argv = ["asta", *{argv!r}]
from asta_cli.__main__ import run
status = run()
real = [name for name, module in list(sys.modules.items()) if type(module) is ModuleType]
sys.stderr.write("\\n" + " ".join(real))
sys.exit(status)
"""


def loaded(*argv: str, cwd: Path, code: int = 0) -> set[str]:
    """Return the top-level modules that ``asta`` *argv* has read."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(argv=list(argv))],
        capture_output=True, text=True, cwd=cwd, env={"HOME": str(cwd), "PATH": "/usr/bin:/bin"}, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["--lang", "de", "--help"],
        ["perms", "--help"],
        ["config", "--help"],
        ["config", "show", "--help"],
        ["completion", "--help"],
        [],
    ],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(argv: list[str], tmp_path: Path) -> None:
    assert loaded(*argv, cwd=tmp_path) & HEAVY == set()


@pytest.mark.parametrize("argv", [["completion", "nosuchshell"], ["nosuchcommand"], ["config", "show", "--nosuch"]])
def test_nor_does_a_wrong_command_line(argv: list[str], tmp_path: Path) -> None:
    assert loaded(*argv, cwd=tmp_path, code=2) & HEAVY == set()


def test_the_version_is_answered_before_anything_is_loaded(tmp_path: Path) -> None:
    assert loaded("--version", cwd=tmp_path) & (HEAVY | {"typer", "typing", "enum", "inspect", "re"}) == set()


def test_the_probe_sees_what_is_loaded(tmp_path: Path) -> None:
    assert {"typer", "pydantic", "pydantic_settings"} <= loaded("config", "show", cwd=tmp_path)


def test_settings_do_not_wake_what_is_postponed(tmp_path: Path) -> None:
    assert loaded("config", "show", cwd=tmp_path) & {"asyncio", "subprocess", "bz2", "lzma", "email"} == set()


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_workbooks_are_read_in_another_process(name: str, tmp_path: Path) -> None:
    loaded("chambers", "add", "177", "--name", "IHK", cwd=tmp_path)
    csv, book = b"Identnummer;Firma\n1;A\n", workbook([("Identnummer", "Firma"), ("1", "A")])
    tmp_path.joinpath(name).write_bytes(book if name == "x.xlsx" else csv)
    found = loaded("import", "companies", name, cwd=tmp_path)
    assert "sqlalchemy" in found
    assert found & {"python_calamine", "tomllib", "xml"} == set()
    assert ("subprocess" in found) == (name == "x.xlsx")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package that writes down when it is read."""
    home = tmp_path / "slowpack"
    home.mkdir()
    home.joinpath("__init__.py").write_text(
        "import builtins\nbuiltins.slowpack_read = getattr(builtins, 'slowpack_read', 0) + 1\n"
        "from slowpack.inner import value\ndef double(x):\n    return 2 * x\n"
    )
    home.joinpath("inner.py").write_text("value = 21\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "slowpack"
    for name in [name for name in sys.modules if name.partition(".")[0] == "slowpack"]:
        del sys.modules[name]
    import builtins

    vars(builtins).pop("slowpack_read", None)


def read() -> int:
    import builtins

    return int(vars(builtins).get("slowpack_read", 0))


def test_a_postponed_module_is_read_when_something_is_taken_from_it(package: str) -> None:
    lean.postpone({package: ()})
    import slowpack  # type: ignore[import-not-found]

    assert read() == 0
    assert slowpack.value == 21
    assert slowpack.double(2) == 4
    assert read() == 1


def test_a_name_imported_from_it_is_the_real_one(package: str) -> None:
    lean.postpone({package: ()})
    from slowpack import double

    assert read() == 1
    assert double.__module__ == package


def test_a_submodule_finds_its_package_read(package: str) -> None:
    lean.postpone({package: ()})
    from slowpack.inner import value  # type: ignore[import-not-found]

    assert (read(), value) == (1, 21)


def test_a_forwarded_function_reads_the_module_when_it_is_called(package: str) -> None:
    lean.postpone({package: ("double",)})
    from slowpack import double

    assert read() == 0
    assert double(4) == 8
    assert read() == 1
    assert sys.modules[package].double is not double


def test_a_forwarded_name_that_does_not_exist_is_an_error(package: str) -> None:
    lean.postpone({package: ("treble",)})
    from slowpack import treble

    with pytest.raises(AttributeError, match="treble"):
        treble(1)


def test_a_postponed_module_that_fails_fails_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("brokenpack.py").write_text("raise RuntimeError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    lean.postpone({"brokenpack": ()})
    module = importlib.import_module("brokenpack")
    with pytest.raises(RuntimeError, match="broken"):
        _ = module.anything
    assert "brokenpack" not in sys.modules


def test_what_is_imported_already_or_unknown_is_left_alone() -> None:
    before = sys.modules["json"]
    lean.postpone({"json": (), "no_such_module_anywhere": ()})
    assert sys.modules["json"] is before
    assert "no_such_module_anywhere" not in sys.modules


def test_every_postponed_module_of_asta_works_when_used(tmp_path: Path) -> None:
    uses = (
        "asyncio.run(asyncio.sleep(0, 'slept')) == 'slept'",
        "asyncio.iscoroutine(1) is False",
        "len(importlib.metadata.entry_points()) > 0",
        "importlib.metadata.version('typer') != ''",
        "subprocess.run(['true']).returncode == 0",
        "bz2.decompress(bz2.compress(b'x')) == b'x'",
        "lzma.decompress(lzma.compress(b'x')) == b'x'",
        "zlib.decompress(zlib.compress(b'x')) == b'x'",
        "str(ipaddress.ip_address('::1')) == '::1'",
    )
    code = "\n".join(
        [
            "from asta_cli.cli import lean",
            "lean.lighten()",
            *(f"import {name}" for name in lean.POSTPONED),
            "from types import ModuleType",
            "import sys",
            *(f"assert type(sys.modules[{name!r}]) is not ModuleType, {name!r}" for name in lean.POSTPONED),
            *(f"assert {use}" for use in uses),
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [name for name in lean.POSTPONED if not any(f"{name}." in use for use in uses)] == []


def test_a_package_need_not_find_out_its_version() -> None:
    import importlib.metadata as real

    with lean.unversioned():
        from importlib.metadata import PackageNotFoundError, entry_points, version

        assert version("nosuchpackage") == ""
        assert entry_points is real.entry_points
    assert sys.modules["importlib.metadata"] is real
    assert PackageNotFoundError is not real.PackageNotFoundError


def test_a_table_reads_no_metadata(tmp_path: Path) -> None:
    loaded("chambers", "add", "177", "--name", "IHK", cwd=tmp_path)  # makes the database, and needs much for it
    found = loaded("chambers", "list", cwd=tmp_path)
    assert "tabulate" in found
    assert found & {"email", "zipfile"} == set()
