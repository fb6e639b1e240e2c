"""The outbox, as operators see it: to whom, which kind, how far; never the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from asta_cli.core.ids import show_id
from asta_cli.core.model import MailState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View


def mails(tx: Tx, scope: Scope, state: MailState | None = None) -> View:
    """``id to kind state attempts queued_at sent_at error language due_at``; for operators only.

    Operators of some chambers see what goes to accounts of these.
    """
    c, a = t.mail.c, t.account.c
    conditions: list[ColumnElement[bool]] = [scope.at_desk(a.chamber)]
    if not scope.office.everywhere:
        conditions = [c.recipient.in_(select(a.email).where(*conditions))]
    if state is not None:
        conditions.append(c.state == state.value)
    columns = (
        c.id,
        c.recipient,
        c.kind,
        c.state,
        c.attempts,
        c.queued_at,
        c.sent_at,
        c.error,
        c.language,
        c.due_at,
    )
    return View(tx, t.mail, t.mail, columns, conditions, (c.id,), _shape)


def _shape(row: Sequence[Any]) -> Sequence[Any]:
    return (show_id(row[0]), *row[1:])
