"""The gate of this process, built at the first request."""

from shared.web.gate import Gate


def gate() -> Gate:
    """Return the one gate."""
    from shared.bootstrap import services  # noqa: PLC0415 - what it wires is needed by a request, not by indexing

    return services().gate
