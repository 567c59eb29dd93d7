"""Partition keys: the definition of a container, the values of a request or document, and their hashes.

The effective partition key (EPK) is what the cloud partitions by: 16 bytes per level, MurmurHash3-128 of the
typed value with the two highest bits cleared. A key's items are those with its EPK; a prefix of a
hierarchical key is the range from its EPK to its EPK followed by FF.
"""

import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeIs

from infra.local.cosmos.errors import bad_request, not_implemented
from infra.local.cosmos.murmur3 import murmur3_128
from infra.local.cosmos.values import UNDEFINED, Undefined, is_well_formed, load_json, resolve

type Component = str | int | float | bool | Undefined | None
type PropertyPath = tuple[str, ...]

MISMATCH_WITH_HEADER = 1001
LONGEST_KEY_VALUE = 2048
MOST_LEVELS = 3
ALL_KEYS = (b"", b"\xff")


class PartitionKey(NamedTuple):
    """The value of a key or of a prefix of one, with its hash."""

    components: tuple[Component, ...]
    effective: bytes

    @property
    def range(self) -> tuple[bytes, bytes]:
        """The half-open range of EPKs of everything under this key or prefix."""
        return self.effective, self.effective + b"\xff"


def _typed_bytes(component: Component) -> bytes:
    if component is UNDEFINED:
        return b"\x00"
    if component is None:
        return b"\x01"
    if isinstance(component, bool):
        return b"\x03" if component else b"\x02"
    if isinstance(component, (int, float)):
        return b"\x05" + struct.pack("<d", component or 0)  # -0.0 equals 0, so it is the same key
    return b"\x08" + str(component).encode(errors="surrogatepass") + b"\xff"


@lru_cache(65536, typed=True)
def hash_component(component: Component) -> bytes:
    """Return the 16 bytes that one level contributes to the EPK."""
    low, high = murmur3_128(_typed_bytes(component))
    digest = high.to_bytes(8, "big") + low.to_bytes(8, "big")
    return bytes([digest[0] & 0x3F]) + digest[1:]


def partition_key(components: tuple[Component, ...]) -> PartitionKey:
    """Hash the components of a key."""
    return PartitionKey(components, b"".join(map(hash_component, components)))


def parse_path(path: object) -> PropertyPath:
    """Split a property path such as `/a/b` or `/a/"b c"`; ValueError when it is not one."""
    if not isinstance(path, str) or not path.startswith("/") or len(path) == 1:
        raise ValueError(f"{path!r} is not a property path")
    return tuple(part.strip('"') for part in path[1:].split("/"))


@dataclass(frozen=True, slots=True)
class PartitionKeyDefinition:
    """The paths that make up the key of a container; more than one for a hierarchical (MultiHash) key."""

    paths: tuple[PropertyPath, ...]

    @classmethod
    def parse(cls, definition: object) -> "PartitionKeyDefinition":
        """Read the `partitionKey` of a container; a CosmosError tells what is wrong with it."""
        if not isinstance(definition, dict) or not definition.get("paths"):
            raise bad_request("The partition key definition of the container is missing or has no paths.")
        kind = definition.get("kind", "Hash")
        if definition.get("version", 1) != 2:
            raise not_implemented("partition key version 1 (ask for version 2)")
        if kind not in {"Hash", "MultiHash"}:
            raise not_implemented(f"partition key kind {kind!r}")
        most = MOST_LEVELS if kind == "MultiHash" else 1
        if len(definition["paths"]) > most:
            raise bad_request(f"A partition key of kind {kind} has at most {most} paths.")
        try:
            return cls(tuple(map(parse_path, definition["paths"])))
        except ValueError as error:
            raise bad_request(f"The partition key is invalid: {error}.") from error

    def of_document(self, document: Mapping[str, Any]) -> PartitionKey:
        """Return the key that a document carries; a path that leads nowhere gives an undefined component."""
        return partition_key(tuple(_checked(resolve(document, path)) for path in self.paths))

    def of_header(self, header: str) -> PartitionKey:
        """Return the key or key prefix of the header `x-ms-documentdb-partitionkey`."""
        key = _parse_header(header)
        if not 0 < len(key.components) <= len(self.paths):
            raise bad_request(
                "Partition key provided either doesn't correspond to definition in the collection or doesn't "
                "match partition key field values specified in the document.",
                MISMATCH_WITH_HEADER,
            )
        return key

    def is_complete(self, key: PartitionKey) -> bool:
        """Tell whether the key has all levels."""
        return len(key.components) == len(self.paths)


@lru_cache(65536)
def _parse_header(header: str) -> PartitionKey:
    try:
        values = load_json(header)
    except ValueError as error:
        raise bad_request(f"The partition key header is not JSON: {error}.") from error
    if not isinstance(values, list):
        raise bad_request("The partition key header must be a JSON array.")
    return partition_key(tuple(UNDEFINED if value == {} else _checked(value) for value in values))


def is_component(value: object) -> TypeIs[Component]:
    """Tell whether a value may be part of a key: undefined, or a scalar that the hash is defined for."""
    if isinstance(value, str):
        return is_well_formed(value) and len(value.encode()) <= LONGEST_KEY_VALUE
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= sys.float_info.max
    return value is None or isinstance(value, (bool, float, Undefined))


def _checked(value: object) -> Component:
    if not is_component(value):
        raise bad_request(
            f"A partition key value is a scalar, and text of at most {LONGEST_KEY_VALUE} bytes.",
            MISMATCH_WITH_HEADER,
        )
    return value


def parse_range(start: str, end: str) -> tuple[bytes, bytes]:
    """Read the hexadecimal bounds of a range of EPKs, start included, end excluded."""
    try:
        return bytes.fromhex(start), bytes.fromhex(end)
    except ValueError as error:
        raise bad_request(
            f"The effective partition key range {start!r} to {end!r} is not hexadecimal."
        ) from error
