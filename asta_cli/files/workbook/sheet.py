"""Workbooks: the program that reads them, started under limits, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO, NoReturn, cast

from asta_cli.files import errors
from asta_cli.files.raw import BUFFER, CHUNK, RawFile
from asta_cli.files.survey import OLD_WORKBOOK, UTF8, WORKBOOK, Survey

_PROGRAM = "asta_cli.files.workbook.program"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TOLD = 1 << 16


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a column of a sheet holds, in digits: the longest text with a leading zero, the shortest and longest number.

    0 where there is none.
    """

    padded: int = 0
    shortest: int = 0
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as lines (see ``lines``) in an unnamed temporary file, and the numbers of its columns."""

    lines: BinaryIO
    numbers: tuple[Numbers, ...]


def survey(raw: RawFile) -> Survey:
    """The checksum of a workbook. Raises ``NotWorkbook``, ``OtherWorkbook``, ``LockedWorkbook`` or ``Unreadable``."""
    checksum, tail, locked = sha256(), b"", False
    with raw.reading() as file:
        file.seek(0)
        head = file.read(len(OLD_WORKBOOK))
        file.seek(0)
        old = head == OLD_WORKBOOK
        while chunk := file.read(CHUNK):
            checksum.update(chunk)
            locked = locked or (old and _ENCRYPTED in tail + chunk)
            tail = chunk[-len(_ENCRYPTED) :]
    if not raw.size:
        raise errors.EmptyFile(file=raw.shown)
    if old:
        raise errors.LockedWorkbook(file=raw.shown) if locked else errors.OtherWorkbook(file=raw.shown)
    if not head.startswith(WORKBOOK):
        raise errors.NotWorkbook(file=raw.shown)
    return Survey(UTF8, 0, checksum.hexdigest(), quotes=False, long_lines=False)


def read_sheet(raw: RawFile, sheet: str) -> Sheet:
    """The sheet of that name, or the first that is not hidden; the caller closes it.

    Raises a ``Workbook`` error, ``FileChanged`` if somebody wrote to the file meanwhile, or ``DiskTrouble``.
    """
    import tempfile

    try:
        spool = cast(BinaryIO, tempfile.TemporaryFile(buffering=BUFFER))  # noqa: SIM115 - the source closes it
    except OSError:
        raise errors.DiskTrouble(file=raw.shown) from None
    try:
        status, told = _run(raw, spool, sheet)
        raw.refuse_changed()
        report = _report(told)
        if status or "numbers" not in report:
            _refuse(raw, sheet, status, report)
        return Sheet(spool, tuple(Numbers(*n) for n in report["numbers"]))
    except BaseException:
        spool.close()
        raise


def _run(raw: RawFile, spool: BinaryIO, sheet: str) -> tuple[int, bytes]:
    """Exit status of the program and what it told."""
    from subprocess import PIPE, Popen

    raw.file.seek(0)
    os.lseek(raw.file.fileno(), 0, os.SEEK_SET)
    # Secrets of our environment are no business of a library that looks at foreign bytes.
    environ = {k: v for k, v in os.environ.items() if not k.startswith("ASTA_")}
    environ["RUST_BACKTRACE"] = "0"  # to name its own lines, the library would load hundreds of megabytes
    argv = [sys.executable, "-P", "-m", _PROGRAM, json.dumps(sheet)]
    with Popen(argv, stdin=raw.file, stdout=spool, stderr=PIPE, env=environ) as program:  # noqa: S603 - our own
        assert program.stderr is not None
        try:
            told = program.stderr.read(_TOLD)
            program.communicate()
        except BaseException:
            program.kill()
            raise
        return program.returncode, told


def _report(told: bytes) -> dict[str, Any]:
    """The last words of the program; nothing if the library beneath it cried out on its own."""
    with suppress(ValueError):
        report = json.loads(told)
        if isinstance(report, dict):
            return report
    return {}


def _refuse(raw: RawFile, sheet: str, status: int, report: Mapping[str, Any]) -> NoReturn:
    import signal

    out_of_bounds = (-signal.SIGABRT, -signal.SIGXCPU, -signal.SIGKILL)
    kind = "large" if status in out_of_bounds else report.get("error", "damaged")
    if kind == "disk":
        raise errors.DiskTrouble(file=raw.shown)
    if kind == "sheet":
        sheets = ", ".join(map(str, report["sheets"]))
        if sheet:
            raise errors.UnknownSheet(file=raw.shown, sheet=sheet, sheets=sheets)
        raise errors.NoSheet(file=raw.shown)
    refusals: dict[object, type[errors.Workbook]] = {
        "large": errors.LargeWorkbook,
        "locked": errors.LockedWorkbook,
        "other": errors.OtherWorkbook,
        "none": errors.NotWorkbook,
        "header": errors.WideHeader,
    }
    raise refusals.get(kind, errors.DamagedWorkbook)(file=raw.shown)
