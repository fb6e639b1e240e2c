"""Emptying the outbox: at least once, never lost, and the same bytes each time.

``claim`` and ``settle`` are transactions of their own, and the delivery lies between them. A crash before the delivery
leaves a claim that lapses after :data:`LEASE`; a crash between delivery and ``settle`` does too, and the message goes
out again, identical down to its Message-ID. Nothing can make it exactly once: the server's *yes* and ours cannot be one
commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from asta_cli.core.model import MailState
from asta_cli.mail.deliver import Transport
from asta_cli.mail.model import Delivery, Outcome, Outgoing, Unwritable

LEASE = timedelta(minutes=15)  # well above what one message may take with the default time-out
MAX_AGE = timedelta(days=5)  # RFC 5321 4.5.4.1: at least four to five days
MIN_ATTEMPTS = 5  # where mail is sent once a day, age alone would give up too early
_MINUTES = (1, 5, 15, 30, 60, 120)  # the last one repeats
_PATIENCE = 2  # troubles with the way there, one after the other, before the rest is left for later

Claim = Callable[[], Outgoing | None]
Settle = Callable[[Outgoing, Delivery], None]
Compose = Callable[[Outgoing], EmailMessage]
Clock = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the outbox entry becomes: its state, when it is due again, and what to show as its error."""

    state: MailState
    due_at: str | None = None
    error: str | None = None


@dataclass(slots=True)
class Tally:
    """What one run did. ``trouble`` is what is wrong with the way there if the run ended on that: exit 75."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    trouble: str | None = None


def back_off(attempts: int) -> timedelta:
    """How long to wait after the *attempts*-th attempt (from 1)."""
    return timedelta(minutes=_MINUTES[min(max(attempts, 1), len(_MINUTES)) - 1])


def settlement(message: Outgoing, delivery: Delivery, *, attempts: int, now: str) -> Settlement:
    """What *delivery*, the *attempts*-th attempt, makes of the entry at *now* (UTC)."""
    if delivery.outcome is Outcome.SENT:
        return Settlement(MailState.SENT)
    if delivery.outcome is Outcome.PERMANENT:
        return Settlement(MailState.FAILED, error=delivery.reason)
    due = _time(now) + back_off(attempts)
    too_old = due > _time(message.queued_at) + MAX_AGE and attempts >= MIN_ATTEMPTS
    if too_old or useless(message, _text(due)):
        return Settlement(MailState.FAILED, error=delivery.reason)
    return Settlement(MailState.QUEUED, _text(due), delivery.reason)


def useless(message: Outgoing, now: str) -> bool:
    """Whether the link in *message* has expired at *now*: such a mail would only send its reader astray."""
    link = message.params.get("link")
    expires = link.get("expires_at") if isinstance(link, dict) else None
    return isinstance(expires, str) and expires <= now


def send_due(claim: Claim, settle: Settle, transport: Transport, compose: Compose, *, now: Clock) -> Tally:
    """Deliver what *claim* hands out, until it has nothing left or the way there is closed.

    *claim* takes the next due entry under a lease and counts the attempt in the same transaction; *settle* writes what
    :func:`settlement` says. An error of either ends the run and loses nothing.
    """
    tally, troubles = Tally(), 0
    with transport:
        while troubles < _PATIENCE and (message := claim()) is not None:
            delivery = _attempt(message, transport, compose, now())
            settle(message, delivery)
            _count(tally, delivery)
            troubles = troubles + 1 if delivery.server else 0
            tally.trouble = delivery.reason if delivery.server else None
    return tally


def _attempt(message: Outgoing, transport: Transport, compose: Compose, now: str) -> Delivery:
    if useless(message, now):
        return Delivery(Outcome.PERMANENT, "link_expired")
    try:
        written = compose(message)
    except Unwritable:
        return Delivery(Outcome.PERMANENT, "unwritable")
    return transport.deliver(written)


def _count(tally: Tally, delivery: Delivery) -> None:
    tally.sent += delivery.outcome is Outcome.SENT
    tally.later += delivery.outcome is Outcome.TEMPORARY
    tally.failed += delivery.outcome is Outcome.PERMANENT


def _time(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
