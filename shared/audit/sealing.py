"""Seals: what holds the segments of all writers of one owner together, so that none can vanish.

A seal lists segments with their last hashes and links to the seal before it by that one's MAC. The owner's
head names the newest seal and is replaced under an ETag, so that the seals form one line.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.audit.chain import Fault, Segment, equal_macs
from shared.kernel.canonical import canonical_json
from shared.kernel.events import Json
from shared.kernel.secrets import Keyring

_DOMAIN = "termtide.audit.seal/1"
SEAL_LIMIT = 500
"""Segments in one seal, which keeps the document well under 2 MB."""


@dataclass(frozen=True, slots=True)
class Cover:
    """One sealed segment."""

    segment: str
    month: str
    last: str


@dataclass(frozen=True, slots=True)
class Seal:
    """One link of an owner's line of seals, counted from 0. `previous` is empty in the first."""

    owner: str
    number: int
    previous: str
    at: str
    covers: tuple[Cover, ...]
    key_id: str
    mac: str

    @property
    def id(self) -> str:
        """The document id; sorts by number."""
        return f"seal:{self.number:010d}"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal of an owner; `version` guards the replacement, empty when there is no seal yet."""

    number: int = -1
    mac: str = ""
    version: str = ""


def build_seal(owner: str, head: Head, at: str, segments: Sequence[Segment], keys: Keyring) -> Seal:
    """Return the seal that follows `head` and covers `segments`."""
    covers = tuple(Cover(segment.id, segment.month, segment.last) for segment in segments)
    mac = _mac(owner, head.number + 1, head.mac, at, covers, keys.signing)
    return Seal(owner, head.number + 1, head.mac, at, covers, keys.current, mac)


def check_seal(seal: Seal, owner: str, before: Head, keys: Keyring) -> Fault | None:
    """Return the fault of a seal that should follow `before`, None when it does and is what was written."""
    if seal.number != before.number + 1:
        return Fault(f"seal:{before.number + 1:010d}", "the seal is missing")
    if seal.owner != owner or seal.previous != before.mac:
        return Fault(seal.id, "the seal does not continue the one before it")
    key = keys.keys.get(seal.key_id)
    if key is None:
        return Fault(seal.id, f"signed with key {seal.key_id}, which the ring does not hold")
    expected = _mac(seal.owner, seal.number, seal.previous, seal.at, seal.covers, key)
    if not equal_macs(seal.mac, expected):
        return Fault(seal.id, "the seal is not the one that was written")
    return None


def check_covers(seal: Seal, claimed: Mapping[str, str]) -> Fault | None:
    """Compare a seal with the last hashes, by segment id, of the segments that claim it."""
    hashes = dict(claimed)
    for cover in seal.covers:
        last = hashes.pop(cover.segment, None)
        if last is None:
            return Fault(cover.segment, f"{seal.id} covers the segment, and it is gone")
        if last != cover.last:
            return Fault(cover.segment, f"the segment is not the one that {seal.id} covers")
    for extra in sorted(hashes):
        return Fault(extra, f"the segment claims {seal.id}, which does not cover it")
    return None


def _mac(  # noqa: PLR0913, PLR0917 - what the MAC covers
    owner: str, number: int, previous: str, at: str, covers: Sequence[Cover], key: bytes
) -> str:
    listed: list[Json] = [[cover.segment, cover.month, cover.last] for cover in covers]
    covered: dict[str, Json] = {
        "domain": _DOMAIN,
        "owner": owner,
        "number": number,
        "previous": previous,
        "at": at,
        "covers": listed,
    }
    return hmac.digest(key, canonical_json(covered), "sha256").hex()
