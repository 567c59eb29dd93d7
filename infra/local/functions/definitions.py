"""What the index knows about a function: its trigger, its outputs, its retry policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

type RetryStrategy = Literal["fixed_delay", "exponential_backoff"]


@dataclass(frozen=True, slots=True)
class Binding:
    """One entry of a function's `bindings`, as function.json would hold it.

    `options` holds the members of the entry besides name, type and direction (`queueName`, `schedule` ...).
    """

    name: str
    type: str
    options: Mapping[str, Any]

    def option(self, name: str, default: str = "") -> str:
        """Return a textual member, or `default` when the entry has none."""
        return str(self.options.get(name, default))


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Re-runs a failing invocation in the host. `max_retries` -1 means without end."""

    strategy: RetryStrategy
    max_retries: int
    minimum_delay: timedelta
    maximum_delay: timedelta


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """One indexed function. `takes_sdk_type` tells that a parameter is an SDK client such as `BlobClient`."""

    name: str
    id: str
    trigger: Binding
    outputs: tuple[Binding, ...]
    retry: RetryPolicy | None
    takes_sdk_type: bool
