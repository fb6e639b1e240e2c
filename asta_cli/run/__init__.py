"""THE road. Every command that writes takes it, with one item or a million.

rows -> needs -> facts -> plan (pure) -> authorise -> guard -> apply and audit in one transaction -> report.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from asta_cli.core.errors import AstaError, OperatorsOnly, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.ids import RANDOM_BITS, id_maker, show_id
from asta_cli.core.keys import MacKey
from asta_cli.core.model import Action, Kind
from asta_cli.core.plan import Limits, Outcome, Plan, Problem, Severity, Tally, exit_status, verdict
from asta_cli.core.planner import Planner
from asta_cli.core.policy import Asker, Authority, Toggles, authorise
from asta_cli.core.rows import Row

if TYPE_CHECKING:
    from pathlib import Path

    from asta_cli.store.apply import History
    from asta_cli.store.audit import Fault as Fault
    from asta_cli.store.db import Store as Store
    from asta_cli.store.db import Tx as Tx
    from asta_cli.store.keys import Keys as Keys

CHUNK = 10_000
_REFUSED = "refused:{}"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works: the database, who asks, and what the installation allows.

    ``now`` gives the time as RFC 3339 UTC, ``keys`` the secret key when something must be signed.
    """

    store: Store
    asker: Asker
    now: Callable[[], str]
    keys: Callable[[], Keys]
    toggles: Toggles = Toggles()  # noqa: RUF009 - a frozen value

    def ids(self) -> Iterator[int]:
        """Fresh ids for one attempt at something."""
        import secrets

        return id_maker(time.time_ns() // 1_000_000, secrets.randbits(RANDOM_BITS))

    def mac_key(self, purpose: str) -> MacKey:
        """The key for *purpose* (``tokens.PURPOSE``, ``codes.PURPOSE``)."""
        keys = self.keys()
        return MacKey(keys.id, keys.subkey(purpose))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a run: a lost race repeats everything with another one of these."""

    run: int
    ids: Iterator[int]
    now: str
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one kind. ``known`` rows are unchanged and only counted, ``repeated`` are groups with one key."""

    planner: Planner
    chunks: Iterable[Sequence[Row]]
    repeated: Iterable[Sequence[Row]] = ()
    known: int = 0
    kind: str = ""
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A set of items to be made true. ``batches`` is asked anew for every attempt, so planners start empty.

    ``target`` says for the audit log what the command was about; it must not hold personal values beyond the names of
    companies and the address of the account concerned, which lie in the erasable part of the entry. ``before_commit``
    is called when everything is written and only the commit is left: for what must be durable before it, such as a file
    of codes.
    """

    command: str
    batches: Callable[[Attempt], Sequence[Batch]]
    target: str = ""
    kind: str = ""
    chamber: str | None = None
    single: bool = False
    before_commit: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one batch."""

    kind: str
    file: str
    sha256: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did or would do. ``run`` is empty where nothing was written."""

    command: str
    run: str
    outcome: Outcome
    parts: tuple[Part, ...]
    seconds: float
    status: Status
    dry_run: bool = False

    @property
    def problems(self) -> list[Problem]:
        """All problems, in the order of the input."""
        return [p for part in self.parts for p in part.tally.problems]

    @property
    def actions(self) -> Counter[Action]:
        """How many records were created, updated, ended and reopened."""
        return sum((part.tally.actions for part in self.parts), Counter())


@dataclass(slots=True)
class _Walk:
    """The state of one attempt."""

    tx: Tx
    desk: Desk
    attempt: Attempt
    authority: Authority
    history: History
    parts: list[Part] = field(default_factory=list)


def execute(desk: Desk, task: Task, limits: Limits = Limits()) -> Report:  # noqa: B008 - a frozen value
    """Make *task* true, all of it or nothing, and say what happened.

    Raises the typed errors of the store. Rows that are wrong or refused are not errors here: they are in the report.
    """
    started = time.monotonic()
    if task.single:
        limits = replace(limits, keep_going=False)  # of one item nothing is left to go on with
    if not limits.dry_run:
        desk.keys()  # opened before the transaction that signs with it
    walk, outcome = desk.store.retrying(lambda: _surely(desk, task, limits))
    status = _status(walk, task, outcome)
    if outcome is Outcome.REJECTED and not limits.dry_run:
        _note_refusal(desk, task, walk)
    shown = show_id(walk.attempt.run) if outcome is Outcome.APPLIED else ""
    return Report(task.command, shown, outcome, tuple(walk.parts), time.monotonic() - started, status, limits.dry_run)


def open_store(url: str, *, journal: str, lock_timeout: float, clock: Callable[[], str]) -> Store:
    """The database at *url*; nothing is opened before the first transaction."""
    from asta_cli.store.db import Store

    return Store(url, journal=journal, lock_timeout=lock_timeout, clock=clock)


def open_keys(store: Store, key_file: Path | None) -> Keys:
    """The secret key of *store*'s database. Raises KeyMissing, KeyExposed, WrongKey and the like (exit 78)."""
    from asta_cli.store import keys

    return keys.open_keys(store, key_file)


def chamber_numbers(desk: Desk) -> list[str]:
    """The numbers of all chambers, in order."""
    from asta_cli.store import views

    return reading(desk, views.chamber_numbers)


def chamber_id(desk: Desk, number: str) -> int:
    """The id of the chamber *number*, which must exist."""
    return reading(desk, lambda tx: facts_for(tx, Needs(chambers={number}), desk.now()).chambers[number].id)


def reading(desk: Desk, look: Callable[[Tx], T]) -> T:
    """What *look* finds in a transaction that sees one moment and writes nothing."""
    with desk.store.read() as tx:
        return look(tx)


@contextmanager
def import_lock(desk: Desk, chamber: str, wait: float) -> Iterator[None]:
    """Be the only import into *chamber*; waits up to *wait* seconds. Raises ImportRunning."""
    from asta_cli.store.locks import chamber_lock

    with chamber_lock(desk.store, chamber, wait=wait, holder=desk.asker.os_user):
        yield


def stored_lines(desk: Desk, kind: Kind, chamber: str) -> set[bytes]:
    """The hashes of the lines that the records of *kind* in *chamber* stand for."""
    from asta_cli.store import load

    return reading(desk, lambda tx: load.line_hashes(tx, kind, chamber))


def authority(tx: Tx, desk: Desk, now: str) -> Authority:
    """What the asker may do at *now*, read in the transaction that relies on it."""
    from asta_cli.store import load

    return load.authority(tx, desk.asker, desk.toggles, now)


def authority_at(tx: Tx, desk: Desk, moment: str) -> Authority:
    """What the asker may do by the grants of another *moment*; accounts and companies are as they are today."""
    from asta_cli.store import load

    return load.authority_at(tx, desk.asker, desk.toggles, moment, desk.now())


def facts_for(tx: Tx, needs: Needs, now: str) -> Facts:
    """The facts that *needs* names, for a question that changes nothing."""
    from asta_cli.store import load

    return load.load(tx, needs, now)


def audit_faults(desk: Desk) -> tuple[int, list[Fault]]:
    """How many entries the audit log has, and every place where it is not what was written. Raises OperatorsOnly."""
    from asta_cli.store import audit

    if not desk.asker.operator:
        raise OperatorsOnly(who=desk.asker.name, what="audit verify")
    key = _key(desk)
    return reading(desk, lambda tx: (audit.size(tx), list(audit.verify(tx, key))))


def note(desk: Desk, action: str, outcome: str, target: str, **more: object) -> None:
    """Write an audit entry without a change: a refusal, or that data of trainees was read (DSGVO Art. 5 (2))."""
    from asta_cli.store import audit

    key = _key(desk)

    def write() -> None:
        with desk.store.write() as tx:
            detail = {**principal(desk.asker), "target": target, **more}
            audit.append(tx, key, at=desk.now(), action=action, outcome=outcome, detail=detail)

    desk.store.retrying(write)


def principal(asker: Asker) -> dict[str, object]:
    """Who acts, for the log: the user of the machine, and the account on whose behalf."""
    return {"principal": asker.os_user, "on_behalf_of": asker.email or "operator"}


def _surely(desk: Desk, task: Task, limits: Limits) -> tuple[_Walk, Outcome]:
    """One attempt and its outcome, also where the database committed it and died before it could say so."""
    from asta_cli.store.errors import CommitUnknown

    run = next(desk.ids())
    result: list[tuple[_Walk, Outcome]] = []
    try:
        _attempt(desk, task, limits, run, result)
    except CommitUnknown as unknown:
        try:
            written = was_written(desk, run)
        except AstaError:
            written = False  # the database has not come back yet: the first news is the better one
        if not written:
            # A server may still be at it; an embedded database has nobody else who could.
            certain = desk.store.path is not None and unknown.reason
            raise certain or unknown from None
    return result[0]


def was_written(desk: Desk, run: int) -> bool:
    """Whether the run with this id was committed. Raises the typed errors of the store where nobody can tell."""
    return reading(desk, lambda tx: _exists(tx, run))


def _exists(tx: Tx, run: int) -> bool:
    from asta_cli.store import tables as t

    return tx.execute(t.run.select().where(t.run.c.id == run)).first() is not None


def _attempt(desk: Desk, task: Task, limits: Limits, run: int, result: list[tuple[_Walk, Outcome]]) -> None:
    from asta_cli.store import load
    from asta_cli.store.apply import History

    now = desk.now()
    attempt = Attempt(run, desk.ids(), now, limits.dry_run)
    with desk.store.read() if limits.dry_run else desk.store.write() as tx:
        walk = _Walk(tx, desk, attempt, load.authority(tx, desk.asker, desk.toggles, now), History(run))
        if not limits.dry_run:
            tx.insert("run", _opened(walk, task))
        for batch in task.batches(attempt):
            walk.parts.append(_batch(walk, batch))
        outcome = verdict(_total(walk), limits)
        if outcome is Outcome.APPLIED:
            _close_run(walk, task)
            if task.before_commit is not None:
                task.before_commit()
        else:
            tx.rollback_only()
        result.append((walk, outcome))


def _batch(walk: _Walk, batch: Batch) -> Part:
    from asta_cli.store.apply import apply

    tally = Tally(batch.planner.counted, rows=batch.known, unchanged=batch.known)
    for plan in _plans(walk, batch):
        tally.add(plan)
        if not walk.attempt.dry_run:
            apply(walk.tx, plan, walk.history)
    tally.problems.sort(key=lambda p: p.line)
    return Part(batch.kind, batch.file, batch.sha256, tally)


def _plans(walk: _Walk, batch: Batch) -> Iterator[Plan]:
    planner = batch.planner
    for rows in batch.chunks:
        yield from _steps(walk, planner, planner.hold(rows))
    chosen: list[Row] = []
    for group in batch.repeated:
        kept, problems = planner.repeats(group)
        chosen.extend(kept)
        yield Plan(problems=tuple(problems), rows=len(group) - len(kept))
    yield from _steps(walk, planner, planner.hold(chosen))
    for wave in planner.held():
        yield from _steps(walk, planner, wave)
    yield authorise(planner.finish(Facts(walk.attempt.now)), walk.authority, Facts(walk.attempt.now))


def _steps(walk: _Walk, planner: Planner, rows: Sequence[Row]) -> Iterator[Plan]:
    for start in range(0, len(rows), CHUNK):
        yield _step(walk, planner, rows[start : start + CHUNK])


def _step(walk: _Walk, planner: Planner, rows: Sequence[Row]) -> Plan:
    from asta_cli.store import load

    needs = planner.needs(rows)
    if walk.tx.write:
        load.lock(walk.tx, needs)
        walk.authority = _authority(walk)  # as of now, with the locks in our hands
    facts = load.load(walk.tx, needs, walk.attempt.now)
    plan = authorise(planner.plan(rows, facts), walk.authority, facts)
    plan = planner.guard(plan, facts)
    planner.accepted(plan, facts)
    return plan


def _authority(walk: _Walk) -> Authority:
    from asta_cli.store import load

    return load.authority(walk.tx, walk.desk.asker, walk.desk.toggles, walk.attempt.now, run=walk.attempt.run)


def _total(walk: _Walk) -> Tally:
    total = Tally(frozenset())
    for part in walk.parts:
        total.rows += part.tally.rows
        total.rejected |= part.tally.rejected
        total.problems += part.tally.problems
    return total


def _opened(walk: _Walk, task: Task) -> dict[str, Any]:
    return {
        "id": walk.attempt.run,
        "command": task.command,
        "kind": task.kind or None,
        "chamber": task.chamber,
        "state": "applied",
        "started_at": walk.attempt.now,
        "principal": walk.desk.asker.name,
    }


def _close_run(walk: _Walk, task: Task) -> None:
    from asta_cli.store import audit

    actions = sum((p.tally.actions for p in walk.parts), Counter[Action]())
    counts = {
        "created": actions[Action.CREATE],
        "updated": actions[Action.UPDATE],
        "ended": actions[Action.END],
        "reopened": actions[Action.REOPEN],
        "unchanged": sum(p.tally.unchanged for p in walk.parts),
        "rejected": sum(len(p.tally.rejected) for p in walk.parts),
        "warned": sum(len(p.tally.warned) for p in walk.parts),
    }
    files = ", ".join(p.file for p in walk.parts if p.file)
    shas = [p.sha256 for p in walk.parts if p.sha256]
    values: dict[str, Any] = {
        **counts,
        "finished_at": walk.desk.now(),
        "file": files or None,
        "sha256": shas[0] if len(shas) == 1 else None,
    }
    walk.tx.update("run", ("id", walk.attempt.run), values)
    record = {name: value for name, value in (_opened(walk, task) | values).items() if name in audit.RUN}
    detail = {**principal(walk.desk.asker), "target": task.target, "run": record}
    audit.append(
        walk.tx,
        _key(walk.desk),
        at=walk.attempt.now,
        action=task.command,
        outcome="ok",
        detail=detail,
        history=walk.history,
        run=walk.attempt.run,
    )


def _status(walk: _Walk, task: Task, outcome: Outcome) -> Status:
    total = _total(walk)
    if not total.rejected:
        return Status.OK
    return exit_status(total, task.single)


def _note_refusal(desk: Desk, task: Task, walk: _Walk) -> None:
    codes = Counter(p.code for part in walk.parts for p in part.tally.problems if p.severity is Severity.ERROR)
    first = next(iter(codes), "rejected")
    note(desk, task.command, _REFUSED.format(first), task.target, codes=dict(codes))


def _key(desk: Desk) -> bytes:
    return desk.keys().subkey("audit")
