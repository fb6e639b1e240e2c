"""The walk through the demonstration: from a letter in the post to permissions for a whole company.

Every step is a real command, run as anybody would run it: in a process of its own, with nothing but its arguments.
"""

from __future__ import annotations

import csv
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.demo.people import HEAD_OFFICE, Register, write_register

PERSON = "ausbildungsleitung@groessler.example"
Tell = Callable[..., None]


class StepFailed(AstaError):
    """A command of the demonstration did not do what it should."""

    code = "demo_failed"
    status = Status.BUG
    message = N_("the demonstration stopped: {command} ended with {status}")
    hint = N_("its files lie in {directory}")


@dataclass(slots=True)
class Walk:
    """The demonstration in *home*, a private directory. *tell* prints a text (a message id with its fields)."""

    home: Path
    tell: Tell
    lang: str
    today: date
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ASTA_", "XDG_"))}
        self.environment = kept | self.settings()

    def settings(self) -> dict[str, str]:
        """What a shell must export to go on playing with this chamber."""
        names = {"XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
        return {name: str(self.home / place) for name, place in names.items()} | {"ASTA_LANG": self.lang}

    def run(self, *argv: str, expect: int = 0) -> None:
        """Show a command and run it; it prints what it prints. Raises StepFailed unless it ends with *expect*."""
        self.tell("$ {command}", command=self.shown(argv))
        command = [sys.executable, "-m", "asta_cli", *argv]
        status = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603
        if status != expect:
            raise StepFailed(command=self.shown(argv), status=status, directory=str(self.home))

    def shown(self, argv: tuple[str, ...]) -> str:
        """The command as one would type it in the directory of the demonstration."""
        return shlex.join(("asta", *(a.removeprefix(f"{self.home}/") for a in argv)))

    def secret(self, name: str, value: str) -> str:
        """A file that only we can read, for what must not stand on a command line."""
        path = self.home / name
        path.touch(mode=0o600)
        path.write_text(value + "\n", encoding="utf-8")
        return str(path)


def new_home() -> Path:
    """A fresh directory of our own (mode 0700)."""
    return Path(tempfile.mkdtemp(prefix="asta-demo-"))


def walk(steps: Walk) -> None:
    """Go from the letter to the audit log. Raises StepFailed."""
    register = write_register(steps.home / "register", steps.today)
    _chamber(steps, register)
    _company(steps)
    _look(steps, register)
    _permissions(steps, register)
    _proof(steps)


def _chamber(steps: Walk, register: Register) -> None:
    steps.tell(N_("The chamber takes over its training register and posts a letter."))
    steps.run("chambers", "add", "177", "--name", "IHK Beispielstadt", "--email", "ausbildung@ihk.example")
    steps.run("import", "snapshot", str(register.directory))
    steps.run("import", "snapshot", str(register.directory))
    steps.run("letters", "issue", "--company", HEAD_OFFICE, "--csv", str(steps.home / "letters.csv"))


def _company(steps: Walk) -> None:
    steps.tell(N_("A person of the company registers, confirms the address and activates the company."))
    password = steps.secret("password.txt", " ".join(secrets.token_hex(3) for _ in range(4)))
    steps.run("register", PERSON, "--name", "Greta Größler", "--chamber", "177", "--password-file", password)
    steps.run("mail", "send", "--once")
    steps.run("confirm", _mailed_token(steps.home))
    steps.run("login", PERSON, "--password-file", password)
    code = steps.secret("code.txt", _letter_code(steps.home / "letters.csv"))
    steps.run("--as", PERSON, "activate", HEAD_OFFICE, "--code-file", code)
    steps.run("--as", PERSON, "companies", "list")
    steps.run("jobs", "work", "--once")


def _look(steps: Walk, register: Register) -> None:
    steps.tell(N_("The company looks at its people; whoever has no account cannot be registered for the exam."))
    steps.run("exam-periods", "set", register.summer, "--deadline", register.deadline)
    steps.run("--as", PERSON, "companies", "administrable")
    steps.run("--as", PERSON, "trainers", "list", "--limit", "5")
    steps.run("--as", PERSON, "trainees", "list", "--missing-account", "--limit", "10")
    steps.run("services", "set-state", "exam-registration", "available")
    steps.run("--as", PERSON, "services", "activate", "exam-registration", "--company", HEAD_OFFICE)


def _permissions(steps: Walk, register: Register) -> None:
    steps.tell(N_("It hands out permissions, first as a trial, then for good, and takes one back."))
    steps.run("--as", PERSON, "perms", "grant", "--from", str(register.grants), "--dry-run")
    steps.run("--as", PERSON, "perms", "grant", "--from", str(register.grants))
    steps.run("--as", PERSON, "perms", "grant", "--from", str(register.grants))
    steps.run("--as", PERSON, "perms", "who", "0004714")
    invited = f"personal.1@betrieb-{HEAD_OFFICE[:-1]}2.example"
    steps.run("--as", PERSON, "perms", "revoke", invited, "--company", "0004712")
    steps.run("perms", "check", invited, "trainees.view", "0004712", expect=1)
    steps.run("--as", PERSON, "perms", "revoke", PERSON, "--company", HEAD_OFFICE, expect=5)


def _proof(steps: Walk) -> None:
    steps.tell(N_("Everything is in the log, and the log shows that nobody has touched it."))
    steps.run("audit", "list", "--limit", "8", "--sort", "-seq")
    steps.run("audit", "verify")


def _mailed_token(home: Path) -> str:
    for path in sorted((home / "state").rglob("*.eml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("asta confirm "):
                return line.split()[-1]
    raise StepFailed(command="mail send", status=0, directory=str(home))


def _letter_code(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["code"]
