"""The namespace under test: a local broker, or what `SERVICEBUS_CONNECTION_STRING` points at.

A real namespace must hold the entities of `entities.py`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contract.servicebus.bus import Bus
from tests.contract.servicebus.entities import FLAVOURS, suite_config
from tests.fixtures.servicebus import LocalBroker


@pytest.fixture(scope="session")
def servicebus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Connection string of the namespace."""
    real = os.environ.get("SERVICEBUS_CONNECTION_STRING")
    if real:
        yield real
        return
    broker = LocalBroker(tmp_path_factory.mktemp("servicebus"), suite_config())
    yield broker.connection_string
    assert broker.server.stop() == 0, broker.server.output


@pytest.fixture(scope="session")
async def buses(servicebus: str) -> AsyncIterator[tuple[Bus, ...]]:
    """The SDK, synchronous and asynchronous."""
    buses = tuple(Bus(flavour, servicebus) for flavour in FLAVOURS)
    yield buses
    await asyncio.gather(*(bus.close() for bus in buses))
