"""The reject file: the rejected rows as they stood, with the reasons, to be corrected in place and read again."""

from __future__ import annotations

import csv
import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence

from asta_cli.core.rows import Row
from asta_cli.files.base import Source
from asta_cli.files.output import PendingFile
from asta_cli.files.text import BLANKS

OWN_COLUMNS = ("_line", "_code", "_error")

_EARLIER = re.compile(r',?\s*"_line": \d+, "_code": "(?:[^"\\]|\\.)*", "_error": "(?:[^"\\]|\\.)*"$')

Reason = tuple[str, str]
"""A problem's code and its text in the user's language."""


class RejectWriter:
    """Writes rejected rows of *source* to *pending* in the format of the source; those of a workbook as CSV.

    CSV keeps headings, order and delimiter and is UTF-8 with a byte order mark, so that a spreadsheet shows umlauts.
    The three columns are named so that every reader of asta passes over them; those of an earlier reject file are
    replaced.
    """

    def __init__(self, pending: PendingFile, source: Source) -> None:
        self._pending, self._source = pending, source
        self._dropped = frozenset(i for i, h in enumerate(source.header) if h.strip(BLANKS).lower() in OWN_COLUMNS)
        self._csv = source.format != "jsonl"
        if self._csv:
            self._writer = csv.writer(pending, delimiter=source.delimiter, lineterminator="\r\n")
            pending.write(BOM_UTF8)
            self._writer.writerow([*self._kept(source.header), *OWN_COLUMNS])

    def write(self, row: Row, reasons: Sequence[Reason]) -> None:
        """Append one row with why it was rejected. Raises ``DiskTrouble``."""
        codes = "|".join(dict.fromkeys(code for code, _ in reasons))
        error = " | ".join(dict.fromkeys(text for _, text in reasons))
        if self._csv:
            self._writer.writerow([*self._kept(self._cells(row)), row.line, codes, error])
        else:
            self._pending.write(_json_line(row, {"_line": row.line, "_code": codes, "_error": error}))

    def write_lines(self, reasons: Mapping[int, Sequence[Reason]]) -> None:
        """Append the rows whose line numbers are in *reasons*, in the order of the file, by another pass over it."""
        for row in self._source.rows(record for record in self._source.lines() if record[0] in reasons):
            self.write(row, reasons[row.line])

    def _cells(self, row: Row) -> Sequence[str]:
        """The cells of *row* without empty ones behind the last heading, so that ours stand under their headings.

        A ragged row stays ragged: padded, it would pass for a good one with its values in the wrong columns.
        """
        width = len(self._source.header)
        return row.raw if any(c.strip(BLANKS) for c in row.raw[width:]) else row.raw[:width]

    def _kept(self, cells: Sequence[str]) -> list[str]:
        return [c for i, c in enumerate(cells) if i not in self._dropped]


def _json_line(row: Row, reasons: dict[str, object]) -> str:
    """The object of *row*, letter for letter, with the keys of *reasons* behind its own."""
    added = json.dumps(reasons, ensure_ascii=False)
    if any(p.code == "too_long" and not p.column for p in row.problems):
        return added + "\n"  # a line over the limit was cut and is no object any more
    own = _EARLIER.sub("", row.raw[0].strip().removesuffix("}")).rstrip()
    return f"{own}{'' if own == '{' else ', '}{added[1:]}\n"
