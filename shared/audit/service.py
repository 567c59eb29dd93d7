"""The audit as the rest of the application uses it."""

import asyncio
import logging
from datetime import datetime

from shared.audit.model import Entry, Outcome, reference
from shared.audit.ports import SegmentLog
from shared.audit.refusals import WINDOW, Due, RefusalCounter
from shared.audit.writer import ChainWriter
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import TenantBreach, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.kernel.secrets import KeySource
from shared.kernel.stamp import Owner

_log = logging.getLogger(__name__)


class Audit:
    """The audit of one process. Actor and correlation id come from the owner's scope.

    What was allowed is durable before the caller goes on, or the caller hears `Unavailable`. The first
    refusal of a kind is durable before the answer too; its repeats within a minute are counted and written as
    one entry, so a flood costs one write. A process that is killed loses at most those counts.
    """

    def __init__(self, log: SegmentLog, keys: KeySource, clock: Clock) -> None:
        self._store = log
        self._keys = keys
        self._clock = clock
        self._writer = new_id()
        self._chains: dict[str, ChainWriter] = {}
        self._refusals = RefusalCounter()
        self._flushing: asyncio.Task[None] | None = None

    async def allowed(self, owner: Owner, action: str, obj: str) -> None:
        """Write that `owner`'s actor did `action` (`{noun}.{verb}`) to `obj` (`{kind}:{id}`)."""
        await self._chain(owner).write(_entry(owner, self._clock.now(), action, obj, Outcome.ALLOWED, ""))

    async def refused(self, owner: Owner, action: str, obj: str, reason: str) -> None:
        """Write or count that `owner`'s actor was refused `action` on `obj` for `reason`, a stable code.

        Never raises for want of a store, since the refusal stands either way: the entry waits for its turn.
        """
        now = self._clock.now()
        entry = _entry(owner, now, action, obj, Outcome.REFUSED, reason)
        repeated = self._refusals.is_repeat(owner, entry, now)
        self._flush_later()
        if not repeated:
            await self._write_or_keep(Due(owner, entry))

    async def breached(self, scope: TenantScope, breach: TenantBreach) -> None:
        """Write that a store gave, or was given, another tenant's document. Raises like `allowed`."""
        _log.critical("tenant breach", extra={"container": breach.container})
        entry = _entry(
            scope,
            self._clock.now(),
            "document.cross-tenant",
            f"container:{breach.container}",
            Outcome.REFUSED,
            "tenant-breach",
        )
        await self._chain(scope).write(entry)

    async def flush(self) -> None:
        """Write the counts whose minute is over and whatever an earlier failure left in line."""
        await self._write_all(self._refusals.due(self._clock.now()))

    async def close(self) -> None:
        """Write everything that is still in memory; the process is ending."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.wait([self._flushing])
        await self._write_all(self._refusals.all())

    async def _write_all(self, counted: list[Due]) -> None:
        for due in counted:
            await self._write_or_keep(due)
        for chain in list(self._chains.values()):
            try:
                await chain.drain()
            except Unavailable:
                _log.error("audit entries wait for the store")

    async def _write_or_keep(self, due: Due) -> None:
        try:
            await self._chain(due.owner).write(due.entry)
        except Unavailable:
            _log.error("audit entry waits for the store")

    def _chain(self, owner: Owner) -> ChainWriter:
        chain = self._chains.get(owner.tenant_id)
        if chain is None:
            chain = ChainWriter(owner, self._writer, self._store, self._keys)
            self._chains[owner.tenant_id] = chain
        return chain

    def _flush_later(self) -> None:
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_while_needed())

    async def _flush_while_needed(self) -> None:
        while self._refusals or any(chain.is_behind for chain in self._chains.values()):
            await asyncio.sleep(WINDOW.total_seconds())
            await self.flush()


def _entry(  # noqa: PLR0913, PLR0917 - each is one member of the entry
    owner: Owner, at: datetime, action: str, obj: str, outcome: Outcome, reason: str
) -> Entry:
    return Entry(
        at=rfc3339(at),
        actor=reference(owner.actor),
        action=action,
        object=reference(obj),
        outcome=outcome,
        reason=reason,
        correlation_id=reference(owner.correlation_id),
    )
