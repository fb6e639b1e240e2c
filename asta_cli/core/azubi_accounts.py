"""The feed of the trainee portal: the state of trainees' accounts there. Rows -> plan.

It is the second source of ``account_status`` beside the register, under the rule of ``core.said``, and of nothing else.
A trainee who has ended is followed, too, for an account there may outlive the training; but the feed reopens nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from asta_cli.core import fields, timeline
from asta_cli.core.cells import Cells
from asta_cli.core.columns import texts
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import AccountStatus, Action, Kind, Record, Value
from asta_cli.core.plan import Change
from asta_cli.core.register import Draft, RegisterPlanner
from asta_cli.core.rows import Row
from asta_cli.core.said import FEED, STATUS, from_feed
from asta_cli.core.trainees import NUMBER

CHANGED = "feed_changed_at"
HASH = "feed_hash"
_NEW: Record = {FEED: None, CHANGED: None, HASH: None, "said": None, "status": "open"}


class AzubiAccountPlanner(RegisterPlanner):
    """``import azubi-accounts``. ``changed_at`` keeps an older file from undoing what a newer one said."""

    kind = Kind.TRAINEE
    key_column = NUMBER
    keys: ClassVar[Mapping[str, Callable[[str], str]]] = {NUMBER: str}
    hash = HASH

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The records."""
        return Needs(chamber=self.terms.chamber, register={Kind.TRAINEE: texts(rows, NUMBER)})

    def read(self, cells: Cells, facts: Facts) -> dict[str, Value]:
        """The row's columns. A trainee that nobody knows is no new one: the register makes them."""
        number = cells.text(NUMBER, required=True)
        status = cells.read("account_status", fields.account_status, required=True)
        changed = cells.read("changed_at", timeline.read_moment, lenient=True)
        if number is not None and self.record(number, facts) is None:
            lost = number in self.terms.pending.lost
            cells.fault("depends_on_rejected" if lost else "not_found", NUMBER, number)
        return {NUMBER: number, STATUS: status, CHANGED: changed}

    def record(self, key: str, facts: Facts) -> Record | None:
        """The trainee as it is, or as this very import makes it before."""
        found, planned = super().record(key, facts), self.terms.pending.trainees.get(key)
        return found if planned is None else {**_NEW, **(found or {}), **planned}

    def compare(
        self, row: Row, key: str, values: Record, record: Record, digest: bytes | None, draft: Draft
    ) -> Change | None:
        """What the feed changes of *record*."""
        changed, last = values[CHANGED], record[CHANGED]
        if changed is not None and last is not None and str(changed) < str(last):
            draft.unchanged += 1  # an old file, or rows out of order: what the feed said later holds
            return None
        status = str(values[STATUS])
        update = from_feed(status, record)
        after = {**update.after, **({} if changed in (None, last) else {CHANGED: changed})}
        draft.kept += update.kept
        draft.unchanged += STATUS not in update.fields
        if after or digest not in (None, record[HASH]):
            return self._bookkept(self._update(row, key, record, after, digest))
        return None

    def missing(self, key: str, record: Record) -> Change | None:
        """What it means in a mirror that the feed does not name the trainee *key* any more: the account is closed.

        The training goes on, so the record stays open. None where the feed never spoke of it, or closed it already.
        """
        if record[FEED] in (None, AccountStatus.CLOSED.value):
            return None
        # Should the very line come back, it is to count again, however old it is.
        after = {**from_feed(AccountStatus.CLOSED.value, record).after, CHANGED: None}
        row = Row("arguments", 0, {NUMBER: key}, frozenset({NUMBER}))
        return self._bookkept(self._update(row, key, record, after, None))

    def _update(self, row: Row, key: str, record: Record, after: Record, digest: bytes | None) -> Change:
        before = {name: record.get(name) for name in after}
        id_ = record["id"]
        assert isinstance(id_, int)
        return self._change(Action.UPDATE, id_, row, key, {**after, HASH: digest}, before)

    def _bookkept(self, change: Change) -> Change:
        """*change*, which counts only if the status itself is another one."""
        return change if STATUS in change.after else replace(change, counted=False)
