"""`Idempotency-Key`: a call that is sent twice is done once (IETF draft idempotency-key-header-07).

The states of one key, per caller and operation:

    (none) --create--> in progress --complete--> completed: the stored reply is given again
                            |--failed--> (none): the call may be tried anew
                            |--lock ran out--> in progress of whoever took it over

Every step is guarded by the store (create-only, or by version), so of two calls at once one is refused.
"""

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from shared.kernel.clock import Clock
from shared.kernel.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TermtideError,
)
from shared.kernel.scope import TenantScope
from shared.web.exchange import Incoming, Outgoing
from shared.web.ports import Attempt, Attempts, StoredReply

LOCK = timedelta(seconds=240)
"""Longer than the 230 seconds that the platform gives an HTTP call: who still holds the lock is dead."""
KEPT = timedelta(hours=1)
"""How long a reply is given again; it may hold an upload signature, which lives as long."""

_KEY = re.compile(r"[\x21-\x7e]{8,255}")
_TRIES = 3
_log = logging.getLogger("termtide.web")


class Idempotency:
    """Runs calls at most once per key."""

    def __init__(self, attempts: Attempts, clock: Clock) -> None:
        self._attempts = attempts
        self._clock = clock

    async def run(
        self, scope: TenantScope, operation: str, incoming: Incoming, act: Callable[[], Awaitable[Outgoing]]
    ) -> Outgoing:
        """Do `act` unless the call's key was used before; without a key, always do it.

        `InvalidInput` for a malformed key, `IdempotencyMismatch` when the key came with another request,
        `Conflict` while the first call is still running.
        """
        key = incoming.headers.get("idempotency-key")
        if key is None:
            return await act()
        if not _KEY.fullmatch(key):
            raise InvalidInput.at("header:Idempotency-Key", "8 to 255 visible ASCII characters")
        attempt = await self._begin(scope, self._fresh(scope, operation, incoming, key))
        if attempt.reply is not None:
            return _again(attempt.reply)
        return await self._finish(scope, attempt, act)

    def _fresh(self, scope: TenantScope, operation: str, incoming: Incoming, key: str) -> Attempt:
        now = self._clock.now()
        return Attempt(
            id=_digest(scope.key(scope.actor, operation, key).encode()),
            fingerprint=_digest(incoming.path.encode(), incoming.raw_query.encode(), incoming.body),
            locked_until=now + LOCK,
            expires_at=now + KEPT,
        )

    async def _begin(self, scope: TenantScope, fresh: Attempt) -> Attempt:
        """Return the attempt to finish, or the completed one; loses a race at most a few times."""
        for _ in range(_TRIES):
            try:
                return await self._attempts.create(scope, fresh)
            except Conflict:
                there = await self._attempts.find(scope, fresh.id)
            if there is None:
                continue
            if not self._is_over(there):
                return _settled(there, fresh)
            try:
                return await self._attempts.replace(scope, replace(fresh, version=there.version))
            except (PreconditionFailed, NotFound):
                continue
        raise Conflict("another call with this Idempotency-Key is running")

    def _is_over(self, attempt: Attempt) -> bool:
        now = self._clock.now()
        return attempt.expires_at <= now or (attempt.reply is None and attempt.locked_until <= now)

    async def _finish(
        self, scope: TenantScope, attempt: Attempt, act: Callable[[], Awaitable[Outgoing]]
    ) -> Outgoing:
        try:
            outgoing = await act()
        except BaseException:
            await self._keep_going(attempt, self._attempts.delete(scope, attempt))
            raise
        stored = StoredReply(outgoing.status, dict(outgoing.headers), outgoing.body.decode())
        await self._keep_going(attempt, self._attempts.replace(scope, replace(attempt, reply=stored)))
        return outgoing

    @staticmethod
    async def _keep_going(attempt: Attempt, step: Awaitable[object]) -> None:
        """Do the last step of an attempt; its failure must not hide how the call itself ended.

        The record stays in progress then, and is taken over when its lock has run out.
        """
        try:
            await step
        except TermtideError as fault:
            extra = {"digest": attempt.id, "reason": fault.code}
            _log.warning("idempotency record stays in progress", extra=extra)


def _settled(there: Attempt, fresh: Attempt) -> Attempt:
    if there.fingerprint != fresh.fingerprint:
        raise IdempotencyMismatch
    if there.reply is None:
        raise Conflict("another call with this Idempotency-Key is running")
    return there


def _again(reply: StoredReply) -> Outgoing:
    return Outgoing(reply.status, {**reply.headers, "Idempotency-Replayed": "true"}, reply.body.encode())


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()
