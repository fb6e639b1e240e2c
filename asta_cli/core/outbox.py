"""A mail as a change: it enters the outbox in the transaction of what it tells about, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping

from asta_cli.core.model import Action, Kind, MailKind, MailState
from asta_cli.core.plan import Change


def mail(
    id_: int,
    kind: MailKind,
    recipient: str,
    language: str,
    now: str,
    params: Mapping[str, object],
    *,
    where: str = "arguments",
    line: int = 0,
) -> Change:
    """The message *kind* to *recipient* (the stored spelling of the address), queued at *now*.

    ``params`` hold what the text names. They never hold a token: that is computed from the link's id when the mail is
    sent.
    """
    after = {
        "kind": kind.value,
        "recipient": recipient,
        "language": language,
        "params": json.dumps(params, ensure_ascii=False, sort_keys=True),
        "state": MailState.QUEUED.value,
        "attempts": 0,
        "queued_at": now,
        "due_at": now,
    }
    return Change(Kind.MAIL, Action.CREATE, id_, kind.value, after, where=where, line=line)
