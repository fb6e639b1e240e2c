"""Issuing activation letters."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from asta_cli.core import codes, timeline
from asta_cli.core.columns import ColumnRows
from asta_cli.core.keys import MacKey
from asta_cli.core.letters import LetterPlanner, MissingPlanner, Terms
from asta_cli.core.plan import Limits, Outcome
from asta_cli.core.planner import Planner
from asta_cli.core.rows import Row
from asta_cli.letters.drafts import CodeFile, OpenDraft
from asta_cli.run import CHUNK, Attempt, Batch, Desk, Report, Task, execute, reading, was_written
from asta_cli.run.asking import for_operators

COMMAND = "letters issue"


@dataclass(frozen=True, slots=True)
class Order:
    """Which companies get a letter: those named, those of *chamber* that are *missing* one, or those of *rows*.

    ``path`` is the file of codes, for the log. ``rows`` makes a batch of the rows of the file ``source``.
    """

    path: str
    chamber: str | None
    companies: Sequence[str] = ()
    missing: bool = False
    again: bool = False
    valid_days: int = 30
    rows: Callable[[Planner], Batch] | None = None
    source: str = ""

    @property
    def single(self) -> bool:
        """Whether it is one item, which answers with its own refusal."""
        return self.rows is None and (self.missing or len(self.companies) == 1)


def issue(desk: Desk, order: Order, open_draft: OpenDraft, limits: Limits) -> Report:
    """Issue the letters and their file, both or neither.

    Raises NotInPlace, Unclear (75), and what writing the file raises (2, 75).
    """
    if not desk.asker.operates(_chamber(order)):
        return _refused(desk, order)
    file = CodeFile(open_draft)
    key = desk.mac_key(codes.PURPOSE)  # opened before the transaction, also where nothing will be signed
    names = _open(desk, order.chamber) if order.missing and order.chamber else order.companies
    task = Task(
        COMMAND,
        lambda attempt: [_batch(key, order, names, file, attempt)],
        target=_target(order),
        kind="letters",
        chamber=_chamber(order),
        single=order.single,
        before_commit=file.seal,
    )
    try:
        report = execute(desk, task, limits)
    except BaseException as error:
        file.settle(error, lambda run: was_written(desk, run))
        raise
    if report.outcome is Outcome.APPLIED:
        file.publish()
    else:
        file.discard()
    return report


def _batch(key: MacKey, order: Order, names: Sequence[str], file: CodeFile, attempt: Attempt) -> Batch:
    file.begin(attempt.run, dry_run=attempt.ahead)
    terms = Terms(
        now=attempt.now,
        run=attempt.run,
        ids=attempt.ids,
        last_day=timeline.plus_days(timeline.today(attempt.now), order.valid_days),
        make_codes=lambda count: codes.make(count, secrets.token_bytes),
        macs=lambda companies, made: codes.code_macs(key, companies, made),
        deliver=file.write,
        chamber=order.chamber,
    )
    planner: Planner = MissingPlanner(terms, again=order.again) if order.missing else LetterPlanner(terms)
    if order.rows is not None:
        return replace(order.rows(planner), file=order.path, sha256="")
    return Batch(planner, _chunks(names), kind="letters", file=order.path)


def _open(desk: Desk, chamber: str) -> Sequence[str]:
    """Every open company of *chamber*; who gets a letter is decided in the transaction that writes it."""
    from asta_cli.run.views import open_idents

    return reading(desk, lambda tx: open_idents(tx, chamber))


def _chunks(names: Sequence[str]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        lines = range(start, start + len(part))
        yield ColumnRows("", lines, [None] * len(part), ("company",), [part], [part], frozenset({"company"}))


def _target(order: Order) -> str:
    what = f"chamber {order.chamber}: missing" if order.missing else order.source or " ".join(order.companies)
    return f"{what} -> {order.path}"


def _refused(desk: Desk, order: Order) -> Report:
    """Before anything is looked up: who may not issue letters must not learn which companies there are."""
    refused = Task(COMMAND, lambda attempt: [], _target(order), "letters", _chamber(order))
    return execute(desk, for_operators(desk, refused))


def _chamber(order: Order) -> str | None:
    """The chamber whose companies get letters, if it is not for each of them to say."""
    return order.chamber if order.missing else None
