"""Headers that every answer carries so that a browser does nothing unasked with it."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.web.exchange import Outgoing

ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
)
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
)


def protected(answer: Outgoing) -> Outgoing:
    """Add the protective headers; an answer may say more about caching and content policy itself."""
    return Outgoing(answer.status, {**DEFAULTS, **answer.headers, **ALWAYS}, answer.body)
