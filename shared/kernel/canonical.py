"""One byte form for each JSON value, so that hashes and MACs of equal values are equal."""

import json
from collections.abc import Mapping

from shared.kernel.events import Json


def canonical_json(value: Mapping[str, Json]) -> bytes:
    """Return `value` as ASCII JSON with sorted keys and no spaces; `ValueError` for NaN and infinities.

    Both ends are ours, so this is simpler than RFC 8785: numbers keep the shortest form that Python writes.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
