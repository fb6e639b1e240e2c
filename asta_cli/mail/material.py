"""What the text of a mail is made of."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from asta_cli.mail.model import Gettext, Outgoing
from asta_cli.mail.wording import Params


@dataclass(frozen=True, slots=True)
class Material:
    """What a text is made of: the outbox entry, its token and link if the kind has them, and the reader's language."""

    message: Outgoing
    token: str
    link: str | None
    gettext: Gettext

    @property
    def params(self) -> Params:
        """The parameters of the message."""
        return self.message.params

    @property
    def reader(self) -> str:
        """The recipient's address, fit for a shell: its local part may legally hold ``$``, ``&`` and back quotes."""
        return shlex.quote(self.message.recipient)
