"""Changes as people read them: a line for each field, with the numbers that people know instead of our ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from asta_cli.core.history import REGISTER
from asta_cli.core.layouts import COMPANIES, TRAINEES, TRAINERS
from asta_cli.core.model import Action, Kind, Value
from asta_cli.core.plan import Change
from asta_cli.core.shown import HIDDEN, NAMES, REFERS, SECRET_VALUES

Line = tuple[str, str, str, str, str, str]
"""Kind, key, action, field, the value before and the one after; the last three may be empty."""
COLUMNS = ("kind", "key", "action", "field", "before", "after")
ROW_COLUMNS = (*COLUMNS, "where", "code", "message")
"""Of a report that also has a line for each row that changes nothing."""
Number = Callable[[Kind, int], str]
"""What a record with an id is called: its Identnummer, its trainer number."""
_COLUMNS = (column.name for layout in (COMPANIES, TRAINEES, TRAINERS) for column in layout.columns)
_ORDER = {name: place for place, name in enumerate(dict.fromkeys(_COLUMNS))}
# That a record of the register ends says its state; whose it is and that it is open, its being created.
_CONSTANT = frozenset({"status", "chamber"})


def lines(change: Change, number: Number) -> Iterator[Line]:
    """A line for each field that *change* gives another value; one without field if there is none to be seen."""
    head = (change.kind.value, change.key, change.action.value)
    told = False
    for name in sorted(change.after, key=_place):
        before, after = change.before.get(name), change.after[name]
        if _seen(change, name, before, after):
            told = True
            hidden = name in SECRET_VALUES
            shown = ("", "") if hidden else (_text(name, before, number), _text(name, after, number))
            yield (*head, NAMES.get(name, name), *shown)
    if not told:
        yield (*head, "", "", "")


def _place(name: str) -> tuple[int, str]:
    """Fields in the order in which files have them, however the change was made."""
    return _ORDER.get(NAMES.get(name, name), len(_ORDER)), name


def references(change: Change) -> Iterator[tuple[Kind, int]]:
    """The records that *change* names by their ids."""
    for record in (change.before, change.after):
        for name, kind in REFERS.items():
            value = record.get(name)
            if isinstance(value, int):
                yield kind, value


def _seen(change: Change, name: str, before: Value, after: Value) -> bool:
    if name in HIDDEN or (name == "ended_at" and change.kind in REGISTER):
        return False
    if change.action is Action.CREATE:
        return after is not None and name not in _CONSTANT and name not in SECRET_VALUES
    return before != after


def _text(name: str, value: Value, number: Number) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    kind = REFERS.get(name)
    return number(kind, value) if kind is not None and isinstance(value, int) else str(value)
