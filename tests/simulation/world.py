"""A stamp in memory: services behind the weather, and processes that run the application on them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any, Final, cast
from unittest.mock import patch

from azure.cosmos.aio import ContainerProxy

import functions.messages.ingestion
from shared.analytics.folding.fold import Folder
from shared.analytics.items.folding import ItemFolder
from shared.analytics.rosters.folding import RosterFolder
from shared.audit.service import Audit
from shared.bootstrap import Services
from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.compacting import CompactionPolicy, Compactor
from shared.ingestion.committing.merger import Merger
from shared.ingestion.linking.linker import Linker
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.planning.survey import Surveyor
from shared.ingestion.ways.landing import Landing
from shared.ingestion.ways.uploads import Uploads
from shared.ingestion.working.isolating import Isolator
from shared.ingestion.working.work import Task, Work, work
from shared.kernel import ids
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner
from shared.platform.cosmos.client import OpenContainer
from shared.settings import AppRole, Endpoint, Settings
from shared.tenancy.model import Branding, Tenant
from tests.fixtures.ingestion import FixedGrants, MemoryLanding
from tests.fixtures.messaging import STAMP
from tests.simulation.appliances import Box
from tests.simulation.bus import Bus
from tests.simulation.catalogues import catalogue, mended_catalogue
from tests.simulation.documents import DocumentStore
from tests.simulation.lake import ItemResponses, Lake, NoNames, People
from tests.simulation.virtual_time import VirtualClock
from tests.simulation.weather import Process, Remote, Weather

_LEVELS: Final = {
    "control": ("id",),
    "identity": ("tenantId", "personId"),
    "ingests": ("tenantId", "ingestId"),
    "rollups": ("tenantId", "partitionId"),
    "quarantine": ("tenantId", "queue"),
}
_CHUNK_BYTES: Final = (100, 400, 1500)
"""Of small chunks a file has more than the window, and they are worked one by one."""
_READ_BYTES: Final = 300
_SMALL_FILES: Final = CompactionPolicy(small=60, fewest=2, rows=60)


@dataclass(slots=True)
class World:
    """What outlives processes."""

    random: Random
    weather: Weather
    stores: dict[str, DocumentStore]
    bus: Bus
    landing: MemoryLanding = field(default_factory=MemoryLanding)
    lake: Lake = field(default_factory=Lake)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """What the audit was told: action, object, reason."""
    chunk_bytes: int = 0
    tenants: list[str] = field(default_factory=list)
    relayed: int = 0
    """Up to which write the change feed was relayed."""
    sweeps: bool = False
    """Whether the sweeper runs, because messages are lost."""
    swept: int = 0
    mended: bool = False
    """Whether the release with the mended mappings is out."""
    boxes: dict[str, Box] = field(default_factory=dict)
    """The machines of the tenants that pack bundles."""
    running: dict[str, Process] = field(default_factory=dict)
    """The processes that are started again when they die."""
    keepers: list[asyncio.Task[None]] = field(default_factory=list)
    operator: asyncio.Task[None] | None = None

    @classmethod
    def under(cls, weather: Weather) -> "World":
        """Return an empty world."""
        stores = {name: DocumentStore(name, levels, weather) for name, levels in _LEVELS.items()}
        world = cls(weather.random, weather, stores, Bus(weather))
        world.chunk_bytes = weather.random.choice(_CHUNK_BYTES)
        return world

    def opener(self, name: str) -> OpenContainer:
        """Return what opens a container, as a connection does."""

        async def container() -> ContainerProxy:
            return cast("ContainerProxy", self.stores[name].container())

        return container

    def process(self, name: str, *, mortal: bool = True) -> Process:
        """Return a freshly started process with services of its own."""
        process = Process(name, mortal=mortal)
        process.catalogue = mended_catalogue() if self.mended else catalogue()
        process.services = _services(self, process.catalogue)
        return process

    async def settle(self, tenant: str) -> None:
        """Make a tenant."""
        self.tenants.append(tenant)
        box = self.boxes[tenant] = Box(tenant)
        record = Tenant(
            id=tenant,
            name=tenant,
            home_stamp=STAMP,
            issuers=(),
            branding=Branding(name=tenant),
            ways=box.ways,
        )
        await Process.current.get().services.tenants.put(record)


@contextmanager
def one_source_of_chance(random: Random) -> Iterator[None]:
    """Draw ids from `random` and the virtual time, and give functions the services of their process."""
    with (
        patch.object(ids, "secrets", SimpleNamespace(randbits=random.getrandbits)),
        patch.object(ids, "time", VirtualClock()),
        patch.object(Catalogue, "built_in", lambda: Process.current.get().catalogue),
        patch.object(Isolator, "run", _run_in_place),
        patch.object(functions.messages.ingestion, "services", lambda: Process.current.get().services),
    ):
        yield


def scope_of(tenant: str) -> TenantScope:
    """Return a scope of a tenant as the tenant iterator makes it."""
    return TenantScope.of_iteration(tenant, STAMP, "simulation", "simulation")


async def _run_in_place(_self: Isolator, data: bytes, task: Task, key: bytes) -> Work:
    """Stand in for the process of a suspect chunk: none of the chunks here ends whoever works it."""
    return work(data, task, key)


class _Secrets:
    """A ring of one key for every family."""

    async def get(self, name: str) -> str:
        return "1" if name.endswith("-current") else name.ljust(32, "k")


class _Audit(Audit):
    """Keeps refusals in the world; the chains of the audit have tests of their own."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def allowed(self, owner: Owner, action: str, obj: str) -> None:
        """Nothing is kept of what was allowed."""

    async def refused(self, owner: Owner, action: str, obj: str, reason: str) -> None:
        self._world.refused.append((action, obj, reason))

    async def breached(self, scope: TenantScope, breach: TenantBreach) -> None:
        self._world.refused.append(("breach", breach.container, scope.tenant_id))


def _services(world: World, feeds: Catalogue) -> Services:
    services = Services(_SETTINGS)
    weather = world.weather

    def remote(service: object, name: str) -> Any:  # noqa: ANN401 - stands for the adapter of that port
        return Remote(service, name, weather)

    built = services.__dict__
    built |= {
        "clock": VirtualClock(),
        "cosmos": SimpleNamespace(opener=world.opener),
        "secrets": _Secrets(),
        "audit": _Audit(world),
        "sender": world.bus,
        "landing_blobs": remote(world.landing, "landing"),
        "lake_blobs": remote(world.lake.blobs, "lake"),
        "fact_tables": remote(world.lake, "table"),
    }
    built["surveyor"] = Surveyor(chunk_bytes=world.chunk_bytes, read_bytes=_READ_BYTES)
    built["landing"] = Landing(
        services.ingests, services.landing_blobs, services.tenancy, STAMP, services.clock
    )
    rows = remote(world.lake, "rows")
    merger = Merger(rows)
    built["compactor"] = Compactor(services.fact_tables, rows, _SMALL_FILES)
    built["committer"] = Committer(services.fact_tables, services.commit_ledger, merger, services.clock)
    built["uploads"] = Uploads(services.ingests, FixedGrants(), services.tenancy, services.clock)
    people = People(world.lake)
    built["linker"] = Linker(remote(people, "people"), services.link_reports, feeds)
    built["folder"] = Folder(
        # Small as these districts are, every file is half of one: folds are to look for what is touched.
        remote(world.lake, "facts"),
        services.rollups,
        whole_from=2.0,
    )
    answers = remote(ItemResponses(world.lake), "facts")
    built["item_folder"] = ItemFolder(answers, services.item_rollups)
    facts = remote(world.lake, "facts")
    built["roster_folder"] = RosterFolder(facts, NoNames(), services.rosters)
    return services


_SETTINGS: Final = Settings(
    stamp=STAMP,
    roles=frozenset({AppRole.INGEST}),
    storage=Endpoint(address="nowhere.example"),
    service_bus=Endpoint(address="nowhere.example"),
    cosmos=Endpoint(address="nowhere.example"),
    secrets=Endpoint(connection_string="file:nowhere"),
    token_audience="simulation",
    sign_in_issuer="https://login.example",
    sign_in_client_id="simulation",
)
