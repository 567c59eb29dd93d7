"""The districts of the isolation tests, made once, and the engine with all functions of the app."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from scripts.lib.development_access import DevelopmentAccess
from tests.fixtures.local_cloud import RunningCloud
from tests.isolation.engine import AppEngine, app_engine
from tests.isolation.world import ABROAD, NORTH, SOUTH, Holdings, World


@pytest.fixture(scope="session")
async def world(access: DevelopmentAccess) -> AsyncIterator[World]:
    async with aiohttp.ClientSession() as http:
        yield World(access, http)


@pytest.fixture(scope="session")
async def north(world: World) -> Holdings:
    return await world.furnish(NORTH, "NORTH_1")


@pytest.fixture(scope="session")
async def south(world: World) -> Holdings:
    return await world.furnish(SOUTH, "SOUTH_1")


@pytest.fixture(scope="session")
async def abroad(world: World, north: Holdings) -> str:
    await world.move_abroad(north.tenant, ABROAD)
    return ABROAD


@pytest.fixture(scope="session")
async def engine(cloud: RunningCloud) -> AsyncIterator[AppEngine]:
    async with app_engine(cloud.settings) as running:
        yield running
