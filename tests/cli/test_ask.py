"""Questions are asked at a terminal only; secrets are never shown and never waited for elsewhere."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asta_cli.cli import ask
from asta_cli.core.errors import MissingAnswer
from tests.support.cli import COMMAND, Asta, Result


def at_terminal(asta: Asta, code: str, *answers: tuple[str, str]) -> Result:
    """What *code* shows at a terminal; typer's command is not needed to ask."""
    script = asta.home / "script.py"
    script.write_text(f"import sys\nfrom asta_cli.cli import ask\nfrom asta_cli.core.errors import AstaError\n{code}\n")
    return Script(asta.home, script=script).terminal(answers=answers)


class Script(Asta):
    """Runs a script instead of the command."""

    def __init__(self, home: Path, script: Path) -> None:
        super().__init__(home)
        object.__setattr__(self, "script", script)

    def arguments(self, argv: object, as_: str | None = None) -> list[str]:
        return [str(COMMAND.with_name("python")), str(self.script)]  # type: ignore[attr-defined]


def test_a_line_is_asked_until_something_is_typed(asta: Asta) -> None:
    shown = at_terminal(asta, "print(repr(ask.line('Why')))", ("Why:", ""), ("Why:", "  because \u00fc "))
    assert shown.out.endswith("'because ü'\n")


def test_a_secret_is_not_shown(asta: Asta) -> None:
    code = "print(len(ask.secret('Password', repeat=True)))"
    shown = at_terminal(asta, code, ("Password:", "hunter2!"), ("once more:", "hunter2!"))
    assert shown.out.endswith("\n8\n")
    assert "hunter2!" not in shown.out


def test_two_different_secrets_are_refused(asta: Asta) -> None:
    code = "try:\n    ask.secret('Password', repeat=True)\nexcept AstaError as e:\n    print(e.code, int(e.status))"
    shown = at_terminal(asta, code, ("Password:", "one"), ("once more:", "other"))
    assert shown.out.endswith("differs 2\n")


@pytest.mark.parametrize(("typed", "said"), [("y", True), ("JA", True), ("", False), ("n", False), ("x", False)])
def test_only_a_yes_is_a_yes(asta: Asta, typed: str, said: bool) -> None:
    assert at_terminal(asta, "print(ask.confirm('Sure?'))", ("Sure?", typed)).out.endswith(f"{said}\n")


@pytest.mark.parametrize("question", ["ask.line('Why')", "ask.secret('Why')", "ask.confirm('Why')"])
def test_the_end_of_input_is_an_interruption(asta: Asta, question: str) -> None:
    code = f"try:\n    {question}\nexcept AstaError as e:\n    print(e.code, int(e.status))"
    assert at_terminal(asta, code, ("Why", "\x04")).out.endswith("interrupted 130\n")


@pytest.mark.parametrize("question", ["ask.line('Why')", "ask.secret('Why')"])
def test_ctrl_c_interrupts(asta: Asta, question: str) -> None:
    code = f"try:\n    {question}\nexcept KeyboardInterrupt:\n    print('stopped')"
    assert at_terminal(asta, code, ("Why", "\x03")).out.endswith("stopped\n")


@pytest.mark.parametrize("question", [ask.line, ask.secret, ask.confirm])
def test_a_terminal_of_another_encoding(monkeypatch: pytest.MonkeyPatch, question: Callable[[str], object]) -> None:
    terminal, ours = os.openpty()
    os.write(terminal, b"Gr\xfcnde\n")  # as Latin-1 has it
    monkeypatch.setattr(sys, "stdin", os.fdopen(ours, encoding="utf-8"))
    monkeypatch.setattr("getpass.getpass", lambda prompt: sys.stdin.readline())  # the real one asks /dev/tty
    with pytest.raises(ask.Undecodable) as caught:
        question("Why")
    assert caught.value.status == 2
    sys.stdin.close()
    os.close(terminal)


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin in (io.StringIO("answer\n"), None):
        monkeypatch.setattr(sys, "stdin", stdin)
        for question in (ask.line, ask.secret, ask.confirm):
            with pytest.raises(MissingAnswer) as caught:
                question("Why", option="--reason TEXT")
            assert caught.value.fields == {"what": "Why", "option": "--reason TEXT"}
            assert caught.value.status == 2


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"s3cret\n", "s3cret"),
        (b"s3cret", "s3cret"),
        (b" keep my blanks \r\nsecond line\n", " keep my blanks "),
        ("\ufeffgrün\n".encode(), "grün"),
        (b"x" * ask.SECRET_LIMIT + b"\r\n", "x" * ask.SECRET_LIMIT),
    ],
)
def test_secrets_from_files_and_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, secret: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert ask.secret_from(str(file)) == secret
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert ask.secret_from("-") == secret


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", ask.SecretEmpty),
        (b"\nlater\n", ask.SecretEmpty),
        (b"a\0b\n", ask.SecretUnusable),
        (b"\xff\xfe\n", ask.SecretUnusable),
        (b"x" * (ask.SECRET_LIMIT + 1), ask.SecretUnusable),
        (b"x" * 1_000_000, ask.SecretUnusable),
    ],
)
def test_files_without_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, error: type[Exception]
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(error) as caught:
        ask.secret_from(str(file))
    assert caught.value.fields == {"file": str(file)}  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(error) as caught:
        ask.secret_from("-")
    assert caught.value.fields == {"file": "stdin"}  # type: ignore[attr-defined]


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (tmp_path / "missing", tmp_path, f"{tmp_path}/a\0b"):
        with pytest.raises(ask.SecretUnreadable) as caught:
            ask.secret_from(str(name))
        assert caught.value.status == 2
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ask.SecretEmpty):
        ask.secret_from("-")


def test_a_pipe_gives_its_first_line_and_is_not_waited_for(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"s3cret\n")
    assert ask.secret_from(f"/dev/fd/{reading}") == "s3cret"  # the other end is still open: <(pass show asta)
    os.close(reading)
    os.close(writing)
