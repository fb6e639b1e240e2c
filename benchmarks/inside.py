"""Single questions, asked within the process: what is left when Python has started and everything is imported."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from statistics import median

from asta_cli.core.facts import Needs
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Permission
from asta_cli.core.policy import Asker
from asta_cli.store import authority, load, views
from asta_cli.store.db import Store, Tx
from benchmarks.offices import ADMIN, GROUP, SMALL, SMALL_ADMIN
from benchmarks.permissions import Permissions
from benchmarks.places import Place
from benchmarks.report import say
from benchmarks.stock import NATIONAL, Stock, chambers
from benchmarks.timing import WrongAnswer

NOW = "2026-11-27T12:00:00Z"
TIMES = 200


@dataclass(frozen=True)
class Question:
    """Something to ask, the right answer (0: whatever it is), how many milliseconds it may take if that is said."""

    name: str
    ask: Callable[[], int]
    answer: int
    limit: float | None


def permissions(place: Place, stock: Permissions) -> bool:
    """May this person do that there, and which companies may they administer."""
    print(f"\nWithin the process, {place.title}: {TIMES} times each")
    with closing(Store(place.url(stock.filled(place)), clock=lambda: NOW)) as store, store.read() as tx:
        found = [_told(question) for question in _about_permissions(tx, stock)]
    return all(found)


def listings(place: Place, stock: Stock, rows: int) -> bool:
    """The trainees without an account: those of a company, those of a chamber, how many in all."""
    print(
        f"\nTrainees without an account within the process, {rows:,} trainees, {place.title}: {TIMES // 4} times each"
    )
    with closing(Store(place.url(stock.nation(place, rows)), clock=lambda: NOW)) as store, store.read() as tx:
        found = [_told(question, TIMES // 4) for question in _about_trainees(tx)]
    return all(found) if rows >= NATIONAL else True


def _about_permissions(tx: Tx, stock: Permissions) -> Iterator[Question]:
    deep = stock.offices.deep
    asker = Asker("bench", ADMIN, ADMIN, 1)

    def check() -> int:
        facts = load.load(tx, Needs(idents={deep}), NOW)
        (company,) = facts.companies[deep]
        return authority.authority(tx, asker, Toggles(), NOW).may(Permission.TRAINEES_VIEW, company, facts)

    yield Question("check one permission, three levels deep", check, 1, 0.1)
    for email, number, limit in ((SMALL_ADMIN, SMALL, 0.3), (ADMIN, GROUP, 5.0)):
        yield Question(f"which companies one may administer, {number:,}", _administrable(tx, email), number, limit)


def _administrable(tx: Tx, email: str) -> Callable[[], int]:
    return lambda: len(list(views.administrable(tx, email, NOW).rows()))


def _about_trainees(tx: Tx) -> Iterator[Question]:
    scope = views.scope_of(tx, Asker.at_desk("bench"), Toggles(), NOW)
    large, usual, *_ = chambers()

    def missing(**where: object) -> views.View:
        return views.trainees(tx, scope, views.TraineesWhere(missing_account=True, **where))  # type: ignore[arg-type]

    def listed(**where: object) -> int:
        return len(list(missing(**where).rows()))

    yield Question("of one company, listed", lambda: listed(companies=(f"{usual}:0000000",)), 0, 1)
    yield Question("of one chamber, listed", lambda: listed(chamber=usual), 0, 60)
    yield Question("of a large chamber, listed", lambda: listed(chamber=large), 0, None)
    yield Question("of a large chamber, counted", lambda: missing(chamber=large).count(), 0, 60)
    yield Question("of all of them, counted", lambda: missing().count(), 0, 60)


def _told(question: Question, times: int = TIMES) -> bool:
    """Print how long *question* takes, and answer whether that is short enough."""
    found = question.ask()
    if question.answer not in (0, found):
        raise WrongAnswer(f"{question.name}: {found} instead of {question.answer}")
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        question.ask()
        taken.append((time.perf_counter() - began) * 1e3)
    told = f"{question.name}, {found:,}: {median(taken):.3f} ms, at best {min(taken):.3f}"
    if question.limit is None:
        print(f"          {told}", flush=True)
        return True
    return say(median(taken) <= question.limit, f"{told}, of at most {question.limit:g}")
