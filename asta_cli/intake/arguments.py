"""The one item of a command's arguments, its values as clean as those of a file."""

from __future__ import annotations

from dataclasses import replace

from asta_cli.core.planner import problem
from asta_cli.core.rows import Row, from_arguments
from asta_cli.files.text import BadValue, clean


def arguments(**values: str | None) -> Row:
    """The row that *values* make: trimmed, in NFC, free of control characters; None is an absent column.

    What cannot be taken is a problem of the row, as it is in a file.
    """
    row = from_arguments()
    cleaned: dict[str, str | None] = {}
    problems = []
    for column, value in values.items():
        try:
            cleaned[column] = None if value is None else clean(value)
        except BadValue as bad:
            cleaned[column] = ""
            problems.append(problem(row, bad.code, column, fields=bad.fields))
    return replace(from_arguments(**cleaned), problems=tuple(problems))
