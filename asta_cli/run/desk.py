"""The desk: where a command works, and what it may ask of the database without changing it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from asta_cli.core.errors import OperatorsOnly
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.ids import RANDOM_BITS, id_maker
from asta_cli.core.keys import MacKey
from asta_cli.core.model import Account, Kind
from asta_cli.core.office import Office
from asta_cli.core.policy import Asker, Authority, Toggles
from asta_cli.core.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from asta_cli.core.stored import StoredLines
    from asta_cli.store.audit import Fault
    from asta_cli.store.db import Store, Tx
    from asta_cli.store.keys import Keys

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works: the database, who asks, and what the installation allows.

    ``now`` gives the time as RFC 3339 UTC, ``keys`` the secret key when something must be signed. ``usual_chamber`` is
    the one meant where the number of a company is not enough to name it. Long work tells ``progress`` how far it is.
    ``signed_in``: nobody is an operator by sitting at the terminal, so one of every chamber must remain.
    """

    store: Store
    asker: Asker
    now: Callable[[], str]
    keys: Callable[[], Keys]
    toggles: Toggles = Toggles()  # noqa: RUF009 - a frozen value
    usual_chamber: str | None = None
    progress: Progress = field(default_factory=Progress)
    signed_in: bool = False

    def ids(self) -> Iterator[int]:
        """Fresh ids for one attempt at something."""
        import secrets

        return id_maker(time.time_ns() // 1_000_000, secrets.randbits(RANDOM_BITS))

    def mac_key(self, purpose: str) -> MacKey:
        """The key for *purpose* (``tokens.PURPOSE``, ``codes.PURPOSE``)."""
        keys = self.keys()
        return MacKey(keys.id, keys.subkey(purpose))


def open_store(url: str, *, journal: str, lock_timeout: float, clock: Callable[[], str]) -> Store:
    """The database at *url*; nothing is opened before the first transaction."""
    from asta_cli.store.db import Store

    return Store(url, journal=journal, lock_timeout=lock_timeout, clock=clock)


def open_keys(store: Store, key_file: Path | None) -> Keys:
    """The secret key of *store*'s database. Raises KeyMissing, KeyExposed, WrongKey and the like (exit 78)."""
    from asta_cli.store import keys

    return keys.open_keys(store, key_file)


def chamber_numbers(desk: Desk) -> list[str]:
    """The numbers of the chambers whose operator the asker is, in order."""
    from asta_cli.store import views

    return [number for number in reading(desk, views.chamber_numbers) if desk.asker.office.covers(number)]


def account_with_office(desk: Desk, email_key: str) -> tuple[Account, Office] | None:
    """The account with this key, and for which chambers it is an operator."""
    from asta_cli.store import authority, load

    def look(tx: Tx) -> tuple[Account, Office] | None:
        account = load.load(tx, Needs(accounts={email_key}), desk.now()).accounts.get(email_key)
        return (account, authority.office_of(tx, email_key)) if account else None

    return reading(desk, look)


def chamber_id(desk: Desk, number: str) -> int:
    """The id of the chamber *number*, which must exist."""
    return reading(desk, lambda tx: facts_for(tx, Needs(chambers={number}), desk.now()).chambers[number].id)


def reading(desk: Desk, look: Callable[[Tx], T]) -> T:
    """What *look* finds in a transaction that sees one moment and writes nothing. Raises WrongKey and the like."""
    desk.keys()
    with desk.store.read() as tx:
        return look(tx)


@contextmanager
def import_lock(desk: Desk, chamber: str, wait: float) -> Iterator[Callable[[], None]]:
    """Be the only import into *chamber*; waits up to *wait* seconds. Raises ImportRunning.

    What it yields belongs before the commit: it raises LockLost if that is no longer so.
    """
    from asta_cli.store.locks import chamber_lock

    holder = f"{desk.asker.os_user}@{os.uname().nodename.partition('.')[0]} (PID {os.getpid()})"
    with chamber_lock(desk.store, chamber, wait=wait, holder=holder) as verify:
        yield verify


def stored_lines(desk: Desk, kind: Kind, chamber: str, column: str) -> StoredLines:
    """The hashes under *column* of the lines that the records of *kind* in *chamber* stand for."""
    from asta_cli.store import lines

    return reading(desk, lambda tx: lines.stored_lines(tx, kind, chamber, column))


def open_grants(tx: Tx, companies: Iterable[int], now: str) -> Iterator[tuple[str, int, str]]:
    """E-mail key, company and role of every grant that *companies* carry and that is not over."""
    from asta_cli.store import grants

    return grants.open_at(tx, companies, now)


def ending_grants(tx: Tx, now: str, until: str) -> Iterator[tuple[int, str, str]]:
    """Id, e-mail key and Identnummer of the grants that end by *until* and of which nobody has been reminded."""
    from asta_cli.store import grants

    return grants.ending(tx, now, until)


def count_open_grants(desk: Desk, companies: Iterable[int]) -> int:
    """How many these are now."""
    from asta_cli.store import grants

    return reading(desk, lambda tx: grants.count_open(tx, companies, desk.now()))


def unnamed(
    tx: Tx, kind: Kind, chamber: str, column: str, unmet: Iterable[bytes], *, every: bool
) -> Iterator[dict[str, str]]:
    """What names the open records without hash and with an *unmet* one; with *every*, all open ones."""
    from asta_cli.store import lines

    return lines.unnamed(tx, kind, chamber, column, unmet, every=every)


def lines_below(tx: Tx, kind: Kind, companies: Iterable[int], trainers: Iterable[int]) -> Iterator[bytes]:
    """The hashes of the lines of people of *kind* in *companies* or with *trainers*."""
    from asta_cli.store import lines

    return lines.lines_below(tx, kind, companies, trainers)


def authority(tx: Tx, desk: Desk, now: str) -> Authority:
    """What the asker may do at *now*, read in the transaction that relies on it."""
    from asta_cli.store import authority as store

    return store.authority(tx, desk.asker, desk.toggles, now)


def authority_at(tx: Tx, desk: Desk, moment: str) -> Authority:
    """What the asker may do by the grants of another *moment*; accounts and companies are as they are today."""
    from asta_cli.store import authority as store

    return store.authority_at(tx, desk.asker, desk.toggles, moment, desk.now())


def facts_for(tx: Tx, needs: Needs, now: str) -> Facts:
    """The facts that *needs* names, for a question that changes nothing."""
    from asta_cli.store import load

    return load.load(tx, needs, now)


def audit_faults(desk: Desk) -> tuple[int, list[Fault]]:
    """How many entries the audit log has, and every place where it is not what was written. Raises OperatorsOnly."""
    from asta_cli.store import audit

    if not desk.asker.operator:
        raise OperatorsOnly(who=desk.asker.name, what="audit verify")
    key = audit_key(desk)
    return reading(desk, lambda tx: (audit.size(tx), list(audit.verify(tx, key))))


def note(desk: Desk, action: str, outcome: str, target: str, **more: object) -> None:
    """Write an audit entry without a change: a refusal, or that data of trainees was read (DSGVO Art. 5 (2))."""
    from asta_cli.store import audit

    key = audit_key(desk)

    def write() -> None:
        with desk.store.write() as tx:
            detail = {**principal(desk.asker), "target": target, **more}
            audit.append(tx, key, at=desk.now(), action=action, outcome=outcome, detail=detail)

    desk.store.retrying(write)


def principal(asker: Asker) -> dict[str, object]:
    """Who acts, for the log: the user of the machine, and the account on whose behalf."""
    return {"principal": asker.principal, "on_behalf_of": asker.name}


def was_written(desk: Desk, run: int) -> bool:
    """Whether the run with this id was committed. Raises the typed errors of the store where nobody can tell."""
    return reading(desk, lambda tx: _exists(tx, run))


def _exists(tx: Tx, run: int) -> bool:
    from asta_cli.store import tables as t

    return tx.execute(t.run.select().where(t.run.c.id == run)).first() is not None


def audit_key(desk: Desk) -> bytes:
    """The key of the audit chain."""
    return desk.keys().subkey("audit")
