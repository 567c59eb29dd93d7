"""The application in this process: its real gate, handlers, services and adapters, on a real store.

In place of what lies outside of it stand an issuer with a key of its own, a bus that keeps what is sent, and
a lake of committed facts. Everything runs on one event loop that its caller drives step by step.
"""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from functions.http import MODULES
from infra.local.launcher.development_secrets import ensure_secrets
from shared.analytics.folding.fold import Folder
from shared.bootstrap import Services
from shared.ingestion import events
from shared.kernel.errors import NotFound
from shared.kernel.events import Event, Json
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.messaging.messages import ReceivedMessage
from shared.platform.cosmos.memberships import CosmosMemberships
from shared.settings import AppRole, Endpoint, Settings
from shared.tenancy.model import Branding, Issuer, Membership, SigningAlgorithm, Tenant
from shared.web.authentication import Authenticator
from shared.web.call import Handler
from shared.web.exchange import Incoming, Outgoing
from shared.web.gate import Gate
from shared.web.idempotency import Idempotency
from shared.web.paging import Cursors
from shared.web.routing import Route
from shared.web.throttling import Throttle
from shared.web.tokens.issuer_keys import IssuerKeys
from tests.fixtures.folding import fold
from tests.fixtures.messaging import MemoryBus
from tests.fixtures.web import AUDIENCE, EC_JWK, MemoryAttempts, MemoryDocuments, compact, es256
from tests.isolation.stateful.lake import TenantLake

HERE: Final = "here-1"
ELSEWHERE: Final = "elsewhere-1"
ISSUER: Final = "https://login.example"

_HOUR = 3600
_BLOCK = {"x-ms-blob-type": "BlockBlob"}


@dataclass(frozen=True, slots=True)
class _Operation:
    route: Route
    handler: Handler


class Application:
    """Serves calls, blobs and messages. Everything blocks until it is done."""

    def __init__(self, cosmos: str, storage: str, folder: Path) -> None:
        ensure_secrets(folder / "secrets.json")
        self._loop = asyncio.new_event_loop()
        self._operations = dict(_operations())
        self.services = Services(_settings(cosmos, storage, folder / "secrets.json"))
        self.lake = TenantLake()
        self._memberships = CosmosMemberships(self.services.scoped("identity", "personId"))
        self._http = self.run(_session())
        self.restart()

    def run[T](self, work: Awaitable[T]) -> T:
        """Run one piece of work to its end."""
        return self._loop.run_until_complete(asyncio.ensure_future(work, loop=self._loop))

    def restart(self) -> None:
        """Forget what the process remembers between calls: cached records, budgets, repeated calls."""
        services = self.services
        services.__dict__ |= {"sender": MemoryBus()}
        for rebuilt in (
            "tenancy",
            "gate",
            "consumer",
            "uploads",
            "landing",
            "dashboards",
            "roster_names",
            "last_folds",
            "rollups",
            "homes",
            "comparisons",
            "lists",
            "search",
            "folder",
        ):
            services.__dict__.pop(rebuilt, None)
        # What a second's memory still shows would be taken for what was lost.
        services.__dict__["remembered_rollups"] = services.rollups
        services.__dict__["folder"] = Folder(self.lake, services.rollups)
        services.__dict__["gate"] = self._gate()

    def close(self) -> None:
        """Close every client."""
        self.run(self._http.close())
        self.services.__dict__.pop("sender")
        self.run(self.services.close())
        self._loop.close()

    def seed(self, tenant: str, *memberships: Membership) -> None:
        """Make a tenant, homed here, with logins."""
        self.move(tenant, HERE)
        for membership in memberships:
            self.run(self._memberships.put(scope_of(tenant), membership))

    def move(self, tenant: str, stamp: str) -> None:
        """Give a tenant its home on a stamp; what is remembered of it here is too old by now."""
        issuer = Issuer(url=ISSUER, algorithms=frozenset({SigningAlgorithm.ES256}))
        record = Tenant(
            id=tenant, name=tenant, home_stamp=stamp, issuers=(issuer,), branding=Branding(name=tenant)
        )
        self.run(self.services.tenants.put(record))
        self.services.tenancy._known_tenants.forget(tenant)

    def call(
        self,
        tenant: str,
        subject: str,
        operation: str,
        *,
        query: str = "",
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **values: str,
    ) -> Outgoing:
        """Send one request as somebody of a tenant."""
        known = self._operations[operation]
        path = f"http://localhost/api/{known.route.path.format(**values)}"
        sent = {
            "authorization": f"Bearer {_token(tenant, subject)}",
            "content-type": "application/json",
            **(headers or {}),
        }
        raw = b"" if body is None else json.dumps(body).encode()
        incoming = Incoming(known.route.method, f"{path}?{query}" if query else path, sent, values, raw)
        return self.run(self.services.gate.serve(known.route, known.handler, incoming))

    def put(self, url: str, content: bytes) -> int:
        """Write a blob by its URL and return the status."""
        return self.run(self._put(url, content))

    def land(self, tenant: str, upload: str, name: str) -> bool:
        """Tell of a landed blob; return whether it became an ingest of that tenant."""
        try:
            self.run(self.services.landing.receive(tenant, upload, name))
        except NotFound:
            return False
        return True

    def deliver(self, body: bytes) -> bool:
        """Deliver a message to the queue of folds; return whether it was handled."""
        handled = []

        async def follow(scope: TenantScope, event: Event) -> None:
            await fold(self.services.folder, self.lake, scope, event.subject)
            handled.append(event.id)

        self.run(self.services.consumer.handle(ReceivedMessage(events.FOLDS, new_id(), body), follow))
        return bool(handled)

    async def _put(self, url: str, content: bytes) -> int:
        async with self._http.put(url, data=content, headers=_BLOCK) as answer:
            return answer.status

    def _gate(self) -> Gate:
        documents, services = MemoryDocuments(), self.services
        documents.publish(ISSUER, EC_JWK)
        return Gate(
            stamp=HERE,
            authenticator=Authenticator(
                tenancy=services.tenancy, keys=IssuerKeys(documents), audience=AUDIENCE, clock=services.clock
            ),
            throttle=Throttle(),
            cursors=Cursors(lambda: services.current_key("cursor")),
            idempotency=Idempotency(MemoryAttempts(), services.clock),
            refusals=services.audit,
        )


def committed(tenant: str, ingest: str, **data: Json) -> Event:
    """Return the event that asks for the rollups of a commit."""
    moment, correlation = datetime.now(UTC), new_id()
    return Event(new_id(), events.COMMITTED, 1, tenant, ingest, moment, correlation, data)


def scope_of(tenant: str) -> TenantScope:
    """Return a scope of a tenant, as the tenant iterator makes it."""
    return TenantScope.of_iteration(tenant, HERE, "test", new_id())


def blob_path(url: str) -> str:
    """Return the part of a blob's URL after its account: container and name."""
    return urlsplit(url).path.split("/", 2)[2]


def _operations() -> list[tuple[str, _Operation]]:
    modules = [import_module(f"functions.http.{name}") for name in MODULES[AppRole.HTTP]]
    return [
        (route.operation, _Operation(route, getattr(module, route.operation)))
        for module in modules
        for route in module.blueprint.routes
    ]


def _settings(cosmos: str, storage: str, secrets: Path) -> Settings:
    return Settings(
        stamp=HERE,
        roles=frozenset({AppRole.HTTP, AppRole.INGEST}),
        storage=Endpoint(connection_string=storage),
        service_bus=Endpoint(address="nowhere.example"),
        cosmos=Endpoint(connection_string=cosmos),
        secrets=Endpoint(connection_string=f"file:{secrets}"),
        token_audience=AUDIENCE,
        sign_in_issuer=ISSUER,
        sign_in_client_id="tests",
    )


def _token(tenant: str, subject: str) -> str:
    now = int(datetime.now(UTC).timestamp())
    claims = {"iss": ISSUER, "sub": subject, "aud": AUDIENCE, "tenant": tenant, "exp": now + _HOUR}
    return compact({"alg": "ES256", "kid": "ec-1", "typ": "JWT"}, claims, es256)


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()
