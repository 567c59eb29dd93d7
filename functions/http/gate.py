"""The gate of this process, built at the first request."""

from functools import cache
from typing import TYPE_CHECKING

from functions.http.wiring import services

if TYPE_CHECKING:
    from shared.web.gate import Gate


@cache
def gate() -> "Gate":
    """Return the one gate. From its first request on a process is one that lasts: it settles."""
    services().settle_later()
    return services().gate
