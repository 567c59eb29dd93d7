"""Fixtures that tests of several folders share; what they need is imported by the tests that ask for them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from scripts.lib.development_access import DevelopmentAccess
    from tests.fixtures.local_cloud import RunningCloud

# What must hold, holds on a busy machine too: no example is judged by its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run a module, and all contracts of one folder: what they share is then started once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            path = item.path.relative_to(_TESTS)
            shared = path.parent if path.parts[0] == "contract" else path.with_suffix("")
            item.add_marker(pytest.mark.xdist_group(shared.as_posix()))


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator["RunningCloud"]:
    """The whole local cloud, on free ports, without a tenant.

    All tests that use it belong in `pytest.mark.xdist_group("cloud")`, so that it runs once, and seed tenants
    of their own.
    """
    from tests.fixtures.local_cloud import running_cloud  # noqa: PLC0415 - half a second that others save

    # Tests wait for the bulk work: it must not give way to other tests.
    with running_cloud(tmp_path_factory.mktemp("cloud"), bulk_nice=0) as running:
        yield running


@pytest.fixture(scope="session")
async def access(cloud: "RunningCloud") -> AsyncIterator["DevelopmentAccess"]:
    """The services, tokens and clients of `cloud`, for the event loop of the tests."""
    from scripts.lib.development_access import development_access  # noqa: PLC0415 - as above

    async with development_access(cloud.options) as opened:
        yield opened
