"""The parts of the OpenAPI document that every route shares: headers, header parameters, problems."""

from collections.abc import Mapping
from typing import Any

from shared.kernel.errors import TermtideError, TooManyRequests, Unauthenticated, Unavailable
from shared.web.problems import MEDIA_TYPE, TYPE_BASE

type Node = dict[str, Any]

_TEXT = {"type": "string"}
_SECONDS = {"type": "integer", "minimum": 1}

HEADERS: Node = {
    "X-Correlation-Id": {
        "description": "Identifies the call in logs and in everything it causes.",
        "required": True,
        "schema": _TEXT,
        "example": "0198a5c2-7d3e-7cc1-9f51-3f3d1c5f4b7a",
    },
    "RateLimit": {
        "description": "What is left of the budget: `r` calls now, full again in `t` seconds.",
        "schema": _TEXT,
        "example": '"read";r=399;t=1',
    },
    "RateLimit-Policy": {
        "description": "The budget of the rate class: `q` calls in `w` seconds.",
        "schema": _TEXT,
        "example": '"read";q=400;w=2',
    },
    "Cache-Control": {
        "description": "Answers about people are never kept by anybody but the caller.",
        "required": True,
        "schema": _TEXT,
        "example": "private, no-cache",
    },
    "ETag": {
        "description": "Names this version for this caller.",
        "required": True,
        "schema": _TEXT,
        "example": '"pK0vFh0o1rT3y8zqvE2mWc4b"',
    },
    "Data-Version": {
        "description": "The version of the table that the figures were computed from.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 42,
    },
    "Next-Poll": {
        "description": "Seconds after which a poller should ask again, with `If-None-Match`: few while "
        "figures move, more the longer they stand still. Asking sooner only costs of the rate budget.",
        "schema": _SECONDS,
        "example": 5,
    },
    "Content-Disposition": {
        "description": "The name to save the file under (RFC 6266).",
        "required": True,
        "schema": _TEXT,
        "example": 'attachment; filename="courses-42.csv"',
    },
    "Location": {"description": "Where the new object is.", "schema": _TEXT},
    "Idempotency-Replayed": {
        "description": "`true` when the reply of an earlier call with this key is given again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Seconds after which the call may succeed.",
        "required": True,
        "schema": _SECONDS,
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": _TEXT,
        "example": 'Bearer realm="termtide"',
    },
}

PARAMETERS: Node = {
    "correlationId": {
        "name": "X-Correlation-Id",
        "in": "header",
        "description": "The caller's own identifier for the call; a malformed one is replaced.",
        "schema": _TEXT,
        "example": "night-import-2026-11-20",
    },
    "traceparent": {
        "name": "traceparent",
        "in": "header",
        "description": "W3C Trace Context; its trace id becomes the correlation id.",
        "schema": _TEXT,
        "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
    "ifNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "Tags that the caller holds; a current one is answered with 304.",
        "schema": _TEXT,
        "example": '"pK0vFh0o1rT3y8zqvE2mWc4b"',
    },
    "ifMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The tag that a change was made from; another version is answered with 412.",
        "schema": _TEXT,
        "example": '"pK0vFh0o1rT3y8zqvE2mWc4b"',
    },
    "idempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes the call safe to repeat: for an hour, the same key gets the first reply again.",
        "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{8,255}$"},
        "example": "0198a5c2-7d3e-7cc1-9f51-3f3d1c5f4b7a",
    },
}

PROBLEM_SCHEMA: Node = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "instance", "correlationId"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "instance": {"type": "string", "description": "The path of the call."},
        "correlationId": _TEXT,
        "bound": {
            "type": "object",
            "description": "Of a question that is too costly: the bound, its limit, and what it would take.",
            "required": ["name", "limit", "needed"],
            "properties": {
                "name": {"type": "string", "enum": ["bytes", "seconds", "rows", "memory"]},
                "limit": {"type": "integer"},
                "needed": {"type": ["integer", "null"]},
            },
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "Name of a query parameter."},
                    "header": {"type": "string", "description": "Name of a header field."},
                    "detail": _TEXT,
                },
            },
        },
    },
}

_EXTRA_HEADERS: Mapping[type[TermtideError], str] = {
    Unauthenticated: "WWW-Authenticate",
    TooManyRequests: "Retry-After",
    Unavailable: "Retry-After",
}


def problem_response(error: type[TermtideError]) -> Node:
    """Describe the problem that `error` becomes, with an example."""
    names = ["X-Correlation-Id", *(name for kind, name in _EXTRA_HEADERS.items() if issubclass(error, kind))]
    example = {
        "type": TYPE_BASE + error.code,
        "title": error.title,
        "status": error.status,
        "instance": "/api/me",
        "correlationId": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    return {
        "description": error.title,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
