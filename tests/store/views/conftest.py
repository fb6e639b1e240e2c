"""A head office with sites at three levels, another company, and one of the same number in another chamber."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from asta_cli.store.db import Store
from tests.store.conftest import OpenStore
from tests.store.views.world import World
from tests.support.postgres import PostgresServer
from tests.support.sqlite import MigratedFile


@dataclass
class Companies:
    head: int
    site: int
    below: int
    closed: int
    other: int
    twin: int


@pytest.fixture
def pg_url(postgres: PostgresServer, shared_pg_url: str) -> str:
    """A database that is empty, not one of the test's own: nothing here changes its tables."""
    postgres.empty(shared_pg_url)
    return shared_pg_url


@pytest.fixture
def store(database_url: str, migrated: MigratedFile, open_store: OpenStore) -> Store:
    """An open, migrated store on each of the two databases in turn."""
    migrated.put(database_url)
    return open_store(database_url)


@pytest.fixture
def world(store: Store) -> World:
    """An empty world, on each of the two databases in turn."""
    return World(store)


@pytest.fixture
def firms(world: World) -> Companies:
    """1 > 1-1 > 1-1-1, the closed site 1-2 below 1; 2, and 2 once more in the other chamber."""
    world.chamber("177")
    world.chamber("188")
    head = world.company("0010000")
    site = world.company("0011000", head)
    below = world.company("0011100", site)
    closed = world.company("0012000", head, status="ended", ended_at="2026-06-01T00:00:00Z")
    return Companies(head, site, below, closed, world.company("0020000"), world.company("0020000", chamber="188"))


@pytest.fixture
def people(world: World, firms: Companies) -> dict[str, int]:
    """A trainer ``A`` at every company, who trains ``T1`` there; ``T2`` has no trainer."""
    made = {}
    for name, company in vars(firms).items():
        chamber = "188" if name == "twin" else "177"
        made[name] = world.trainer("A", company, chamber, email=f"{name}@trainer.example")
        world.trainee(f"{name}-1", company, chamber, trainer_id=made[name], account_status="active")
        world.trainee(f"{name}-2", company, chamber)
    return made
