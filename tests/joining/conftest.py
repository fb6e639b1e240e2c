from __future__ import annotations

import pytest

from asta_cli.store.db import Store
from asta_cli.store.keys import Keys
from tests.joining.shared import Shared
from tests.joining.world import CHAMBER, World
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess


@pytest.fixture
def world(asta_inproc_db: AstaInProcess, store: Store, clock: Clock, key_bytes: bytes) -> World:
    """A database with one chamber, once on SQLite and once on PostgreSQL."""
    made = World(asta_inproc_db, store, clock, Keys(key_bytes))
    named = {"number": CHAMBER, "name": "IHK Musterstadt", "email": "info@ihk.example.com"}
    made.insert("chamber", **named, created_at=clock.text())
    return made


@pytest.fixture
def shared(world: World) -> Shared:
    """The same, where everybody signs in."""
    return Shared(world)
