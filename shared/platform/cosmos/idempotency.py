"""Uses of idempotency keys in Cosmos: each under a key of its own in `ingests`, until it expires."""

from collections.abc import Mapping
from typing import Any, cast

from shared.kernel.clock import parse_rfc3339, rfc3339
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.scoped import ScopedContainer, Stored
from shared.web.idempotency import KEPT
from shared.web.ports import Attempt, StoredReply

_KIND = "idempotency"


class CosmosAttempts:
    """Implements `Attempts` on a container that gives each item a time to live."""

    def __init__(self, container: ScopedContainer) -> None:
        self._container = container

    async def find(self, scope: TenantScope, attempt_id: str) -> Attempt | None:
        """Return the record, or None."""
        stored = await self._container.find(scope, _KIND, _level(attempt_id))
        return None if stored is None else _attempt(attempt_id, stored)

    async def create(self, scope: TenantScope, attempt: Attempt) -> Attempt:
        """Write a new record; `Conflict` when the id is taken."""
        return _attempt(
            attempt.id, await self._container.create(scope, _document(attempt), _level(attempt.id))
        )

    async def replace(self, scope: TenantScope, attempt: Attempt) -> Attempt:
        """Write over the version that `attempt` carries; `PreconditionFailed`, `NotFound`."""
        stored = await self._container.replace(scope, _document(attempt), _level(attempt.id), attempt.version)
        return _attempt(attempt.id, stored)

    async def delete(self, scope: TenantScope, attempt: Attempt) -> None:
        """Delete the version that `attempt` carries; `PreconditionFailed`, `NotFound`."""
        await self._container.delete(scope, _KIND, _level(attempt.id), attempt.version)


def _level(attempt_id: str) -> str:
    return f"{_KIND}:{attempt_id}"


def _document(attempt: Attempt) -> dict[str, Json]:
    reply = attempt.reply
    return {
        "id": _KIND,
        "kind": _KIND,
        "fingerprint": attempt.fingerprint,
        "lockedUntil": rfc3339(attempt.locked_until),
        "expiresAt": rfc3339(attempt.expires_at),
        "ttl": int(KEPT.total_seconds()),
        "reply": None
        if reply is None
        else {"status": reply.status, "headers": dict(reply.headers), "body": reply.body},
    }


def _attempt(attempt_id: str, stored: Stored) -> Attempt:
    document = cast("Mapping[str, Any]", stored.document)
    reply = document["reply"]
    return Attempt(
        id=attempt_id,
        fingerprint=document["fingerprint"],
        locked_until=parse_rfc3339(document["lockedUntil"]),
        expires_at=parse_rfc3339(document["expiresAt"]),
        reply=None if reply is None else StoredReply(reply["status"], reply["headers"], reply["body"]),
        version=stored.etag,
    )
