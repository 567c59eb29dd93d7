"""Cursors: opaque positions in a list that open only for the tenant, route and filters they were made for."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import BaseModel

from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope

_MAC_BYTES = 16
_VERSION = b"\x01"


@dataclass(frozen=True, slots=True)
class CursorBinding:
    """What a cursor is good for; it is authenticated with the position, not carried."""

    owner: str
    operation: str
    path: str
    filters: str

    @classmethod
    def of(
        cls, scope: TenantScope | None, operation: str, path: str, query: BaseModel | None
    ) -> "CursorBinding":
        """Bind to the scope's tenant and actor (None: the public) and to the query without its paging."""
        filters = {} if query is None else query.model_dump(mode="json", exclude={"cursor", "limit"})
        owner = "public" if scope is None else scope.key("cursor", scope.actor)
        return cls(owner, operation, path, json.dumps(filters, sort_keys=True))


class Cursors:
    """Seals and opens cursors with one secret, which is fetched at the first use."""

    def __init__(self, secret: Callable[[], Awaitable[str]]) -> None:
        self._secret = secret

    async def seal(self, binding: CursorBinding, position: str) -> str:
        """Return the cursor for `position`."""
        payload = _VERSION + position.encode()
        return _encode(await self._mac(binding, payload) + payload)

    async def open(self, binding: CursorBinding, cursor: str) -> str:
        """Return the position; `InvalidInput` for a cursor that was changed or made for something else."""
        raw = _decode(cursor)
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not payload.startswith(_VERSION) or not hmac.compare_digest(
            mac, await self._mac(binding, payload)
        ):
            raise _refusal()
        return payload[len(_VERSION) :].decode()

    async def _mac(self, binding: CursorBinding, payload: bytes) -> bytes:
        bound = json.dumps([binding.owner, binding.operation, binding.path, binding.filters]).encode()
        # The length keeps the border between binding and payload unambiguous.
        message = len(bound).to_bytes(4) + bound + payload
        return hmac.digest((await self._secret()).encode(), message, hashlib.sha256)[:_MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cursor: str) -> bytes:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise _refusal() from fault
    if _encode(raw) != cursor:
        raise _refusal()
    return raw


def _refusal() -> InvalidInput:
    return InvalidInput.at("query:cursor", "not a cursor of this list; start again from the first page")
