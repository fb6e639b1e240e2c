"""Several commands at the same moment, each in a process of its own that has nothing left to do but the command.

``race(asta, [Runner(("confirm", token)), ...])`` loads everything once, forks, and lets all go through one gate.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tests.support.cli import TIMEOUT, Asta, Result, judged


@dataclass(frozen=True, slots=True)
class Runner:
    """One command: its words, what it reads, and as whom it asks."""

    argv: tuple[object, ...]
    stdin: str = ""
    as_: str | None = None


def race(asta: Asta, runners: Sequence[Runner]) -> list[Result]:
    """What the commands answered, in the order of *runners*. A bug in any of them fails the test."""
    asked = [{**asdict(r), "argv": asta.arguments(r.argv, r.as_)[1:]} for r in runners]
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.race"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env={**asta.environment(), "PYTHONPATH": os.getcwd()},
        timeout=TIMEOUT,
        check=True,
    )
    results = [Result(**answer) for answer in json.loads(done.stdout)]
    return [judged(runner.argv, result, None) for runner, result in zip(runners, results, strict=True)]


def _main() -> None:
    import tempfile

    load_everything()
    gate, opener = os.pipe()
    started = []
    for asked in json.load(sys.stdin):
        files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - they outlive the loop
        files[0].write(asked["stdin"].encode())
        files[0].seek(0)
        pid = os.fork()
        if pid == 0:
            os.close(opener)
            _run(asked["argv"], [f.fileno() for f in files], gate)
        started.append((pid, files))
    os.close(opener)  # everyone is released at once
    answers = []
    for pid, (_in, out, err) in started:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        for file in (out, err):
            file.seek(0)
        answers.append({"code": code, "out": out.read().decode(), "err": err.read().decode()})
    json.dump(answers, sys.stdout)


def load_everything() -> None:
    """Everything that a command would import, so that only its work remains."""
    import importlib
    import pkgutil

    import asta_cli

    for module in pkgutil.walk_packages(asta_cli.__path__, "asta_cli."):
        if not module.name.endswith(("__main__", ".env")) and ".migrations." not in module.name:
            importlib.import_module(module.name)
    for name in ("argon2", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite"):
        importlib.import_module(name)


def _run(argv: list[str], files: list[int], gate: int) -> None:
    from asta_cli.main import main

    for wanted, have in enumerate(files):
        os.dup2(have, wanted)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8")
    os.read(gate, 1)
    status = main(argv)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _main()
