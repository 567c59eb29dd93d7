"""The sealing of segments, run by a timer for one owner after another."""

from dataclasses import dataclass

from shared.audit.ports import AuditStore
from shared.audit.sealing import SEAL_LIMIT, build_seal
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import Conflict, PreconditionFailed
from shared.kernel.secrets import KeySource
from shared.kernel.stamp import Owner


@dataclass(frozen=True, slots=True)
class Sealer:
    """Covers new segments with seals. Two sealers at once do no harm: the head lets one of them through."""

    store: AuditStore
    keys: KeySource
    clock: Clock

    async def seal(self, owner: Owner) -> int:
        """Seal what is unsealed of one owner; return how many segments were sealed."""
        sealed = 0
        while count := await self._seal_some(owner):
            sealed += count
        return sealed

    async def _seal_some(self, owner: Owner) -> int:
        segments = await self.store.unsealed(owner, SEAL_LIMIT)
        if not segments:
            return 0
        head = await self.store.head(owner)
        if head.number >= 0:
            newest = await self.store.seal_at(owner, head.number)
            covered = {cover.segment for cover in newest.covers}
            if any(segment.id in covered for segment in segments):
                # The last run ended between its seal and its marks.
                await self.store.mark_sealed(owner, newest)
                return len(covered)
        seal = build_seal(owner.tenant_id, head, rfc3339(self.clock.now()), segments, await self.keys())
        try:
            await self.store.add_seal(owner, seal, head)
        except (Conflict, PreconditionFailed):
            return 0
        await self.store.mark_sealed(owner, seal)
        return len(segments)
