"""What a handler receives and what it answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pydantic import BaseModel

from shared.kernel.scope import TenantScope
from shared.tenancy.model import Principal, Tenant
from shared.web.conditional import EntityTags
from shared.web.routing import Route


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller: proof of the tenant, who it is, and the tenant's record."""

    scope: TenantScope
    principal: Principal
    tenant: Tenant


class SealCursor(Protocol):
    """Makes the opaque cursor for a position in the list that the call reads."""

    async def __call__(self, position: str) -> str:
        """Return the cursor."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One validated call of a route, by a caller who may reach it."""

    route: Route
    correlation_id: str
    path: Mapping[str, str]
    headers: Mapping[str, str]
    tags: EntityTags
    seal_cursor: SealCursor
    caller: Caller | None = None
    query: BaseModel | None = None
    body: BaseModel | None = None
    position: str | None = None
    """Where the list goes on: what `next_cursor` was given for the page before; None for the first page."""

    @property
    def scope(self) -> TenantScope:
        """The tenant scope; only calls of an anonymous route have none."""
        return self._known.scope

    @property
    def principal(self) -> Principal:
        """Who is calling; only calls of an anonymous route have none."""
        return self._known.principal

    @property
    def tenant(self) -> Tenant:
        """The record of the caller's tenant; only calls of an anonymous route have none."""
        return self._known.tenant

    def body_as[M: BaseModel](self, model: type[M]) -> M:
        """Return the body, which the route declares to be a `model`."""
        return _of_type(self.body, model)

    def query_as[M: BaseModel](self, model: type[M]) -> M:
        """Return the query, which the route declares to be a `model`."""
        return _of_type(self.query, model)

    async def next_cursor(self, position: str | None) -> str | None:
        """Return the cursor of the next page, or None after the last.

        It opens for this tenant, route, path and filters only.
        """
        return None if position is None else await self.seal_cursor(position)

    def require_match(self, version: str) -> None:
        """Refuse the call (`PreconditionFailed`) when `If-Match` names another version than the object has.

        `version` is what a read of the same path gives as `Reply.version`.
        """
        self.tags.require_match(self.headers.get("if-match"), version)

    @property
    def _known(self) -> Caller:
        if self.caller is None:
            raise TypeError(f"{self.route.operation} is anonymous: there is no caller")
        return self.caller


@dataclass(frozen=True, slots=True)
class Content:
    """A body that is not JSON.

    `policy` is its Content-Security-Policy (a page needs more than an answer), `encoding` its content coding,
    which the caller said to take. Nothing else will ever be at the address of what `is_immutable`.
    One with a `file_name` is to be saved, not shown (RFC 6266).
    """

    body: bytes
    media_type: str
    policy: str = "default-src 'none'; frame-ancestors 'none'"
    encoding: str | None = None
    is_immutable: bool = False
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers.

    `etag` names the version of what was read, such as a document's ETag or a table's version: the tag that
    goes out is derived from it and from who is asking. Without it, the tag of a read comes from the body.
    `data_version` becomes the header `Data-Version`, `next_poll` the header `Next-Poll`, in whole seconds.
    `body` is the model as JSON where that was written before.
    """

    model: BaseModel | Content | None = None
    status: int | None = None
    etag: str | None = None
    data_version: int | None = None
    next_poll: timedelta | None = None
    location: str | None = None
    body: bytes | None = None


type Handler = Callable[[Call], Awaitable[Reply]]


def _of_type[M: BaseModel](value: BaseModel | None, model: type[M]) -> M:
    if not isinstance(value, model):
        raise TypeError(f"the route declares {type(value).__name__}, not {model.__name__}")
    return value
