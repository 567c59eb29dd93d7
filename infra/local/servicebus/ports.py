"""Ports that are taken, said plainly."""

import contextlib
import os
from collections.abc import Iterator


class PortTaken(Exception):
    """The broker can't listen on a port; the message names it."""


@contextlib.contextmanager
def claiming(host: str, port: int) -> Iterator[None]:
    """Turn the failure to listen on a port, tried inside, into `PortTaken`."""
    try:
        yield
    except OSError as cause:
        reason = os.strerror(cause.errno) if cause.errno else str(cause)
        raise PortTaken(f"port {port} on {host} can't be used: {reason}") from cause
