"""What a transfer reads: the rows of one company, from the files in which the chamber keeps its register."""

from __future__ import annotations

import os

from asta_cli.addresses import normalise
from asta_cli.core.plan import Limits
from asta_cli.core.transfers import Register
from asta_cli.files.errors import FileMissing
from asta_cli.files.names import snapshot_files
from asta_cli.files.source import ReadOptions
from asta_cli.intake.register import Rules, open_import
from asta_cli.run import Desk, Report

_COMMAND = "transfer"


def import_company(desk: Desk, register: Register, chamber: str, ident: str) -> Report:
    """Take over what the files of *register* say of the company *ident* of *chamber*.

    Where it has a directory named like the chamber, its files are meant: a register need not say whose it is.
    Bad rows are left out and told in the report. Raises an ``InputError`` (65), ``ImportRunning`` (75).
    """
    source = register.source
    if not os.path.isdir(source):
        raise FileMissing(file=source)
    own = os.path.join(source, chamber)
    files = snapshot_files([own if os.path.isdir(own) else source]).files
    rules = Rules(store_birth_date=register.store_birth_date, full=True, only=ident)
    with open_import(
        desk,
        files,
        lambda named: chamber,
        command=_COMMAND,
        rules=rules,
        options=ReadOptions(mapping=_mapping(register.mapping, chamber), several=True),
        normalise=normalise,
    ) as opened:
        return opened.execute(Limits(keep_going=True))


def _mapping(path: str | None, chamber: str) -> str:
    """The mapping file at *path* for *chamber*; a directory need not have one for every chamber."""
    if path is None or not os.path.isdir(path):
        return path or ""
    own = os.path.join(path, f"{chamber}.toml")
    return own if os.path.exists(own) else ""
