"""The signing keys of issuers: fetched when needed, remembered, never asked for faster than a cooldown.

An attacker chooses the key id of a token, so an unknown one must not make us knock at an issuer's door as
often as he likes: between two fetches from one issuer lie 30 seconds, whatever arrives and however the first
one ended. Callers whose key is known never wait for such a fetch.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.bounded import Bounded
from shared.kernel.errors import Unavailable
from shared.tenancy.model import Issuer
from shared.web.ports import RemoteDocuments, UntrustedSource
from shared.web.tokens.refusal import TokenRefused
from shared.web.tokens.verification import Jwk

FRESH_SECONDS = 600.0
USABLE_SECONDS = 3600.0
"""How long known keys go on verifying while their issuer can't be reached."""
COOLDOWN_SECONDS = 30.0
DOCUMENT_BYTES = 64 * 1024
_KEYS = 100
_ISSUERS = 500


@dataclass(slots=True)
class _Known:
    keys: Sequence[Jwk] = ()
    fetched: float = float("-inf")
    tried: float = float("-inf")
    fault: TokenRefused | Unavailable | None = None
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)

    def holds(self, key_id: str | None) -> bool:
        return key_id is None or any(key.get("kid") == key_id for key in self.keys)


class IssuerKeys:
    """The keys of up to 500 issuers; the least recently used is forgotten."""

    def __init__(self, documents: RemoteDocuments, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._documents = documents
        self._monotonic = monotonic
        self._known: Bounded[tuple[str, str | None], _Known] = Bounded(_ISSUERS)

    async def of(self, issuer: Issuer, key_id: str | None) -> Sequence[Jwk]:
        """Return the issuer's keys, fetched anew when they are old or `key_id` is not among them.

        `TokenRefused` when the issuer's documents are unusable, `Unavailable` when it can't be reached and no
        usable keys are remembered.
        """
        known = self._entry(issuer)
        if not self._suffices(known, key_id):
            async with known.fetching:
                now = self._monotonic()
                if not self._suffices(known, key_id) and now - known.tried > COOLDOWN_SECONDS:
                    await self._fetch(issuer, known, now)
        if self._monotonic() - known.fetched > USABLE_SECONDS:
            raise known.fault or Unavailable()
        return known.keys

    def _suffices(self, known: _Known, key_id: str | None) -> bool:
        return known.holds(key_id) and self._monotonic() - known.fetched <= FRESH_SECONDS

    def _entry(self, issuer: Issuer) -> _Known:
        place = (issuer.url, issuer.jwks_url)
        known = self._known.get(place)
        if known is None:
            known = _Known()
            self._known.put(place, known)
        return known

    async def _fetch(self, issuer: Issuer, known: _Known, now: float) -> None:
        known.tried = now
        try:
            known.keys = _keys(await self._read(issuer.jwks_url or await self._discover(issuer)))
            known.fetched, known.fault = now, None
        except UntrustedSource as fault:
            known.fault = TokenRefused(f"issuer documents: {fault}")
        except Unavailable:
            known.fault = Unavailable(retry_after=int(COOLDOWN_SECONDS))

    async def _discover(self, issuer: Issuer) -> str:
        """Return `jwks_uri` of the discovery document (OpenID Connect Discovery 1.0 sections 4.1 and 4.3)."""
        document = await self._read(issuer.url.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != issuer.url or not isinstance(document.get("jwks_uri"), str):
            raise UntrustedSource("the discovery document is of another issuer")
        return str(document["jwks_uri"])

    async def _read(self, url: str) -> dict[str, Any]:
        raw = await self._documents.read(url, DOCUMENT_BYTES)
        try:
            document = json.loads(raw)
        except (ValueError, RecursionError) as fault:
            raise UntrustedSource("not JSON") from fault
        if not isinstance(document, dict):
            raise UntrustedSource("not a JSON object")
        return document


def _keys(document: dict[str, Any]) -> Sequence[Jwk]:
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > _KEYS:
        raise UntrustedSource(f"not a key set of at most {_KEYS} keys")
    return [key for key in keys if isinstance(key, dict)]
