from __future__ import annotations

import errno
import os
import stat
from email.message import EmailMessage
from pathlib import Path

import pytest

from asta_cli.core.ids import show_id
from asta_cli.core.model import MailKind
from asta_cli.mail.compose import compose
from asta_cli.mail.deliver import transport
from asta_cli.mail.model import SENT, Delivery, Outcome, UnsafeDirectory
from tests.mail.samples import SENDER, outgoing, token


def mail(id_: int = 42) -> EmailMessage:
    return compose(outgoing(MailKind.CONFIRM, id_=id_), sender=SENDER, token=token, confirm_url=None, gettext=str)


def put(path: Path, *messages: EmailMessage) -> list[Delivery]:
    with transport(f"dir://{path}") as way:
        return [way.deliver(message) for message in messages]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_new_directories_are_the_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        assert put(tmp_path / "state" / "mail", mail(1), mail(2)) == [SENT, SENT]
    finally:
        os.umask(old)
    assert mode(tmp_path / "state") == mode(tmp_path / "state" / "mail") == 0o700
    files = sorted((tmp_path / "state" / "mail").iterdir())
    assert [file.name for file in files] == [f"{show_id(1)}.eml", f"{show_id(2)}.eml"]
    assert [mode(file) for file in files] == [0o600, 0o600]


def test_a_file_can_be_searched_line_by_line(tmp_path: Path) -> None:
    put(tmp_path, mail())
    lines = (tmp_path / f"{show_id(42)}.eml").read_text().split("\n")
    assert [line for line in lines if line.startswith("asta confirm ")] == [f"asta confirm {'confirm7x11':z<48}"]


def test_a_repeat_replaces_the_file_with_the_same_bytes(tmp_path: Path) -> None:
    put(tmp_path, mail())
    file = tmp_path / f"{show_id(42)}.eml"
    first, number = file.read_bytes(), file.stat().st_ino
    assert put(tmp_path, mail()) == [SENT]
    assert (file.read_bytes(), len(list(tmp_path.iterdir()))) == (first, 1)
    assert file.stat().st_ino != number, "written anew and put in place, not over the old one"


def test_nothing_due_makes_nothing(tmp_path: Path) -> None:
    assert put(tmp_path / "mail") == []
    assert not (tmp_path / "mail").exists()


@pytest.mark.parametrize("rights", [0o770, 0o707, 0o1777])
def test_a_directory_that_others_can_write_to_is_refused(tmp_path: Path, rights: int) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail").chmod(rights)
    with pytest.raises(UnsafeDirectory):
        put(tmp_path / "mail", mail())
    assert mode(tmp_path / "mail") == rights & 0o7777
    assert list((tmp_path / "mail").iterdir()) == []


def test_a_link_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(UnsafeDirectory):
            put(tmp_path / name, mail())
    with pytest.raises(UnsafeDirectory):
        put(tmp_path / "file" / "below", mail())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_someone_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir(mode=0o700)
    os.chown(tmp_path / "mail", 12345, 12345)
    with pytest.raises(UnsafeDirectory):
        put(tmp_path / "mail", mail())


def test_a_link_in_the_place_of_a_mail_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir(mode=0o700)
    (tmp_path / "victim").write_text("keep")
    (tmp_path / "mail" / f"{show_id(42)}.eml").symlink_to(tmp_path / "victim")
    assert put(tmp_path / "mail", mail()) == [SENT]
    assert (tmp_path / "victim").read_text() == "keep"


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "disk_full"), (errno.EACCES, "directory_forbidden"), (errno.EIO, "directory_failed")],
)
def test_what_cannot_be_written_stays_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    assert put(tmp_path, mail()) == [Delivery(Outcome.TEMPORARY, reason, server=True)]
    assert list(tmp_path.iterdir()) == [], "no part of it is left"


def test_a_message_without_an_id_of_ours_never_becomes_a_path(tmp_path: Path) -> None:
    message = mail()
    message.replace_header("Message-ID", "<../evil@asta.ihk.example>")
    assert put(tmp_path, message) == [Delivery(Outcome.PERMANENT, "message_id")]
