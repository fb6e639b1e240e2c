"""The error boundary: every end of a command is one clear line and the right exit status."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from asta_cli import __version__
from asta_cli.cli.app import ENTRIES, SECTIONS
from asta_cli.cli.early import language, scan
from asta_cli.main import main
from tests.support.cli import Asta
from tests.support.inprocess import AstaInProcess

# A noun of its own in the command table: what its verb does is the test's code.
HARNESS = """
import sys
from asta_cli.cli import app
from asta_cli.cli.command import Single
trial = Single()
@trial.verb("trial", "A trial.", examples=("asta trial",))
def run() -> int | None:
{body}
module = type(sys)("asta_cli.commands.trial")
module.app = trial
sys.modules["asta_cli.commands.trial"] = module
app.ENTRIES["trial"] = app.Entry("trial", "A trial")
from asta_cli.__main__ import run as start
sys.exit(start())
"""


def trial(body: str, *options: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """Run a command whose verb is *body*."""
    code = HARNESS.format(body=textwrap.indent(textwrap.dedent(body), "    "))
    return subprocess.run(
        [sys.executable, "-c", code, *options, "trial"],
        stdout=stdout, stderr=subprocess.PIPE, text=True, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, check=False,
    )  # fmt: skip


def ended(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(argv)
    out, err = capfd.readouterr()
    return status, out, err


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTA_LANG", "en")


# --- the way in


def test_version(asta: Asta) -> None:
    assert asta("--version", code=0).out == f"asta {__version__}\n"


def test_version_counts_among_the_global_options_only(asta: Asta) -> None:
    assert asta("config", "--version", code=2).out == ""


def test_help_lists_every_noun_in_its_section_and_examples(asta: Asta) -> None:
    help = asta("--help", code=0).out
    places = [help.index(f"\n{section}:\n") for section in SECTIONS]
    assert places == sorted(places)
    for name, entry in ENTRIES.items():
        assert f"  {name.ljust(12)}  {entry.summary}\n" in help
    assert "\nExamples:\n  asta " in help


def test_without_a_command_the_help_is_shown(asta: Asta) -> None:
    assert asta(code=0).out == asta("--help").out
    assert asta("config", code=0).out == asta("config", "--help").out


def test_examples_are_not_wrapped(asta: Asta) -> None:
    shown = asta("completion", "--help", env={"COLUMNS": "50"}).lines
    assert "  asta completion bash > ~/.local/share/bash-completion/completions/asta" in shown


# --- wrong command lines


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["nosuch"], "usage", "there is no command nosuch; asta --help lists the commands"),
        (["compani"], "usage", "there is no command compani; did you mean companies?"),
        (["config", "shwo"], "usage", "there is no command shwo; did you mean show?"),
        (["config", "show", "--orign"], "usage", "asta config show has no option --orign; did you mean --origin?"),
        (["config", "show", "--zzz"], "usage", "asta config show has no option --zzz; asta config show --help lists"),
        (["config", "show", "-z"], "usage", "asta config show has no option -z;"),
        (["config", "show", "--lang", "de"], "usage", "--lang belongs before the command; write: asta --lang … config"),
        (["config", "-q", "show"], "usage", "-q belongs before the command; write: asta -q config …"),
        (["config", "show", "more", "and more"], "usage", "too many arguments: more and more;"),
        (["config", "show", "--format"], "usage", "option --format needs a value;"),
        (["config", "show", "--origin=yes"], "usage", "option --origin takes no value; write --origin alone"),
        (["--config"], "usage", "option --config needs a value;"),
        (["completion"], "missing_answer", "SHELL is missing; asta completion --help"),
        (["completion", "csh"], "bad_option", "SHELL: csh is not possible here; possible: bash, zsh, fish, powershell"),
        (["--lang", "fr", "config", "path"], "bad_option", "--lang: fr is not possible here; possible: de, en"),
        (["-q"], "usage", "Missing command; asta --help"),
    ],
)
def test_usage_errors(capfd: pytest.CaptureFixture[str], argv: Sequence[str], code: str, said: str) -> None:
    status, out, err = ended(capfd, *argv)
    assert (status, out) == (2, "")
    assert err.startswith(f"asta: error[{code}]: {said}")
    assert err.count("\n") == 1


def test_an_error_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = ended(capfd, "--log-format", "json", "nosuch")
    assert (status, out) == (2, "")
    told = json.loads(err)
    assert (told["code"], told["message"], told["hint"]) == (
        "usage", "there is no command nosuch", "asta --help lists the commands",
    )  # fmt: skip


def test_control_characters_of_the_command_line_do_not_reach_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    _status, _out, err = ended(capfd, "no\x1b[31m\nsuch\u202e")
    assert not set(err.rstrip("\n")) & set("\x1b\n\u202e")


# --- unexpected ends


def test_a_bug_is_told_without_its_text() -> None:
    done = trial("raise ValueError('s3cret')")
    assert done.returncode == 70
    assert done.stderr.startswith("asta: error[bug]: asta made a mistake (ValueError")
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_frames_and_kinds_but_no_values() -> None:
    body = """
    password = "s3cret"
    try:
        raise KeyError(password)
    except KeyError as error:
        raise ValueError(password) from error
    """
    done = trial(body, "--debug")
    assert done.returncode == 70
    assert "builtins.KeyError" in done.stderr
    assert "builtins.ValueError" in done.stderr
    assert 'File "<string>", line' in done.stderr
    assert "s3cret" not in done.stderr.replace('password = "s3cret"', "")


def test_a_status_that_a_verb_returns() -> None:
    assert [trial(f"return {status}").returncode for status in (0, 1, 3)] == [0, 1, 3]
    assert trial("return None").returncode == 0


def test_a_typer_exit_is_taken() -> None:
    assert trial("import typer\nraise typer.Exit(4)").returncode == 4


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EIO, "no_resources")]
)
def test_a_failing_machine_is_worth_another_try(number: int, code: str) -> None:
    done = trial(f"raise OSError({number}, 'x')")
    assert done.returncode == 75
    assert f"error[{code}]" in done.stderr


def test_no_memory_is_worth_another_try() -> None:
    done = trial("raise MemoryError")
    assert (done.returncode, "error[no_resources]" in done.stderr) == (75, True)


def test_other_os_errors_are_bugs() -> None:
    assert trial("raise FileNotFoundError(2, 'x')").returncode == 70


@pytest.mark.parametrize(
    ("number", "status", "code"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_signals_unwind_what_is_open(number: signal.Signals, status: int, code: str) -> None:
    body = f"""
    import os, time
    try:
        os.kill(os.getpid(), {int(number)})
        time.sleep(10)
    finally:
        sys.stdout.write("rolled back")
    """
    done = trial(body)
    assert (done.returncode, done.stdout) == (status, "rolled back")
    assert done.stderr == f"asta: error[{code}]: {code}; nothing half done\n"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_amid_the_making_of_a_class_is_no_bug(number: signal.Signals, status: int) -> None:
    body = f"""
    import os, time
    class Named:
        def __set_name__(self, owner, name):
            os.kill(os.getpid(), {int(number)})
            time.sleep(10)
    class Late:
        value = Named()
    """
    assert trial(body).returncode == status


def test_ctrl_c_while_modules_load(tmp_path: Path) -> None:
    tmp_path.joinpath("typer.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from asta_cli.__main__ import run; sys.exit(run())"],
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_is_success() -> None:
    body = """
    for _ in range(100_000):
        sys.stdout.write("a line that nobody reads\\n")
    """
    reading, writing = os.pipe()
    os.close(reading)
    done = trial(body, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_left_before_the_last_flush() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = trial("sys.stdout.write('short')", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_broken_pipe_is_no_success() -> None:
    assert trial("raise BrokenPipeError(32, 'the mail server')").returncode == 70


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full")
def test_output_onto_a_full_disk_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        done = trial("sys.stdout.write('x' * 100)", stdout=full.fileno())
    assert done.returncode == 75
    assert "error[disk_full]" in done.stderr


def test_nothing_is_left_behind_in_the_process(capfd: pytest.CaptureFixture[str]) -> None:
    before = (signal.getsignal(signal.SIGTERM), os.environ.get("LANGUAGE"))
    ended(capfd, "--lang", "de", "nosuch")
    assert (signal.getsignal(signal.SIGTERM), os.environ.get("LANGUAGE")) == before


# --- what is known early


@pytest.mark.parametrize(
    ("argv", "lang", "json_", "debug", "version"),
    [
        ("", "", False, False, False),
        ("--lang de --version", "de", False, False, True),
        ("--lang=en --lang=de config", "de", False, False, False),
        ("config --lang de --debug --version", "", False, False, False),
        ("--config --version x", "", False, False, False),
        ("--log-format json --debug", "", True, True, False),
        ("--help --version", "", False, False, False),
        ("-- --version", "", False, False, False),
        ("--lang", "", False, False, False),
    ],
)
def test_scan(argv: str, lang: str, json_: bool, debug: bool, version: bool) -> None:
    early = scan(argv.split())
    assert (early.lang, early.json, early.debug, early.version) == (lang, json_, debug, version)


@pytest.mark.parametrize(
    ("asked", "environ", "spoken"),
    [
        ("", {}, "en"),
        ("de", {"ASTA_LANG": "en"}, "de"),
        ("", {"ASTA_LANG": "de", "LC_ALL": "en_US.UTF-8"}, "de"),
        ("", {"LANG": "de_DE.UTF-8"}, "de"),
        ("", {"LANG": "de"}, "de"),
        ("", {"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ("", {"LANG": "de_AT@euro", "LC_ALL": "", "LC_MESSAGES": ""}, "de"),
        ("", {"LC_MESSAGES": "de_CH", "LANG": "fr_CH"}, "de"),
        ("", {"LANG": "deu_XX"}, "en"),
        ("xx", {"ASTA_LANG": "yy", "LANG": "de_DE"}, "de"),
    ],
)
def test_language(asked: str, environ: dict[str, str], spoken: str) -> None:
    assert language(asked, environ) == spoken


@pytest.mark.parametrize(
    "argv",
    [
        ("companies", "list", "--search", "x\udcff"),
        ("companies", "show", "x\udcff"),
        ("trainees", "list", "--trainer", "x\udcff"),
        ("trainers", "show", "x\udcff"),
        ("perms", "revoke", "a@b.example", "--reason", "x\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_wrong_usage(asta_inproc: AstaInProcess, argv: Sequence[str]) -> None:
    said = asta_inproc(*argv, code=2)
    assert "x\\udcff" in said.err
    assert "UTF-8" in said.err
