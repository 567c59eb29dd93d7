"""Problem documents (RFC 9457): one shape for everything that is refused."""

import json
from typing import Any

from shared.kernel.errors import (
    TermtideError,
    TooCostly,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Violation,
)
from shared.web.exchange import Outgoing

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/problems/"


def problem(error: TermtideError, *, instance: str, correlation_id: str) -> Outgoing:
    """Render an error. Nothing in it but the error's own code, title, detail and violations."""
    document: dict[str, Any] = {
        "type": TYPE_BASE + error.code,
        "title": error.title,
        "status": error.status,
        "instance": instance,
        "correlationId": correlation_id,
    }
    if error.detail:
        document["detail"] = error.detail
    if error.violations:
        document["errors"] = [_entry(violation) for violation in error.violations]
    if isinstance(error, TooCostly):
        document["bound"] = {"name": error.bound, "limit": error.limit, "needed": error.needed}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Outgoing(error.status, {"Content-Type": MEDIA_TYPE, **_headers(error)}, body)


def _entry(violation: Violation) -> dict[str, str]:
    kind, _, name = violation.place.partition(":")
    if kind == "query":
        return {"parameter": name, "detail": violation.message}
    if kind == "header":
        return {"header": name, "detail": violation.message}
    return {"pointer": violation.place, "detail": violation.message}


def _headers(error: TermtideError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="termtide"'}
    if isinstance(error, TooManyRequests | Unavailable):
        return {"Retry-After": str(error.retry_after)}
    return {}
