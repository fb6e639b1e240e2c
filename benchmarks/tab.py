"""One TAB: what a shell answers with the shipped completion script, and which programs it starts for that.

The shell runs with a PATH of one directory, in which every program that could be meant writes down that it was called.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import say

RECORDED = ("asta", "python", "python3")
TABS = 200
LINES = {"a command": "asta comp", "an option": "asta perms grant --ro", "a value": "asta --lang d"}

BASH = """
source "$1"
COMP_LINE=$2; COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<<"$COMP_LINE"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
spec=$(complete -p asta); [[ $spec =~ -F\\ ([^ ]+) ]]; complete_asta=${BASH_REMATCH[1]}
for ((i = 0; i < $3; i++)); do
    COMPREPLY=(); "$complete_asta" asta "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
done
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = "source $argv[1]; for i in (seq $argv[3]); set found (complete -C $argv[2]); end; printf '%s\\n' $found"


@dataclass(frozen=True)
class Answer:
    """What was offered, which programs were started for it, and how many seconds one TAB took."""

    offered: list[str]
    started: list[str]
    seconds: float


def press(shell: str, script: Path, line: str, work: Path, tabs: int = 1) -> Answer:
    """The answer of *shell* to TAB at the end of *line*, asked *tabs* times."""
    shims, log = work / "shims", work / "started"
    shims.mkdir(exist_ok=True)
    log.write_text("")
    for name in RECORDED:
        shim = shims / name
        shim.write_text(f'#!/bin/sh\necho {name} >> "{log}"\necho recorded\n')
        shim.chmod(0o755)
    program = [shutil.which(shell) or shell, "--norc", "-c", BASH, "tab"]
    if shell == "fish":
        (shims / "seq").unlink(missing_ok=True)
        (shims / "seq").symlink_to(shutil.which("seq") or "/usr/bin/seq")
        program = [shutil.which(shell) or shell, "--no-config", "-c", FISH]
    env = {"PATH": str(shims), "HOME": str(work), "LANG": "C.UTF-8"}
    began = time.perf_counter()
    done = subprocess.run(
        [*program, str(script), line, str(tabs)], env=env, check=True, capture_output=True, text=True, timeout=60
    )
    seconds = (time.perf_counter() - began) / tabs
    return Answer(done.stdout.splitlines(), log.read_text().split(), seconds)


def tell(scripts: Mapping[str, Path], work: Path, bare: float) -> bool:
    """Print what a TAB starts, with *bare* the seconds of bare Python beside it, and answer whether it is nothing.

    *scripts* are the completion scripts by shell.
    """
    print("\nOne TAB")
    met = [_control(work)]
    for shell, script in scripts.items():
        if shutil.which(shell) is None:
            print(f"         {shell} is not installed")
            continue
        for what, line in LINES.items():
            once = press(shell, script, line, work)
            many = press(shell, script, line, work, TABS)
            text = f"{shell}, {what}: {len(once.offered)} offered, started: {', '.join(once.started) or 'nothing'}"
            text += f"; {many.seconds * 1e3:.2f} ms, {many.seconds / bare:.2f} x bare Python"
            met.append(say(bool(once.offered) and not once.started and not many.started, text))
    return all(met)


def _control(work: Path) -> bool:
    """A script that does start asta must be found out, or the answer above would mean nothing."""
    script = work / "control.bash"
    script.write_text("_control() { COMPREPLY=($(asta complete)); }\ncomplete -F _control asta\n")
    answer = press("bash", script, "asta comp", work)
    return say(answer.started == ["asta"], f"control, a script that asks asta: started: {', '.join(answer.started)}")
