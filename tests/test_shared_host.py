"""Attacks from a second user of a real machine: asta runs through sudo as its own user, set up as the guide says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import Result
from tests.support.host import DEPLOY, LAUNCHER, SUDO, Host, machine, missing

_MISSING = missing()
pytestmark = pytest.mark.skipif(bool(_MISSING), reason=_MISSING)

ADMIN, ERIKA = "admin@ihk.example", "erika@firma.example"
PASSWORD = "drei Gänse am Teich"
COMPANIES = "ident_number;name;email\n0001000;Muster GmbH;post@firma.example\n0002000;Andere GmbH;\n"


def settings(host: Host, mode: str = "signed-in") -> str:
    """The example configuration, with everything in the home of the system user, and mails in a directory."""
    home = host.home("asta")
    text = (DEPLOY / "config.toml").read_text()
    text = text.replace("/var/lib/asta/", f"{home}/").replace('"smtp://localhost"', f'"dir://{home}/mail"')
    return text.replace('mode = "signed-in"', f'mode = "{mode}"')


def token_in_mail(host: Host, email: str) -> str:
    host.asta("root", "mail", "send", "--once", code=0)
    mails = host.root_does("sh", "-c", f"cat $(grep -l '^To: {email}' {host.home('asta')}/mail/*)")
    return next(line.split()[-1] for line in mails.splitlines() if line.startswith("asta confirm "))


def join(host: Host, user: str, email: str) -> None:
    """A person of the machine registers, confirms and signs in."""
    host.asta(user, "register", email, "--name", "N", "--password-file", "-", stdin=PASSWORD, code=0)
    host.asta(user, "confirm", "-", stdin=token_in_mail(host, email), code=0)
    login(host, user, email)


def login(host: Host, user: str, email: str) -> None:
    host.asta(user, "login", email, "--password-file", "-", stdin=PASSWORD, code=0)


@pytest.fixture(scope="module")
def built() -> Iterator[Host]:
    """The walk of the guide: root sets the machine up, max is the first operator, erika comes from a company."""
    with machine() as host:
        host.configure(settings(host))
        host.asta("root", "db", "upgrade", code=0)
        host.asta("root", "operators", "add", ADMIN, "--bootstrap", code=0)
        join(host, "max", ADMIN)
        host.asta("max", "chambers", "add", "177", "--name", "IHK 177", code=0)
        host.asta("max", "import", "companies", "-", "--chamber", "177", stdin=COMPANIES, code=0)
        join(host, "erika", ERIKA)
        given = ("--company", "0001000", "--role", "administrator", "--reason", "letter")
        host.asta("max", "perms", "grant", ERIKA, *given, code=0)
        yield host


@pytest.fixture
def host(built: Host) -> Host:
    """The machine as it was built, both signed in."""
    built.root_does("chmod", "0700", built.home("asta"))
    built.configure(settings(built))
    for user, email in (("max", ADMIN), ("erika", ERIKA)):
        if built.asta(user, "whoami").code != 0:
            login(built, user, email)
    return built


def session(host: Host, user: str) -> Path:
    return host.home("asta") / ".local/state/asta/sessions" / str(host.uid(user))


def said(result: Result, code: str) -> bool:
    return f"asta: error[{code}]: " in result.err


def test_what_one_may_one_may(host: Host) -> None:
    found = host.asta("erika", "companies", "list", "--format", "json", code=0).json()
    assert [c["ident_number"] for c in found] == ["0001000"]
    rows = "email,company,role\nneu@firma.example,0001000,manager\n"
    host.asta("erika", "perms", "grant", "--from", "-", stdin=rows, code=0)
    logged = host.asta("max", "audit", "list", "--format", "json", code=0).json()
    assert {(e["principal"], e["on_behalf_of"]) for e in logged} >= {("erika", ERIKA), ("max", ADMIN)}
    assert host.asta("erika", "config", "path", code=0).out == "/etc/asta/config.toml\n"


def test_who_is_not_in_the_group_does_not_get_in(host: Host) -> None:
    assert host.asta("mallory", "companies", "list").code == 1


def test_settings_of_ones_own_count_for_nothing(host: Host) -> None:
    own = host.home("erika") / ".config/asta/config.toml"
    mine = f'database_url = "sqlite:///{host.home("erika")}/own.db"\naccess.mode = "trusted"\n'
    host.user_does("erika", "sh", "-c", f"mkdir -p {own.parent} && cat > {own}", stdin=mine)
    assert host.asta("erika", "whoami", "--format", "json", code=0).json()["operator"] is False
    for options in (["--config", own], ["--database", "sqlite:////tmp/own.db"]):
        assert said(host.asta("erika", *options, "whoami", code=78), "only_here")


@pytest.mark.skipif(not SUDO, reason="sudo is not installed")
def test_sudo_lets_no_variable_of_the_caller_in(host: Host) -> None:
    for given in ("ASTA_DATABASE_URL=sqlite:////tmp/x.db", "SUDO_UID=0", "PYTHONPATH=/tmp", "XDG_STATE_HOME=/tmp"):
        assert "not allowed to set" in host.asta("erika", "whoami", sudo=[given]).err
    evil = host.home("erika") / "evil"
    write = f'mkdir -p {evil} && echo \'open("{host.root}/home/erika/ran", "w")\' > {evil}/sitecustomize.py'
    host.user_does("erika", "sh", "-c", f"{write}; chmod 755 {host.home('erika')} {evil}")
    env = {"PYTHONPATH": str(evil), "ASTA_DATABASE_URL": "x", "SUDO_UID": "0", "ASTA_AS": ADMIN}
    who = host.asta("erika", "whoami", "--format", "json", env=env, cwd=evil, code=0).json()
    assert (who["email"], who["os_user"]) == (ERIKA, "erika")
    assert not (host.home("erika") / "ran").exists()


VARIABLES = ("ASTA_DATABASE_URL", "ASTA_CONFIG", "ASTA_AS", "ASTA_TOKEN_FILE", "asta_database_url", "ASTA_ACCESS__MODE")


@pytest.mark.parametrize("variable", VARIABLES)
def test_asta_would_refuse_them_itself(host: Host, variable: str) -> None:
    lax = ["setpriv", "--reuid=asta", "--regid=asta", "--init-groups", "--", "env", f"SUDO_UID={host.uid('erika')}"]
    done = host.inside(*lax, f"{variable}=x", LAUNCHER, "whoami")
    assert (done.returncode, "error[only_here]" in done.stderr) == (78, True)
    free = host.inside(*lax, "ASTA_LANG=de", "ASTA_CHAMBER=177", "XDG_STATE_HOME=/tmp", "PGHOST=x", LAUNCHER, "whoami")
    assert (free.returncode, ERIKA in free.stdout) == (0, True)


@pytest.mark.parametrize("user", ["erika", "mallory"])
def test_without_sudo_nobody_is_anybody(host: Host, user: str) -> None:
    forged = {"SUDO_UID": str(host.uid("max")), "SUDO_USER": "max"}
    refused = host.user_does(user, LAUNCHER, "whoami", env=forged)
    assert (refused.code, "/etc/asta/config.toml cannot be read" in refused.err) == (78, True)
    host.root_does("chmod", "0644", "/etc/asta/config.toml")  # and if it could be read
    refused = host.user_does(user, LAUNCHER, "whoami", env=forged)
    assert (refused.code, said(refused, "not_through_sudo")) == (77, True)
    host.root_does("chmod", "0750", "/etc/asta")
    host.root_does("chown", "root:asta", "/etc/asta")
    assert host.user_does(user, LAUNCHER, "whoami", env=forged).code == 78
    assert host.user_does(user, "cat", f"{host.home('asta')}/asta.db").code == 1


@pytest.mark.parametrize("variable", ["DOAS_USER", "PKEXEC_UID"])
def test_a_way_that_does_not_tell_who_called_is_none(host: Host, variable: str) -> None:
    become = ["setpriv", "--reuid=asta", "--regid=asta", "--init-groups", "--", "env", f"{variable}=1000"]
    done = host.inside(*become, LAUNCHER, "mail", "send", "--once")
    assert (done.returncode, "error[not_through_sudo]" in done.stderr) == (77, True)


def test_the_system_user_works_and_is_nobody(host: Host) -> None:
    become = ["setpriv", "--reuid=asta", "--regid=asta", "--init-groups", "--", LAUNCHER]
    assert host.inside(*become, "jobs", "work", "--once").returncode == 0
    for words in (["companies", "list"], ["db", "upgrade"], ["operators", "add", ERIKA, "--bootstrap"]):
        assert host.inside(*become, *words).returncode == 77
    done = host.inside(*become, "login", ADMIN, "--password-file", "-", stdin=PASSWORD)
    assert (done.returncode, "error[not_through_sudo]" in done.stderr) == (77, True)


def test_another_persons_session_is_worth_nothing(host: Host) -> None:
    mine, theirs = session(host, "erika"), session(host, "max")
    assert host.user_does("erika", "cat", theirs).code == 1
    host.root_does("cp", "-p", theirs, mine)  # even if they could
    assert said(host.asta("erika", "whoami", code=77), "session_ended")
    host.root_does("rm", mine)
    assert said(host.asta("erika", "whoami", code=77), "sign_in_required")


def test_links_among_the_sessions_are_not_followed(host: Host) -> None:
    mine, theirs = session(host, "erika"), session(host, "max")
    host.root_does("ln", "-sf", theirs, mine)
    assert said(host.asta("erika", "whoami", code=78), "session_exposed")
    login(host, "erika", ERIKA)  # takes the place of the link
    assert host.asta("max", "whoami", "--format", "json", code=0).json()["email"] == ADMIN
    directory = mine.parent
    host.root_does("chmod", "0777", directory)
    assert said(host.asta("erika", "whoami", code=78), "session_exposed")
    host.root_does("mv", directory, f"{directory}.aside")
    host.root_does("ln", "-s", f"{directory}.aside", directory)
    assert said(host.asta("erika", "login", ERIKA, "--password-file", "-", stdin=PASSWORD, code=78), "session_exposed")
    host.root_does("rm", directory)
    host.root_does("mv", f"{directory}.aside", directory)
    host.root_does("chmod", "0700", directory)


def test_no_file_is_opened_with_the_rights_of_asta(host: Host) -> None:
    secret, target = f"{host.home('asta')}/asta.db.key", host.home("asta") / "stolen"
    for words in (
        ["perms", "grant", "--from", secret],
        ["companies", "list", "--output", target],
        ["password", "set", ERIKA, "--password-file", secret],
        ["--token-file", secret, "whoami"],
        ["register", "--from", secret],
        ["login", ERIKA, "--password-file", secret],
    ):
        for lang in ("en", "de"):
            assert said(host.asta("erika", *words, env={"ASTA_LANG": lang}, code=77), "file_by_name"), words
    assert host.inside("test", "-e", target).returncode == 1


def test_standing_in_needs_the_right_to_it(host: Host) -> None:
    assert said(host.asta("erika", "--as", ADMIN, "whoami", code=77), "no_impersonation")
    assert said(host.asta("mallory", "--as", ADMIN, "whoami"), "no_impersonation") is False
    who = host.asta("max", "--as", ERIKA, "whoami", "--format", "json", code=0).json()
    assert (who["email"], who["stand_in"], who["os_user"]) == (ERIKA, ADMIN, "max")


def test_a_program_may_do_what_its_token_says_until_it_is_revoked(host: Host) -> None:
    made = ("tokens", "create", "report", "--for", "30d", "--verb", "companies list", "--format", "json")
    token = host.asta("erika", *made, code=0).json()["token"]
    host.asta("erika", "logout", code=0)
    by = ("--token-file", "-")
    host.asta("erika", *by, "companies", "list", stdin=token, code=0)
    assert said(host.asta("erika", *by, "perms", "list", stdin=token, code=77), "outside_token")
    assert said(host.asta("max", *by, "--as", ERIKA, "whoami", stdin=token, code=77), "no_impersonation")
    login(host, "erika", ERIKA)
    host.asta("erika", "tokens", "revoke", "report", code=0)
    assert said(host.asta("erika", *by, "companies", "list", stdin=token, code=77), "token_ended")


def test_a_timer_brings_its_token_in_a_file(host: Host) -> None:
    made = ("tokens", "create", "nightly", "--for", "30d", "--verb", "import companies", "--format", "json")
    token = host.asta("max", *made, code=0).json()["token"]
    file = f"{host.home('asta')}/nightly.token"
    host.root_does("sh", "-c", f"umask 077; cat > {file}; chown asta {file}", stdin=token)
    become = ["setpriv", "--reuid=asta", "--regid=asta", "--init-groups", "--", LAUNCHER]
    nightly = (*become, "--token-file", file, "import", "companies", "-", "--chamber", "177")
    assert host.inside(*nightly, stdin=COMPANIES).returncode == 0
    assert said(host.asta("erika", "--token-file", file, "import", "companies", "-", code=77), "file_by_name")


def test_what_belongs_to_the_machine_is_for_root_and_operators_of_all(host: Host) -> None:
    for words in (["db", "upgrade"], ["db", "info"], ["doctor"], ["config", "show"], ["mail", "send", "--once"]):
        assert host.asta("erika", *words, code=77).out == ""
        host.asta("max", *words, code=0)
        host.asta("root", *words, code=0)
    for words in (["config", "init"], ["demo"]):
        for user in ("erika", "max", "root"):
            assert said(host.asta(user, *words, code=77), "forbidden")
    assert said(host.asta("max", "operators", "add", ERIKA, "--bootstrap", code=77), "root_only")
    assert said(host.asta("root", "operators", "add", ERIKA, "--bootstrap", code=5), "operator_there")
    assert said(host.asta("root", "companies", "list", code=77), "sign_in_required")


def test_root_leaves_no_files_of_its_own(host: Host) -> None:
    host.asta("root", "db", "check", code=0)
    assert host.root_does("find", host.home("asta"), "-user", "root", "-newer", "/etc/asta/config.toml") == ""


def test_doctor_says_what_the_files_do_not_keep(host: Host) -> None:
    checks = host.asta("root", "doctor", "--format", "json", code=0).json()["checks"]
    assert [c["state"] for c in checks if c["check"] == "access"] == ["ok"]
    database = f"{host.home('asta')}/asta.db"
    for path, broken, whole in (("/etc/asta/config.toml", "0644", "0640"), ("/etc/asta", "0775", "0755")):
        host.root_does("chmod", broken, path)
        assert f"{path} (mode {broken}" in host.asta("root", "doctor", code=78).out
        host.root_does("chmod", whole, path)
    host.root_does("chmod", "0777", host.home("asta"))
    assert "is open to other users" in host.asta("root", "doctor", code=78).out
    host.root_does("chmod", "0700", host.home("asta"))
    assert database in host.asta("root", "doctor", code=0).out


@pytest.mark.parametrize("text", ['[access]\nmode = "signed_in"\n', "[access\n", "access = 3\n", "\xff"])
def test_a_mistake_in_the_file_opens_no_door(host: Host, text: str) -> None:
    host.configure(text)
    own = ("--config", "/dev/null", "--database", "sqlite:////tmp/own.db")
    assert host.asta("erika", *own, "companies", "list").code == 78


@pytest.mark.parametrize("setting", [f'as = "{ADMIN}"', 'token_file = "/x"'])
def test_nothing_makes_one_person_of_everybody(host: Host, setting: str) -> None:
    host.configure(f"{setting}\n{settings(host)}")
    assert host.asta("erika", "companies", "list").code == 78


def test_the_version_is_told_without_a_look_at_the_settings(host: Host) -> None:
    host.configure("[access\n")
    for words in (["--version"], ["--help"], ["perms", "grant", "--help"], ["completion", "bash"]):
        host.asta("mallory" if words == ["--version"] else "erika", *words, code=1 if words == ["--version"] else 0)
    assert host.user_does("mallory", LAUNCHER, "--version").code == 0


@pytest.mark.skipif(shutil.which("visudo") is None, reason="visudo is not installed")
def test_visudo_has_nothing_to_say() -> None:
    done = subprocess.run(["visudo", "-c", "-f", DEPLOY / "sudoers"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.dumps(done.stdout).count("parsed OK") == 1
