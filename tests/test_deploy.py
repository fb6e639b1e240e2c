"""What we ship for systemd and cron: systemd takes it, and its command lines do what they are there for."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import COMMAND, Asta
from tests.support.registers import Register

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir() if path.suffix in {".service", ".timer"})
HARDENED = [name for name in UNITS if name.endswith(".service") and "failed" not in name]
TARGETS = ("sysinit", "basic", "shutdown", "network-online", "timers")
PROGRAMS = ("opt/asta/bin/asta", "bin/sh", "bin/mkdir", "usr/sbin/sendmail")
CRON_LINE = re.compile(r"^(?:\S+ ){5}asta (.*)$", re.MULTILINE)

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The root of a machine on which asta is installed, as far as systemd looks."""
    root = tmp_path / "root"
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(DEPLOY / "systemd" / name, units)
    for target in TARGETS:
        (units / f"{target}.target").write_text("[Unit]\nDescription=of every machine\n")
    for program in PROGRAMS:
        (root / program).parent.mkdir(parents=True, exist_ok=True)
        (root / program).write_text("#!/bin/sh\n")
        (root / program).chmod(0o755)
    return root


def analyze(root: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *argv, f"--root={root}"], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )


def instance(name: str) -> str:
    return name.replace("@.", "@177.")


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_nothing_to_say_about_a_unit(machine: Path, name: str) -> None:
    done = analyze(machine, "verify", "--man=no", f"etc/systemd/system/{instance(name)}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
def test_systemd_would_say_so(machine: Path) -> None:
    unit = machine / "etc/systemd/system/asta-import@.service"
    unit.write_text(unit.read_text().replace("UMask=0077", "UMaks=0077"))
    assert "UMaks" in analyze(machine, "verify", "--man=no", f"etc/systemd/system/{instance(unit.name)}").stderr


@needs_systemd
@pytest.mark.parametrize("name", HARDENED)
def test_a_unit_can_do_little_harm(machine: Path, name: str) -> None:
    done = analyze(machine, "security", "--offline=true", "--threshold=15", instance(name))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@needs_systemd
def test_systemd_takes_the_drop_ins_for_signing_in(machine: Path) -> None:
    units = machine / "etc/systemd/system"
    for unit in ("asta-import@", "asta-jobs", "asta-mail"):
        directory = units / f"{unit}.service.d"
        directory.mkdir()
        shutil.copy(DEPLOY / "systemd" / "signed-in.conf", directory)
        if unit == "asta-import@":
            shutil.copy(DEPLOY / "systemd" / "signed-in-import.conf", directory / "token.conf")
        done = analyze(machine, "verify", "--man=no", f"etc/systemd/system/{instance(unit + '.service')}")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
def test_every_instance_can_fail_loudly(machine: Path) -> None:
    for name in HARDENED:
        text = (DEPLOY / "systemd" / name).read_text()
        assert "OnFailure=asta-failed@%n.service" in text
        assert "LoadCredential=secret.key:" in text


def exec_start(name: str) -> list[str]:
    """The command line of a unit as systemd runs it for chamber 177."""
    (line,) = re.findall(r"^ExecStart=(.*)$", (DEPLOY / "systemd" / name).read_text(), re.MULTILINE)
    return [word.replace("%%", "%").replace("%i", "177").replace("$$", "$") for word in shlex.split(line)]


def cron_lines() -> list[str]:
    """The command lines of the example as cron gives them to the shell."""
    found = CRON_LINE.findall((DEPLOY / "cron" / "asta").read_text())
    for line in found:
        assert not re.search(r"(?<!\\)%", line), "cron would end the command here"
    return [line.replace(r"\%", "%") for line in found]


class Night:
    """Runs a shipped command line as the service or cron does: hardly any environment, no terminal."""

    def __init__(self, asta: Asta, files: Register, tmp_path: Path) -> None:
        self.asta, self.files, self.logs = asta, files, tmp_path / "logs"

    def __call__(self, line: str) -> subprocess.CompletedProcess[str]:
        line = line.replace("/srv/asta/register/177", str(self.files.directory)).replace(
            "/var/log/asta", str(self.logs)
        )
        bare = {
            "HOME": str(self.asta.home),
            "LOGNAME": "asta",
            "SHELL": "/bin/sh",
            "PATH": f"{COMMAND.parent}:/usr/local/bin:/usr/bin:/bin",
            "ASTA_REGISTER": str(self.files.directory),
        }
        return subprocess.run(
            ["/bin/sh", "-c", line],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=bare,
            timeout=120,
            check=False,
        )


@pytest.fixture
def night(asta: Asta, register: Callable[..., Register], tmp_path: Path) -> Night:
    (asta.home / ".local").mkdir()
    made = Night(asta, register(companies=3), tmp_path)
    assert made("asta chambers add 177 --name 'IHK Musterstadt'").returncode == 0
    return made


def shipped(how: str) -> str:
    if how == "cron":
        return cron_lines()[0]
    shell, option, line = exec_start("asta-import@.service")
    assert (shell, option) == ("/bin/sh", "-c")
    return f"mkdir -p /var/log/asta/177 && {line}"


@pytest.mark.parametrize("how", ["cron", "systemd"])
def test_a_good_night_is_silent_and_leaves_its_changes(night: Night, how: str) -> None:
    done = night(shipped(how))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (changes,) = (night.logs / "177").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-changes\.csv", changes.name)
    assert changes.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("how", ["cron", "systemd"])
def test_one_nameless_row_does_not_stop_the_night(night: Night, how: str) -> None:
    with night.files.path("trainees").open("a", encoding="utf-8") as file:
        width = night.files.path("trainees").read_text(encoding="utf-8").splitlines()[0].count(";")
        file.write("T-9" + ";" * width + "\r\n")
    line = shipped(how)
    done = night(line.replace("1%", "10%"))  # the register of the test is small
    assert done.returncode == 3
    assert done.stdout == ""
    assert 0 < len(done.stderr.splitlines()) <= 24
    rejected = next(path for path in (night.logs / "177").iterdir() if path.name.endswith("-rejects"))
    assert [path.name for path in rejected.iterdir()] == ["trainees.csv"]
    found = night("asta trainees list --all --format count")
    assert int(found.stdout) == len(night.files.trainees)


def test_the_other_lines_of_cron_are_silent_where_nothing_is_due(night: Night) -> None:
    others = cron_lines()[1:]
    assert len(others) == 3
    night.logs.mkdir()
    for line in others:
        done = night(line)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), line


@pytest.mark.parametrize("name", ["asta-jobs.service", "asta-mail.service"])
def test_the_workers_are_commands_there_are(night: Night, name: str) -> None:
    command, *words = exec_start(name)
    assert command == "/opt/asta/bin/asta"
    done = night(shlex.join(["asta", *words, "--once"]))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_mail_of_a_failure_says_what_failed(tmp_path: Path) -> None:
    shell, option, line = exec_start("asta-failed@.service")
    mailbox, tools = tmp_path / "mail", tmp_path / "bin"
    tools.mkdir()
    (tools / "journalctl").write_text('#!/bin/sh\necho "asked for $*"\n')
    (tools / "sendmail").write_text(f'#!/bin/sh\ntest "$*" = -t && cat > {mailbox}\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    line = line.replace("/usr/sbin/sendmail", str(tools / "sendmail")).replace("%H", "host7")
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "MAILTO": "root",
        "MONITOR_EXIT_STATUS": "4",
        "MONITOR_INVOCATION_ID": "ab12",
    }
    subprocess.run([shell, option, line], env=environment, check=True, timeout=60)
    head, _, body = mailbox.read_text().partition("\n\n")
    assert head.splitlines()[:2] == ["To: root", "Subject: 177 failed on host7 (4)"]
    assert "_SYSTEMD_INVOCATION_ID=ab12" in body
