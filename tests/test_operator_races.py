"""Two operators of every chamber end each other at the same moment, each in one of the ways there are: one stays."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from asta_cli.addresses import normalise
from asta_cli.core import account_changes
from asta_cli.core.account_states import Decision, StatePlanner
from asta_cli.core.offboarding import OffboardPlanner
from asta_cli.core.office import EVERYWHERE
from asta_cli.core.operators import DismissPlanner, Terms
from asta_cli.core.planner import Planner
from asta_cli.core.policy import Asker
from asta_cli.core.rows import from_arguments
from asta_cli.run import Attempt, Batch, Desk, Task, execute
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from tests.support.office import Office

ONE, OTHER = "eins@ihk.example", "zwei@ihk.example"
ROUNDS = 8
Way = Callable[[Asker, str, Attempt], Planner]


def appoint(office: Office, email: str) -> None:
    named = {"email": email, "email_key": email, "chamber": None, "impersonate": False}
    office.insert("operator", **named, added_at=office.clock.text(), added_by="operator", run_id=1)


def removed(asker: Asker, whom: str, attempt: Attempt) -> Planner:
    terms = Terms(attempt.run, attempt.now, attempt.ids, normalise, asker.name, "x")
    return DismissPlanner(terms)


def locked(asker: Asker, whom: str, attempt: Attempt) -> Planner:
    return StatePlanner(account_terms(asker, attempt), Decision.LOCK)


def offboarded(asker: Asker, whom: str, attempt: Attempt) -> Planner:
    return OffboardPlanner(account_terms(asker, attempt))


def account_terms(asker: Asker, attempt: Attempt) -> account_changes.Terms:
    return account_changes.Terms(
        attempt.run, attempt.ids, normalise, attempt.now, asker.name, "x", asker.office, asker.office
    )


WAYS = [(removed, removed), (locked, locked), (offboarded, offboarded), (removed, locked)]


def end(office: Office, store: Store, way: Way, by: str, whom: str, gate: Barrier) -> None:
    account = next(a["id"] for a in office.rows("account") if a["email"] == by)
    asker = Asker("root", by, by, account, EVERYWHERE)
    desk = Desk(store, asker, office.clock.text, lambda: office.keys, signed_in=True)

    def batches(attempt: Attempt) -> list[Batch]:
        return [Batch(way(asker, whom, attempt), [[from_arguments(email=whom)]])]

    gate.wait()
    execute(desk, Task("end", batches, single=True))


@pytest.mark.parametrize("ways", WAYS)
def test_one_stays(office: Office, database_url: str, ways: tuple[Way, Way]) -> None:
    stores = [Store(database_url, clock=office.clock.text) for _ in range(2)]
    left = set()
    for _ in range(ROUNDS):
        with office.store.write() as tx:
            tx.execute(t.operator.delete())
            tx.execute(t.account.delete())
        for email in (ONE, OTHER):
            office.person(email)
        appoint(office, ONE)
        appoint(office, OTHER)
        gate = Barrier(2)
        pairs = zip(stores, ways, ((ONE, OTHER), (OTHER, ONE)), strict=True)
        threads = [Thread(target=end, args=(office, store, way, *who, gate)) for store, way, who in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        usable = {a["email"] for a in office.rows("account") if a["state"] == "confirmed"}
        (open_,) = [o["email"] for o in office.rows("operator") if o["ended_at"] is None and o["email"] in usable]
        left.add(open_)
    for store in stores:
        store.close()
    assert left <= {ONE, OTHER}
