"""Who may write a field: a source does so only when its own value differs from what it said last time.

What the register file said last is the stored value itself, but for the fields in the column ``said``: JSON of what it
said of those that hold another source's value, set by hand or by the feed of the accounts. So an edit survives every
night until the chamber changes that very field. Values are compared as they are stored: companies and trainers by id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asta_cli.core.model import Record, Value
from asta_cli.core.shown import NAMES

STATUS = "account_status"
FEED = "feed_status"
FOLLOWS = {"email_key": "email", "trainer_id": "company_id"}
"""Fields that mean something only beside another one: they are written with it and kept with it."""
# Two sources together must not make a time that ends before it starts.
_SPANS = (("contract_start", "contract_end"), ("valid_from", "valid_until"))


@dataclass(frozen=True, slots=True)
class Update:
    """What a source changes of a record: fields, and ``said`` (None: nothing in it differs).

    ``kept`` tells whether it left a field alone that holds another source's value.
    """

    fields: dict[str, Value]
    said: dict[str, Value] | None = None
    kept: bool = False

    @property
    def after(self) -> dict[str, Value]:
        """The columns to write."""
        return self.fields if self.said is None else {**self.fields, "said": _text(self.said)}

    def before(self, record: Record) -> dict[str, Value]:
        """What they replace in *record*."""
        return {name: record.get(name) for name in self.after}


def said_of(record: Record) -> dict[str, Value]:
    """What the register said last of those fields of *record* that hold another source's value."""
    text = record.get("said")
    found: dict[str, Value] = json.loads(text) if isinstance(text, str) else {}
    return found


def references(records: Iterable[Record]) -> dict[str, set[int]]:
    """The ids of companies and trainers in *records*, and in what the register said last of them."""
    found: dict[str, set[int]] = {name: set() for name in ("parent_id", "company_id", "trainer_id")}
    for record in records:
        for values in (record, said_of(record)):
            for name, ids in found.items():
                value = values.get(name)
                if isinstance(value, int):
                    ids.add(value)
    return found


def as_registered(record: Record) -> Record:
    """*record* as the register has it."""
    return {**record, **said_of(record)} if record.get("said") else record


def from_register(stated: Record, record: Record) -> Update:
    """What the register changes of *record*, of which it now says *stated*."""
    if not record.get("said"):
        fields = {name: value for name, value in stated.items() if record[name] != value}
        return Update(fields | _widowed(fields, stated, record))
    said = said_of(record)
    kept = _kept(stated, record, said)
    fields = {name: value for name, value in stated.items() if name not in kept and record[name] != value}
    fields |= _widowed(fields, stated, record)
    after = {n: v for n, v in said.items() if n not in stated and n not in fields and FOLLOWS.get(n) not in fields}
    after |= {n: stated[n] for n in kept if stated[n] != record[n] or (n in said and n not in FOLLOWS)}
    return Update(fields, after if after != said else None, any(stated[n] != record[n] for n in kept))


def by_hand(stated: Record, record: Record) -> Update:
    """What an edit by hand changes of *record*; a field set to what the register says is the register's again."""
    fields = {name: value for name, value in stated.items() if record[name] != value}
    fields |= _widowed(fields, stated, record)
    return Update(fields, _told(fields, record, also=record.get(FEED)))


def from_feed(status: str, record: Record) -> Update:
    """What the feed of the accounts changes of *record*, of which it now says *status*."""
    if status == record[FEED]:
        return Update({}, kept=status != record[STATUS])
    fields: dict[str, Value] = {FEED: status}
    if status != record[STATUS]:
        fields[STATUS] = status
    return Update(fields, _told({STATUS: status}, record, also=status))


def file_value(field: str, record: Record) -> Value:
    """What the files said last of *field*: of the account status the feed, if there is one, else the register."""
    if field == STATUS and record.get(FEED) is not None:
        return record[FEED]
    return as_registered(record)[field]


def hands(record: Record) -> Iterator[str]:
    """The fields of *record* that were set by hand."""
    for name in said_of(record):
        if name != "email_key" and (name != STATUS or record[STATUS] != record.get(FEED)):
            yield name


def hands_shown(record: Record) -> str:
    """The same as people call them; of *record* only what the rule looks at has to be there."""
    return ", ".join(sorted(NAMES.get(name, name) for name in hands(record)))


def _kept(stated: Record, record: Record, said: Record) -> set[str]:
    """The fields of which the register says what it said before, while they hold another source's value."""
    kept = {name for name, value in stated.items() if name in said and said[name] == value}
    for name, lead in FOLLOWS.items():
        if name in stated and lead in kept:
            kept.add(name)
        elif lead in stated and lead not in kept and stated[lead] != record[lead]:
            kept.discard(name)
    merged = {**record, **{name: value for name, value in stated.items() if name not in kept}}
    for start, end in _SPANS:
        if str(merged.get(end) or "9") < str(merged.get(start) or ""):
            kept -= {start, end}
    return kept


def _widowed(fields: Record, stated: Record, record: Record) -> dict[str, Value]:
    """Whoever moves to another company leaves the trainer behind, who must not see them there any more."""
    gone = (name for name, lead in FOLLOWS.items() if lead in fields and name not in stated)
    return {name: None for name in gone if record.get(name) is not None}


def _told(fields: Record, record: Record, also: Value) -> dict[str, Value] | None:
    """``said`` once another source has written *fields*; *also* is what the feed says of the account."""
    said = said_of(record)
    after = dict(said)
    for name, value in fields.items():
        last = said.get(name, record[name])
        if value == last and (name != STATUS or also in (None, value)):
            after.pop(name, None)
        else:
            after[name] = last
    return after if after != said else None


def _text(said: Record) -> str | None:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True) if said else None
