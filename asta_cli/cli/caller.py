"""The user of the machine who called, also behind sudo; and becoming the user as which asta runs for everybody.

sudo sets SUDO_UID itself, whatever its caller's environment says, so it can be believed by a process that sudo started
as the system user: nobody else has a way to become that user. A process that runs as anybody else is turned away.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.settings import paths, system
from asta_cli.settings.errors import NoSystemUser

# What a command may take from its caller. All else could be a setting: of the database driver, of Python, of TLS.
KEPT = frozenset({"TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "LANG", "LANGUAGE", "TZ", "PATH"}) | system.FREE
OTHER_WAYS = ("DOAS_USER", "PKEXEC_UID")


class NotThroughSudo(AstaError):
    """Where people sign in, asta runs as a user of its own."""

    code = "not_through_sudo"
    status = Status.FORBIDDEN
    message = N_("people run asta on this machine as the user {user}")
    hint = N_("sudo -u {user} asta ...")


class OtherWay(NotThroughSudo):
    """A program like sudo that does not say who called in a way asta can rely on."""

    message = N_("asta cannot tell who called: {variable} is set")
    hint = N_("only sudo is supported: sudo -u {user} asta ...")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called: the ``administrator``, root of this machine; the ``system`` user itself, by a timer; others.

    ``through_sudo``: it is somebody else, and not root.
    """

    uid: int
    name: str
    administrator: bool = False
    system: bool = False
    through_sudo: bool = False


def caller() -> Caller:
    """Who called where everybody runs asta as themselves.

    What sudo says is a courtesy there: whoever can open the database could do anything with it.
    """
    import getpass

    uid = os.getuid()
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        name = f"uid:{uid}"
    return Caller(uid, name, administrator=uid == 0 and os.environ.get("SUDO_UID", "0") == "0")


def enter(environ: MutableMapping[str, str]) -> Caller:
    """Become the system user, in its own home, with nothing in *environ* that could be a setting; return who called.

    Raises NotThroughSudo, OtherWay, NoSystemUser.
    """
    name = system.system_user()
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise NoSystemUser(where=paths.SYSTEM_FILE, name=name) from None
    for variable in OTHER_WAYS:
        if variable in environ:
            raise OtherWay(variable=variable, user=name)
    found = _called(environ, user)
    if os.geteuid() != user.pw_uid:
        os.initgroups(name, user.pw_gid)
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    os.umask(0o077)
    _strip(environ, user.pw_dir)
    return found


def _called(environ: Mapping[str, str], user: pwd.struct_passwd) -> Caller:
    """Who is behind this process. Raises NotThroughSudo."""
    real, effective = os.getuid(), os.geteuid()
    if real != effective or effective not in (0, user.pw_uid):
        raise NotThroughSudo(user=user.pw_name)
    said = environ.get("SUDO_UID")
    if said is None:
        return Caller(real, _name(real), administrator=real == 0, system=real != 0)
    if not (said.isascii() and said.isdigit()):
        raise NotThroughSudo(user=user.pw_name)
    return Caller(int(said), _name(int(said)), administrator=int(said) == 0, through_sudo=int(said) != 0)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return f"uid:{uid}"


def _strip(environ: MutableMapping[str, str], home: str) -> None:
    for variable in list(environ):
        if variable not in KEPT and not variable.startswith("LC_"):
            del environ[variable]
    environ["HOME"] = home
