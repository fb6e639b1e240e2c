"""Two operators of every chamber remove each other at the same moment: one of them stays."""

from __future__ import annotations

from threading import Barrier, Thread

from asta_cli.addresses import normalise
from asta_cli.core.office import EVERYWHERE
from asta_cli.core.operators import DismissPlanner, Terms
from asta_cli.core.policy import Asker
from asta_cli.core.rows import from_arguments
from asta_cli.run import Attempt, Batch, Desk, Task, execute
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from tests.support.office import Office

ONE, OTHER = "eins@ihk.example", "zwei@ihk.example"
ROUNDS = 20


def appoint(office: Office, email: str) -> None:
    named = {"email": email, "email_key": email, "chamber": None, "impersonate": False}
    office.insert("operator", **named, added_at=office.clock.text(), added_by="operator", run_id=1)


def remove(office: Office, store: Store, by: str, whom: str, gate: Barrier) -> None:
    account = next(a["id"] for a in office.rows("account") if a["email"] == by)
    asker = Asker("root", by, by, account, EVERYWHERE)
    desk = Desk(store, asker, office.clock.text, lambda: office.keys)

    def batches(attempt: Attempt) -> list[Batch]:
        terms = Terms(attempt.run, attempt.now, attempt.ids, normalise, by, "x")
        return [Batch(DismissPlanner(terms, keeps_last=True), [[from_arguments(email=whom)]])]

    gate.wait()
    execute(desk, Task("operators remove", batches, single=True))


def test_one_stays(office: Office, database_url: str) -> None:
    for email in (ONE, OTHER):
        office.person(email)
    stores = [Store(database_url, clock=office.clock.text) for _ in range(2)]
    left = set()
    for _ in range(ROUNDS):
        with office.store.write() as tx:
            tx.execute(t.operator.delete())
        appoint(office, ONE)
        appoint(office, OTHER)
        gate = Barrier(2)
        pairs = zip(stores, ((ONE, OTHER), (OTHER, ONE)), strict=True)
        threads = [Thread(target=remove, args=(office, store, *who, gate)) for store, who in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (open_,) = [o["email"] for o in office.rows("operator") if o["ended_at"] is None]
        left.add(open_)
    for store in stores:
        store.close()
    assert left <= {ONE, OTHER}
