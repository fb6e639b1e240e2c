"""The secret key: whose bytes they are, where they lie, and the keys made from it for each purpose.

It is not in the database, so a stolen database alone opens no letter, link or session.
"""

from __future__ import annotations

import os
import secrets
import stat
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from asta_cli.core.errors import N_
from asta_cli.store import sqlite
from asta_cli.store.errors import DatabaseConfig

if TYPE_CHECKING:
    from asta_cli.store.db import Store, Tx

SHORTEST = 32
_LONGEST = 64 * 1024
_META_KEY = "secret_key"


class KeyMissing(DatabaseConfig):
    """There is no key file and none may be made: a server's database is shared, or this one had a key before."""

    code = "key_missing"
    message = N_("the secret key of the database is missing ({path})")
    hint = N_("name its file in ASTA_SECRET_KEY_FILE, or put the file back from where you keep a copy")


class KeyUnset(KeyMissing):
    """PostgreSQL and no setting."""

    message = N_("a database on a server needs a secret key, and none is set")
    hint = N_("make one (head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE) and set ASTA_SECRET_KEY_FILE=FILE")


class KeyUnusable(DatabaseConfig):
    """Too short, too long, or not a file."""

    code = "key_unusable"
    message = N_("{path} is no secret key: a file of {shortest} to {longest} bytes is needed")
    hint = N_("check ASTA_SECRET_KEY_FILE")


class KeyExposed(DatabaseConfig):
    """Others may read or change it."""

    code = "key_exposed"
    message = N_("the secret key {path} is open to other users")
    hint = N_("it must belong to you or to root: chown, chmod 600 (or 640 for a group of its own)")


class WrongKey(DatabaseConfig):
    """The database was begun with another key. Codes, links and sessions made with that one would all fail."""

    code = "wrong_key"
    message = N_("the secret key {path} is not the one of this database")
    hint = N_("name the right file in ASTA_SECRET_KEY_FILE")


class Keys:
    """The secret key, ready for use. Its value is in no representation of it.

    ``id``: four bytes that go with each MAC to say which key made it. ``fingerprint``: what the database keeps of it.
    """

    def __init__(self, secret: bytes) -> None:
        # BLAKE2b takes keys of up to 64 bytes; the secret may have any length.
        self._root = blake2b(secret, person=b"asta root").digest()
        self.id = self._derive(b"asta key id", 4)
        self.fingerprint = self._derive(b"asta fingerprint", 16).hex()

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for *purpose* (at most 16 bytes of UTF-8), unrelated to those for any other. Raises ValueError."""
        person = purpose.encode()
        if not 0 < len(person) <= blake2b.PERSON_SIZE or person.startswith(b"asta "):
            raise ValueError("purpose")
        return self._derive(person, 32)

    def _derive(self, person: bytes, size: int) -> bytes:
        return blake2b(key=self._root, person=person, digest_size=size).digest()


def open_keys(store: Store, key_file: Path | None) -> Keys:
    """The key of *store*'s database, from *key_file* or, for SQLite, from beside the database, made there on first use.

    The first key that a database meets is its key for ever. Raises KeyMissing, KeyUnusable, KeyExposed, WrongKey.
    """
    with store.read() as tx:
        known = _fingerprint(tx)
    path = key_file or _beside(store)
    if key_file is None and known is None:
        _make(path)
    keys = Keys(read_key(path))
    if known is None:
        known = store.retrying(lambda: _bind(store, keys))
    if known != keys.fingerprint:
        raise WrongKey(path=str(path))
    return keys


def ready(store: Store, key_file: Path | None) -> None:
    """Make sure of the key before a database is begun with it. Raises KeyMissing, KeyUnusable, KeyExposed."""
    if key_file is not None:
        read_key(key_file)
    elif store.path is None:
        raise KeyUnset()


def read_key(path: Path) -> bytes:
    """The key in *path*, without a final newline. Links are followed: that is how containers mount secrets."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyMissing(path=str(path)) from None
    except OSError as error:
        raise sqlite.file_error(path, error) from None
    try:
        _check_file(path, os.fstat(handle))
        secret = os.read(handle, _LONGEST + 2)
    finally:
        os.close(handle)
    stripped = secret.removesuffix(b"\n")
    if not SHORTEST <= len(stripped) <= _LONGEST:
        raise _unusable(path)
    return stripped


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _unusable(path)
    if found.st_uid not in (os.geteuid(), 0) or found.st_mode & 0o037:
        raise KeyExposed(path=str(path))


def _unusable(path: Path) -> KeyUnusable:
    return KeyUnusable(path=str(path), shortest=SHORTEST, longest=_LONGEST)


def _beside(store: Store) -> Path:
    if store.path is None:
        raise KeyUnset()
    return Path(f"{store.path}.key")


def _make(path: Path) -> None:
    """A new key, whole or not at all. Of several at once the first wins, and all read the winner's."""
    if os.path.lexists(path):
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_durably(draft, f"{secrets.token_hex(SHORTEST)}\n".encode())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        finally:
            os.unlink(draft)
        _sync_directory(path.parent)
    except OSError as error:
        raise sqlite.file_error(path, error) from None


def _write_durably(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fingerprint(tx: Tx) -> str | None:
    sql = f"SELECT value FROM meta WHERE key = {tx.placeholder}"  # noqa: S608 - a question mark or a %s
    found: str | None = tx.driver(sql, (_META_KEY,)).scalar_one_or_none()
    return found


def _bind(store: Store, keys: Keys) -> str:
    """Write the fingerprint unless another process was first; the one that counts."""
    with store.write() as tx:
        known = _fingerprint(tx)
        if known is None:
            tx.insert("meta", {"key": _META_KEY, "value": keys.fingerprint})
    return known or keys.fingerprint
