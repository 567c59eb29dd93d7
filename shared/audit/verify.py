"""Verification: walks all that one owner has in the audit and finds the first thing not as written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from shared.audit.chain import ChainCheck, Fault
from shared.audit.ports import AuditStore
from shared.audit.sealing import Head, Seal, check_covers, check_seal
from shared.kernel.secrets import Keyring
from shared.kernel.stamp import Owner

_PATIENCE_SECONDS = 1.0
"""Within these, a sealer at work makes its next mark."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was walked, and the first fault. Unsealed segments could still vanish unnoticed: seal often."""

    owner: str
    entries: int
    segments: int
    unsealed: int
    seals: int
    fault: Fault | None


@dataclass(slots=True)
class _Walk:
    entries: int = 0
    segments: int = 0
    unsealed: int = 0
    last_claimed: int = -1
    seals: int = 0


async def verify(store: AuditStore, owner: Owner, keys: Keyring) -> Verdict:
    """Verify every chain and every seal of `owner`; memory does not grow with the audit.

    Writers and a sealer may be at work meanwhile.
    """
    walk = _Walk()
    fault = await _chains(store, owner, keys, walk) or await _seals(store, owner, keys, walk)
    return Verdict(owner.tenant_id, walk.entries, walk.segments, walk.unsealed, walk.seals, fault)


async def _chains(store: AuditStore, owner: Owner, keys: Keyring, walk: _Walk) -> Fault | None:
    check = ChainCheck(owner.tenant_id, keys)
    async for stored in store.segments(owner):
        fault = check.accept(stored.segment)
        if fault is not None:
            return fault
        walk.segments += 1
        walk.entries += len(stored.segment.entries)
        if stored.sealed_by is None:
            walk.unsealed += 1
        else:
            walk.last_claimed = max(walk.last_claimed, stored.sealed_by)
    return None


async def _seals(store: AuditStore, owner: Owner, keys: Keyring, walk: _Walk) -> Fault | None:
    before, newest = Head(), await store.head(owner)
    async for seal in store.seals(owner):
        if seal.number > newest.number:
            # A sealer went on meanwhile, and moved the head with the seal; the next walk looks at it.
            if (await store.head(owner)).number < seal.number:
                return Fault("head", "the head is not the newest seal")
            break
        fault = check_seal(seal, owner.tenant_id, before, keys) or check_covers(
            seal, await _claimed(store, owner, seal, newest)
        )
        if fault is not None:
            return fault
        before = Head(seal.number, seal.mac)
        walk.seals += 1
    named = max(newest.number, walk.last_claimed)
    if named > before.number:
        return Fault(f"seal:{before.number + 1:010d}", f"the seal is missing, though seal {named} is named")
    if (newest.number, newest.mac) != (before.number, before.mac):
        return Fault("head", "the head is not the newest seal")
    return None


async def _claimed(store: AuditStore, owner: Owner, seal: Seal, newest: Head) -> Mapping[str, str]:
    """Return id and last hash of the segments that are marked with a seal.

    The newest seal is there before its marks, which its sealer makes one by one: as long as there come more,
    this waits for the rest. Nothing else tells a sealer at work from a mark that somebody took away.
    """
    claimed = await store.claimants(owner, seal.number)
    while seal.number == newest.number and len(claimed) < len(seal.covers):
        await asyncio.sleep(_PATIENCE_SECONDS)
        before, claimed = claimed, await store.claimants(owner, seal.number)
        if len(claimed) == len(before):
            break
    return claimed
