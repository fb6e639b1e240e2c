"""Completion, tried in the shells themselves. A Tab must not start Python."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asta_cli.cli.app import ENTRIES, root
from asta_cli.cli.completion import Fill, Node, Value, slots, tree
from asta_cli.cli.i18n import speaking
from scripts.completions import DIRECTORY, FILES
from tests.support.cli import Asta

Complete = Callable[[str], set[str]]
SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(not shutil.which(shell), reason=f"{shell} is not installed"))
    for shell in ("bash", "zsh", "fish")
]
BASH = r"""
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_asta
printf '%s\n' "${COMPREPLY[@]}"
"""
# bash breaks a line into COMP_WORDS at blanks and around the characters of COMP_WORDBREAKS.
BREAKS = re.compile(r"[@><=;|&(:]+|[^@><=;|&(:\s]+")


@pytest.fixture(scope="module")
def top() -> Node:
    with speaking("en"):
        return tree(root())


def bash(directory: Path, line: str) -> set[str]:
    words = BREAKS.findall(line) + ([""] if line.endswith(" ") else [])
    done = run(["bash", "--norc", "-c", BASH, "bash", str(DIRECTORY / "asta.bash"), line, *words], directory)
    return {word.rstrip("/") for word in done.splitlines() if word}


def fish(directory: Path, line: str) -> set[str]:
    script = f"source {DIRECTORY / 'asta.fish'}; complete -C '{line}'"
    done = run(["fish", "--no-config", "-c", script], directory)
    return {word.partition("\t")[0].rpartition("=")[2].rstrip("/") for word in done.splitlines()}


def run(command: list[str], directory: Path) -> str:
    """Run a shell where ``asta`` and Python cannot be found: whoever starts them fails."""
    env = {"PATH": str(tools(directory)), "HOME": str(directory), "TERM": "dumb", "LANG": "C.UTF-8"}
    command = [shutil.which(command[0]) or command[0], *command[1:]]
    done = subprocess.run(command, cwd=directory, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert not re.search("not found|Unknown command|syntax error", done.stderr), done.stderr
    return done.stdout


def tools(directory: Path) -> Path:
    """A directory with what shells need of the system, and neither asta nor Python."""
    there = directory / ".bin"
    if not there.exists():
        there.mkdir()
        for name in ("sed", "cat", "ls", "uname", "sort", "grep", "tr", "awk", "env"):
            if found := shutil.which(name):
                there.joinpath(name).symlink_to(found)
    return there


class Zsh:
    """A zsh at a terminal: lines are typed, and what its completion system is offered for them is written down."""

    SETUP = r"""
PS1=''; unsetopt prompt_cr prompt_sp beep; zle_bracketed_paste=()
fpath=(@DIRECTORY@ $fpath); autoload -U compinit; compinit -u -D
zstyle ':completion:*' verbose no; zstyle ':completion:*' insert-tab false
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits; builtin compadd -A hits "$@"
    print -rl -- $hits >> hits
    builtin compadd "$@"
}
probe() { zle complete-word; BUFFER=''; print 'lo''oked' }
zle-line-init() { print 'wait''ing' }
zle -N probe; zle -N zle-line-init; bindkey '^G' probe
"""

    def __init__(self, directory: Path) -> None:
        self.hits = directory / "hits"
        pid, self.screen = pty.fork()
        if pid == 0:
            os.chdir(directory)
            env = {"PATH": str(tools(directory)), "HOME": str(directory), "TERM": "dumb", "LANG": "C.UTF-8"}
            os.execve(shutil.which("zsh") or "zsh", ["zsh", "-f", "-i"], env)
        self.pid = pid
        directory.joinpath("setup").write_text(self.SETUP.replace("@DIRECTORY@", str(DIRECTORY)))
        self._type("source ./setup\n", b"waiting")

    def __call__(self, line: str) -> set[str]:
        self.hits.write_text("")
        self._type(f"{line}\x07", b"looked")
        return {word.replace("\\", "").rstrip("/") for word in self.hits.read_text().splitlines() if word}

    def _type(self, keys: str, mark: bytes) -> None:
        """Type *keys* and read what is shown until *mark* appears."""
        os.write(self.screen, keys.encode())
        seen, end = b"", time.monotonic() + 60
        while mark not in seen:
            assert select.select([self.screen], [], [], max(0.0, end - time.monotonic()))[0], seen
            seen += os.read(self.screen, 65536)
        assert not re.search(rb"not found|parse error|bad pattern", seen), seen

    def close(self) -> None:
        os.close(self.screen)
        os.waitpid(self.pid, 0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few files in it."""
    home = tmp_path_factory.mktemp("home")
    home.joinpath("files").mkdir()
    for name in ("register.csv", "a b.csv"):
        home.joinpath("files", name).touch()
    return home


@pytest.fixture(scope="module", params=SHELLS)
def complete(request: pytest.FixtureRequest, place: Path) -> Iterator[Complete]:
    if request.param == "zsh":
        zsh = Zsh(place)
        yield zsh
        zsh.close()
    else:
        shell = {"bash": bash, "fish": fish}[request.param]
        yield lambda line: shell(place, line)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("asta ", set(ENTRIES)),
        ("asta compl", {"completion"}),
        ("asta com", {"companies", "completion"}),
        ("asta config ", {"init", "path", "show"}),
        ("asta --lang de config s", {"show"}),
        ("asta --as erika@example.com config s", {"show"}),
        ("asta --as erika@example.com --lang=de config s", {"show"}),
        ("asta config show --", {"--origin", "--format", "--help"}),
        ("asta config show --format ", {"toml", "json"}),
        ("asta config show --format=j", {"json"}),
        ("asta --lang ", {"de", "en"}),
        ("asta --lang=", {"de", "en"}),
        ("asta --config files/", {"files/register.csv", "files/a b.csv"}),
        ("asta completion ", {"bash", "zsh", "fish", "powershell"}),
        ("asta completion bash ", set()),
        ("asta --as con", set()),
        ("asta nosuch ", set(ENTRIES)),
    ],
)
def test_a_tab(complete: Complete, line: str, found: set[str]) -> None:
    names = {"files/" + word if word in {"register.csv", "a b.csv"} else word for word in complete(line)}
    assert names == found


# --- the files


@pytest.mark.parametrize(("shell", "name"), FILES.items())
def test_the_files_are_current(asta: Asta, shell: str, name: str) -> None:
    assert asta("completion", shell, code=0).out == (DIRECTORY / name).read_text(), "run: python -m scripts.completions"


def test_the_scripts_do_not_change_with_the_language(asta: Asta) -> None:
    assert asta("completion", "fish", lang="de", code=0).out == asta("completion", "fish", code=0).out


@pytest.mark.parametrize("name", FILES.values())
def test_no_script_starts_a_program_of_ours(name: str) -> None:
    code = [line for line in (DIRECTORY / name).read_text().splitlines() if not line.lstrip().startswith("#")]
    assert not re.search(r"\$\(\s*asta|`asta|\(asta |_ASTA_COMPLETE|python", "\n".join(code))


def test_every_command_option_and_choice_is_in_every_script(top: Node) -> None:
    for name in FILES.values():
        text = (DIRECTORY / name).read_text()
        for node in top.walk():
            assert " ".join(node.path) in text
            assert all(n in text for option in node.options for n in option.names)
        assert all(choice in text for _slot, value in slots(top) for choice in value.choices)


def test_quotation_marks_in_helps_are_escaped() -> None:
    from asta_cli.cli import completion_fish, completion_powershell, completion_zsh

    tricky = Node(("asta",), "", (), commands=(Node(("asta", "x"), "it's 1:2 \\ $HOME", ()),))
    assert "'x:it'\\''s 1\\:2 \\\\ $HOME'" in completion_zsh.write(tricky)
    assert "'x\tit\\'s 1:2 \\\\ $HOME'" in completion_fish.write(tricky)
    assert "'x' = 'it''s 1:2 \\ $HOME'" in completion_powershell.write(tricky)


def test_the_places_of_values() -> None:
    choice, file = Value(("a", "b")), Value(fill=Fill.FILE)
    node = Node(("asta",), "", (), (choice, Value(), file), rest=True)
    assert [slot for slot, _value in slots(node)] == ["asta 0", *(f"asta {n}" for n in range(2, 10))]


def test_powershell_script_is_balanced() -> None:
    """No PowerShell is at hand to run it; at least its brackets and quotation marks must close."""
    text = re.sub(r"'(?:[^']|'')*'", "''", (DIRECTORY / "asta.ps1").read_text())
    assert "'" not in text.replace("''", "")
    for opening, closing in ("{}", "()", "[]"):
        assert text.count(opening) == text.count(closing)
