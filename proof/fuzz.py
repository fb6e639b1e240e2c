"""The readers of text and mappings as a target of atheris; ``proof.readers`` runs it. Options are libFuzzer's."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["asta_cli.files", "asta_cli.core.layouts"]):
    from asta_cli.core.layouts import TRAINEES
    from asta_cli.files import csv_source, jsonl_source, mapped, mapping, mapping_file, source  # noqa: F401
    from asta_cli.files.errors import InputError

HEADS = (
    b"",
    b"Azubinummer;Identnummer;Nachname;Ausbildungsberuf;Vertragsbeginn;Vertragsende\n",
    b'{"trainee_number": "1", "company": "1", "last_name": "A", "occupation": "B", "contract_start": "", ',
)
SUFFIXES = ("csv", "jsonl", "txt", "")


def one(data: bytes) -> None:
    """Read *data*: its first byte says as what."""
    if not data:
        return
    how = data[0]
    rest, mapped_by = data[1:], ""
    path = str(PLACE / f"x.{SUFFIXES[how & 3]}")
    if how & 16:
        settings, _, rest = rest.partition(b"\0")
        mapped_by = str(PLACE / "m.toml")
        Path(mapped_by).write_bytes(settings)
    Path(path).write_bytes(HEADS[(how >> 2) % 3] + rest)
    try:
        with source.open_source(path, TRAINEES, options=source.ReadOptions(mapping=mapped_by)) as opened:
            for row in opened.all_rows():
                assert set(row.values) <= row.columns
    except InputError as error:
        error.message.format(**error.fields)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as place:
        PLACE = Path(place)
        atheris.Setup(sys.argv, one)
        atheris.Fuzz()
