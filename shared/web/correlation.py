"""The identifier that ties a call to all it causes: taken from the caller when well-formed, else new."""

import re
from collections.abc import Mapping

from shared.kernel.ids import new_id

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_CORRELATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def correlation_id(headers: Mapping[str, str]) -> str:
    """Return the trace id of `traceparent` (W3C Trace Context 3.2), else `X-Correlation-Id`, else a new id.

    Anything malformed is ignored, as the Trace Context recommendation asks: it can't be trusted in a log.
    """
    trace = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    if trace:
        return trace["trace"]
    given = headers.get("x-correlation-id", "")
    return given if _CORRELATION.fullmatch(given) else new_id()
