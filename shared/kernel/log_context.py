"""What every log line says about the work it belongs to; it follows the work from task to task."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LogContext:
    """The work at hand. `trace_id` is that of W3C Trace Context (section 3.2.2.3)."""

    tenant: str | None = None
    trace_id: str | None = None
    correlation_id: str | None = None
    function: str | None = None
    invocation_id: str | None = None


_current: ContextVar[LogContext] = ContextVar("log_context")
_NOTHING = LogContext()


def log_context() -> LogContext:
    """Return the context of the running task."""
    return _current.get(_NOTHING)


@contextmanager
def logged_as(**known: str | None) -> Iterator[None]:
    """Add what is `known` (fields of `LogContext`) to the context for the length of the block."""
    token = _current.set(replace(log_context(), **known))
    try:
        yield
    finally:
        _current.reset(token)
