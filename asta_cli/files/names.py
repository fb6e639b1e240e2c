"""Which file of a snapshot holds what: told by the name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from asta_cli.core.errors import N_
from asta_cli.files.base import Notice
from asta_cli.files.errors import DoubledFile, FileMissing, NoAccess, NoFiles, UnknownFile, Unreadable

KINDS = ("companies", "trainers", "trainees", "azubi-accounts")
_SUFFIXES = (".csv", ".jsonl", ".xlsx")
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The file of each kind that has one, in the order of the kinds, and what the user should know."""

    files: dict[str, str]
    notices: tuple[Notice, ...] = ()


def snapshot_files(names: Sequence[str], kinds: Sequence[str] = KINDS) -> Snapshot:
    """The files that *names* (one directory, or files) stand for. A kind without file is absent.

    In a directory other files are ignored with one notice. Raises ``UnknownFile``, ``DoubledFile`` or ``NoFiles``.
    """
    if len(names) == 1 and os.path.isdir(names[0]):
        return _from_directory(names[0], kinds)
    found: dict[str, list[str]] = {}
    for name in names:
        kind = _kind_of(name, kinds)
        if not kind:
            raise UnknownFile(file=name, possible=_possible(kinds))
        found.setdefault(kind, []).append(name)
    return Snapshot(_only_one_each(found, kinds))


def _from_directory(directory: str, kinds: Sequence[str]) -> Snapshot:
    found: dict[str, list[str]] = {}
    others = []
    for name in _listing(directory):
        kind = _kind_of(name, kinds)
        if kind:
            found.setdefault(kind, []).append(os.path.join(directory, name))
        elif not name.startswith("."):
            others.append(name)
    if not found:
        raise NoFiles(file=directory, possible=_possible(kinds))
    return Snapshot(_only_one_each(found, kinds), (_ignored(directory, others),) if others else ())


def _listing(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))
    except FileNotFoundError:
        raise FileMissing(file=directory) from None
    except PermissionError:
        raise NoAccess(file=directory) from None
    except OSError as error:
        raise Unreadable(file=directory, reason=error.strerror or str(error)) from None


def _ignored(directory: str, names: list[str]) -> Notice:
    message = N_("{file}: other files in it are ignored: {names}")
    shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    return Notice("ignored_files", message, {"file": directory, "names": shown})


def _kind_of(name: str, kinds: Sequence[str]) -> str:
    stem, suffix = os.path.splitext(os.path.basename(name).lower())
    return stem if stem in kinds and suffix in _SUFFIXES else ""


def _only_one_each(found: dict[str, list[str]], kinds: Sequence[str]) -> dict[str, str]:
    for kind in kinds:
        if len(found.get(kind, ())) > 1:
            raise DoubledFile(files=", ".join(found[kind]), kind=kind)
    return {kind: found[kind][0] for kind in kinds if kind in found}


def _possible(kinds: Sequence[str]) -> str:
    return ", ".join(kind + suffix for kind in kinds for suffix in _SUFFIXES)
