"""Where shards lie: several in one partition, so that one transaction writes them together.

A document of a shard has the id `{shard}|{name}`. Its partition follows from the name of the shard alone.
"""

from typing import Final
from zlib import crc32

PARTITIONS: Final = 4
"""Courses lie in so many partitions of their tenant, and learners: each one more is a transaction more for a
small commit, each one less takes a fourth of what a large fold writes at a time."""

_ABOVE: Final = "above"


def partition_of(shard: str) -> str:
    """Return the partition that a shard lies in: the tenant's and those of schools in one."""
    kind, _, name = shard.partition(":")
    match kind:
        case "course":
            return f"courses:{crc32(name.encode()) % PARTITIONS}"
        case "learner":
            return f"learners:{int(name, base=16) % PARTITIONS}"
        case _:
            return _ABOVE


def id_of(shard: str, name: str) -> str:
    """Return the id of a document of a shard. Names of shards have no bar."""
    return f"{shard}|{name}"


def place_of(document_id: str) -> tuple[str, str]:
    """Return the shard that a document is of, and its name there."""
    shard, _, name = document_id.partition("|")
    return shard, name
