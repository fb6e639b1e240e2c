"""A machine of its own with several users, on which asta runs through sudo: /etc is a copy that nobody else sees.

Everything happens in a mount namespace, so the real /etc, its users and its sudoers stay as they are. It takes root and
unshare. Where sudo is not installed, what it does for asta is done in its place; tests of sudo itself need it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asta_cli
from tests.support.cli import Result, judged

DEPLOY = Path(__file__).parents[2] / "deploy" / "sudo"
TOOLS = ("unshare", "nsenter", "mount", "setpriv", "useradd", "groupadd")
SUDO = shutil.which("sudo") is not None
LET_IN = ("ASTA_LANG", "ASTA_CHAMBER", "NO_COLOR", "COLUMNS", "LINES", "LANG")
"""What ``deploy/sudo/sudoers`` lets in."""
LAUNCHER = "/usr/local/lib/asta/launcher"
PEOPLE = ("erika", "max", "mallory")
"""Users of the machine; the last one is not in the group that may run asta."""
NEEDED = [sys.base_prefix, sys.prefix, str(Path(asta_cli.__file__).parents[1])]


def missing() -> str:
    """Why there can be no such machine here; "" if there can."""
    if os.geteuid() != 0:
        return "only root can make users and a namespace"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "namespaces are not allowed here"


@dataclass(frozen=True)
class Host:
    """The machine. *root* is a directory that all its users can reach, *pid* a process inside."""

    root: Path
    pid: int

    def inside(
        self, *argv: object, stdin: str = "", env: Mapping[str, str] | None = None, cwd: object = "/"
    ) -> subprocess.CompletedProcess[str]:
        """Run *argv* as root."""
        enter = ["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", f"--wd={cwd}"]
        return subprocess.run(
            [*enter, "--", *map(str, argv)],
            input=stdin,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})},
            timeout=120,
            check=False,
        )

    def root_does(self, *argv: object, stdin: str = "") -> str:
        """Run *argv* as root; it must succeed."""
        done = self.inside(*argv, stdin=stdin)
        assert done.returncode == 0, (argv, done.stdout, done.stderr)
        return done.stdout

    def user_does(
        self, user: str, *argv: object, stdin: str = "", env: Mapping[str, str] | None = None, cwd: object = "/"
    ) -> Result:
        """Run *argv* as *user*, with nothing in the environment but *env*."""
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        home = {"HOME": str(self.home(user)), "USER": user, "LOGNAME": user}
        done = self.inside(*become, "--", *argv, stdin=stdin, env={**home, **(env or {})}, cwd=cwd)
        return Result(done.returncode, done.stdout, done.stderr)

    def asta(
        self,
        user: str,
        *argv: object,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        code: int | None = None,
        cwd: object = "/",
        sudo: Sequence[str] = (),
    ) -> Result:
        """Run asta as *user* does: through sudo, with further options for *sudo*; root runs it as itself."""
        if user == "root":
            done = self.inside(LAUNCHER, *argv, stdin=stdin, env=env, cwd=cwd)
            result = Result(done.returncode, done.stdout, done.stderr)
        elif not SUDO:
            result = self._instead_of_sudo(user, argv, stdin, env or {}, cwd)
        else:
            how = ["sudo", "-n", "-u", "asta", *sudo, LAUNCHER]
            result = self.user_does(user, *how, *argv, stdin=stdin, env=env, cwd=cwd)
        return judged(argv, result, code)

    def _instead_of_sudo(
        self, user: str, argv: Sequence[object], stdin: str, env: Mapping[str, str], cwd: object
    ) -> Result:
        """As sudo would run it: as the user asta, told who called, with hardly any of the caller's environment."""
        if user == PEOPLE[-1]:
            return Result(1, "", "sudo: a password is required")
        kept = [f"{name}={value}" for name, value in env.items() if name in LET_IN]
        told = [f"SUDO_UID={self.uid(user)}", f"SUDO_USER={user}", f"PATH={os.environ['PATH']}", *kept]
        become = ["setpriv", "--reuid=asta", "--regid=asta", "--init-groups", "--", "env", "-i", *told]
        done = self.inside(*become, LAUNCHER, *argv, stdin=stdin, cwd=cwd)
        return Result(done.returncode, done.stdout, done.stderr)

    def home(self, user: str) -> Path:
        """The home of a user of the machine."""
        return self.root / "home" / user

    def uid(self, user: str) -> int:
        """The number of a user."""
        return int(self.root_does("id", "-u", user))

    def configure(self, text: str) -> None:
        """Write the machine's configuration, as its administrator should."""
        self.root_does("install", "-d", "-m", "0755", "/etc/asta")
        self.root_does("sh", "-c", "cat > /etc/asta/config.toml", stdin=text)
        self.root_does("chown", "root:asta", "/etc/asta/config.toml")
        self.root_does("chmod", "0640", "/etc/asta/config.toml")


@contextmanager
def machine() -> Iterator[Host]:
    """A machine with its users, asta installed for sudo as ``deploy/sudo`` has it, not configured yet."""
    root = Path(tempfile.mkdtemp(prefix="asta-host-"))
    root.chmod(0o755)
    keeper = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", "echo ready; exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "ready\n"
        host = Host(root, keeper.pid)
        _private_etc(host)
        _reachable(host)
        _users(host)
        _installed(host)
        yield host
    finally:
        if keeper.stdin is not None:
            keeper.stdin.close()
        keeper.wait(30)
        if keeper.stdout is not None:
            keeper.stdout.close()
        shutil.rmtree(root)


def _private_etc(host: Host) -> None:
    host.root_does("cp", "-a", "/etc", host.root / "etc")
    host.root_does("mount", "--bind", host.root / "etc", "/etc")
    host.root_does("rm", "-rf", "/etc/asta")
    name = os.uname().nodename
    host.root_does("sh", "-c", f"echo '127.0.0.1 localhost {name}' > /etc/hosts")


def _reachable(host: Host) -> None:
    """Let all users reach Python and asta, also where they lie in a home that is closed: only they are seen in it."""
    closed = sorted({_closed(Path(path)) for path in NEEDED} - {None}, key=str)
    for number, directory in enumerate(closed):
        assert directory is not None
        aside = host.root / f"aside{number}"
        host.root_does("install", "-d", "-m", "0700", aside)
        host.root_does("mount", "--bind", directory, aside)
        host.root_does("mount", "-t", "tmpfs", "-o", "mode=755", "none", directory)
        for path in {Path(p) for p in NEEDED if Path(p).is_relative_to(directory)}:
            host.root_does("mkdir", "-p", path)
            host.root_does("mount", "--bind", aside / path.relative_to(directory), path)


def _closed(path: Path) -> Path | None:
    """The highest directory on the way to *path* through which others cannot go."""
    return next((p for p in reversed([path, *path.parents]) if not p.stat().st_mode & 0o001), None)


def _users(host: Host) -> None:
    homes = host.root / "home"
    host.root_does("install", "-d", "-m", "0755", homes)
    host.root_does("groupadd", "asta-users")
    host.root_does("useradd", "-r", "-U", "-m", "-d", homes / "asta", "-s", "/usr/sbin/nologin", "asta")
    for user in PEOPLE:
        groups = [] if user == PEOPLE[-1] else ["-G", "asta-users"]
        host.root_does("useradd", "-U", "-m", "-d", homes / user, "-s", "/bin/sh", *groups, user)
    for user in ("asta", *PEOPLE):
        host.root_does("chmod", "0700", homes / user)


def _installed(host: Host) -> None:
    """What the guide has the administrator copy; in the launcher stands the interpreter of these tests."""
    host.root_does("install", "-d", "-m", "0755", host.root / "lib")
    host.root_does("cp", "-a", "/usr/local/lib/.", host.root / "lib")
    host.root_does("mount", "--bind", host.root / "lib", "/usr/local/lib")
    host.root_does("install", "-d", "-m", "0755", "/usr/local/lib/asta")
    text = (DEPLOY / "launcher").read_text().replace("/opt/asta/bin/python", sys.executable)
    host.root_does("sh", "-c", f"cat > {LAUNCHER}", stdin=text)
    host.root_does("chmod", "0755", LAUNCHER)
    if SUDO:
        host.root_does("install", "-m", "0440", DEPLOY / "sudoers", "/etc/sudoers.d/asta")
