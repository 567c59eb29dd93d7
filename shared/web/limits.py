"""Limits on what a request may bring, checked before anything of it is read."""

from collections.abc import Mapping

from shared.kernel.errors import InvalidInput, TooLarge

HEADER_COUNT = 64
HEADER_BYTES = 16 * 1024
QUERY_BYTES = 8 * 1024
BODY_BYTES = 1024 * 1024
JSON_DEPTH = 32


def require_modest_headers(headers: Mapping[str, str]) -> None:
    """Refuse (`TooLarge`) more header fields or bytes than any client of ours needs."""
    size = sum(len(name) + len(value) for name, value in headers.items())
    if len(headers) > HEADER_COUNT or size > HEADER_BYTES:
        raise TooLarge(f"at most {HEADER_COUNT} header fields of {HEADER_BYTES} bytes together")


def require_modest_query(raw_query: str) -> None:
    """Refuse (`InvalidInput`) a query that is longer than any of ours."""
    if len(raw_query) > QUERY_BYTES:
        raise InvalidInput(f"a query has at most {QUERY_BYTES} bytes")


def require_modest_body(body: bytes) -> None:
    """Refuse (`TooLarge`) a body beyond 1 MB; files go to blob storage, not through here."""
    if len(body) > BODY_BYTES:
        raise TooLarge(f"a body has at most {BODY_BYTES} bytes")
