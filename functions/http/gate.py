"""The gate of this process, built at the first request."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.web.gate import Gate


def gate() -> "Gate":
    """Return the one gate."""
    from shared.bootstrap import services  # noqa: PLC0415 - a request needs what it wires, indexing does not

    return services().gate
