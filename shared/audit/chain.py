"""The mathematics of the chains: pure, and able to name the first entry that is not what was written.

Each process that writes has, for each owner, a chain of its own: entry i has the hash

    h(i) = SHA-256(canonical JSON of {previous: h(i-1), entry: entry i})
    h(0) = SHA-256(canonical JSON of {domain, owner, writer})

The entries of one write form a segment: an immutable document that holds its entries, their hashes, the last
hash of the segment before, and a MAC over all that. Without the key, nobody who can write to the store can
make a segment that verifies.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from shared.audit.model import Entry
from shared.kernel.canonical import canonical_json
from shared.kernel.events import Json
from shared.kernel.secrets import Keyring

_DOMAIN = "termtide.audit/1"


@dataclass(frozen=True, slots=True)
class Segment:
    """One write of one writer. `number` counts the writer's segments from 0; `previous` links to the last."""

    owner: str
    writer: str
    number: int
    month: str
    previous: str
    entries: tuple[dict[str, Json], ...]
    hashes: tuple[str, ...]
    key_id: str
    mac: str

    @property
    def id(self) -> str:
        """The document id; sorts by writer, then by number."""
        return f"segment:{self.writer}:{self.number:010d}"

    @property
    def last(self) -> str:
        """The hash of the last entry, where the writer's next segment starts."""
        return self.hashes[-1] if self.hashes else self.previous


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a chain is not what was written."""

    place: str
    message: str


def genesis(owner: str, writer: str) -> str:
    """Return the hash that a writer's chain starts from."""
    return _digest({"domain": _DOMAIN, "owner": owner, "writer": writer})


def link(previous: str, entry: dict[str, Json]) -> str:
    """Return the hash of `entry` when it follows `previous`."""
    return _digest({"previous": previous, "entry": entry})


def build_segment(  # noqa: PLR0913 - each is one member of the segment
    *,
    owner: str,
    writer: str,
    number: int,
    month: str,
    previous: str,
    entries: Sequence[Entry],
    keys: Keyring,
) -> Segment:
    """Return the segment that appends `entries` (at least one) to the writer's chain."""
    rows = tuple(entry.as_json() for entry in entries)
    hashes = _hashes(previous, rows)
    mac = _mac(owner, writer, number, month, previous, hashes, keys.signing)
    return Segment(owner, writer, number, month, previous, rows, hashes, keys.current, mac)


def check_segment(segment: Segment, keys: Keyring) -> Fault | None:
    """Return the first fault within one segment, None when it is what was written.

    A changed entry is named itself; of a dropped, inserted or moved entry, the place where the entries first
    differ from those that were written.
    """
    expected = segment.previous
    for position, entry in enumerate(segment.entries):
        expected = link(expected, entry)
        if position >= len(segment.hashes) or segment.hashes[position] != expected:
            return Fault(f"{segment.id}/entries/{position}", "the entry is not the one that was written here")
    end = len(segment.entries)
    if len(segment.hashes) > end:
        return Fault(f"{segment.id}/entries/{end}", "an entry is missing here")
    key = keys.keys.get(segment.key_id)
    if key is None:
        return Fault(segment.id, f"signed with key {segment.key_id}, which the ring does not hold")
    if not equal_macs(segment.mac, _segment_mac(segment, key)):
        return Fault(f"{segment.id}/entries/{end}", "the segment does not end as it was written")
    return None


def equal_macs(one: str, other: str) -> bool:
    """Compare two MACs in constant time, whatever text stands in their place."""
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))


class ChainCheck:
    """Checks segments as they come, ordered by id: every writer's chain must start, link up and be whole."""

    def __init__(self, owner: str, keys: Keyring) -> None:
        self._owner = owner
        self._keys = keys
        self._writer: str | None = None
        self._number = 0
        self._last = ""

    def accept(self, segment: Segment) -> Fault | None:
        """Take the next segment; return its first fault, or that of the gap before it."""
        if segment.writer != self._writer:
            self._writer, self._number = segment.writer, 0
            self._last = genesis(self._owner, segment.writer)
        if segment.number != self._number:
            return Fault(f"segment:{segment.writer}:{self._number:010d}", "the segment is missing")
        if segment.previous != self._last:
            return Fault(f"{segment.id}/entries/0", "the segment does not continue the one before it")
        fault = check_segment(segment, self._keys)
        if fault is None:
            self._number, self._last = segment.number + 1, segment.last
        return fault


def _digest(value: dict[str, Json]) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _hashes(previous: str, rows: Sequence[dict[str, Json]]) -> tuple[str, ...]:
    hashes = []
    for row in rows:
        previous = link(previous, row)
        hashes.append(previous)
    return tuple(hashes)


def _segment_mac(segment: Segment, key: bytes) -> str:
    return _mac(
        segment.owner, segment.writer, segment.number, segment.month, segment.previous, segment.hashes, key
    )


def _mac(  # noqa: PLR0913, PLR0917 - what the MAC covers
    owner: str, writer: str, number: int, month: str, previous: str, hashes: Sequence[str], key: bytes
) -> str:
    covered: dict[str, Json] = {
        "domain": _DOMAIN,
        "owner": owner,
        "writer": writer,
        "number": number,
        "month": month,
        "previous": previous,
        "hashes": list(hashes),
    }
    return hmac.digest(key, canonical_json(covered), "sha256").hex()
