"""host.json: read, checked, and refused where the cloud would silently ignore a misspelt key.

Defaults are the platform's (host.json reference for Functions 4.x; options of the Service Bus and blob
extensions). Keys that only tune the platform are accepted and named in `LOCALLY_WITHOUT_EFFECT`.
"""

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from infra.local.functions.errors import InvalidHostJson

_CORES = os.cpu_count() or 1
_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(\.\d{1,7})?")

LOCALLY_WITHOUT_EFFECT = (
    "concurrency",
    "extensionBundle",
    "healthMonitor",
    "logging",
    "sendCanceledInvocationsToWorker",
    "singleton",
    "telemetryMode",
)


def _time_span(value: object) -> timedelta:
    found = _TIME_SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a time span is written [d.]hh:mm:ss")
    days, hours, minutes, seconds, fraction = found.groups()
    return timedelta(
        days=int(days or 0),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds) + float(fraction or 0),
    )


def _time_limit(value: object) -> timedelta | None:
    return None if value == "-1" else _time_span(value)


def _count_limit(value: object) -> object:
    return None if value == -1 else value


type TimeSpan = Annotated[timedelta, BeforeValidator(_time_span)]
type CountLimit = Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_count_limit)]
type TimeLimit = Annotated[timedelta | None, BeforeValidator(_time_limit)]
type Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class HttpOptions(_Part):
    """`extensions.http`. None means without a limit (-1)."""

    route_prefix: str = "api"
    max_concurrent_requests: CountLimit = None
    max_outstanding_requests: CountLimit = None
    custom_headers: dict[str, str] = {}


class ServiceBusOptions(_Part):
    """`extensions.serviceBus`."""

    prefetch_count: Annotated[int, Field(ge=0)] = 0
    auto_complete_messages: bool = True
    max_concurrent_calls: Count = 16 * _CORES
    max_concurrent_sessions: Count = 8
    max_message_batch_size: Count = 1000
    max_auto_lock_renewal_duration: TimeSpan = timedelta(minutes=5)
    session_idle_timeout: TimeSpan = timedelta(minutes=1)


class BlobOptions(_Part):
    """`extensions.blobs`. A blob event that failed `poison_blob_threshold` times is poison."""

    max_degree_of_parallelism: Count = 8 * _CORES
    poison_blob_threshold: Count = 5


class ExtensionOptions(_Part):
    """`extensions`: one part for each extension that the host implements."""

    http: HttpOptions = HttpOptions()
    service_bus: ServiceBusOptions = ServiceBusOptions()
    blobs: BlobOptions = BlobOptions()


class HostJson(_Part):
    """The whole file. `function_timeout` None means without a limit (`"-1"`)."""

    version: Literal["2.0"]
    function_timeout: TimeLimit = timedelta(minutes=30)
    extensions: ExtensionOptions = ExtensionOptions()
    concurrency: dict[str, Any] = {}
    extension_bundle: dict[str, Any] = {}
    health_monitor: dict[str, Any] = {}
    logging: dict[str, Any] = {}
    send_canceled_invocations_to_worker: bool = True
    singleton: dict[str, Any] = {}
    telemetry_mode: str = ""

    @property
    def without_effect(self) -> list[str]:
        """The keys of this file that tune the platform and change nothing here."""
        given = {to_camel(name) for name in self.model_fields_set}
        return [name for name in LOCALLY_WITHOUT_EFFECT if name in given]


def load_host_json(path: Path) -> HostJson:
    """Read and check host.json; `InvalidHostJson` names the file and every faulty place in it."""
    try:
        return HostJson.model_validate(json.loads(path.read_bytes()))
    except OSError as missing:
        raise InvalidHostJson(f"{path}: {missing.strerror}") from missing
    except ValueError as invalid:
        raise InvalidHostJson(f"{path}: {_faults(invalid)}") from invalid


def _faults(invalid: ValueError) -> str:
    if not isinstance(invalid, ValidationError):
        return f"not JSON: {invalid}"
    return "; ".join(f"{_pointer(error['loc'])}: {_reason(error)}" for error in invalid.errors())


def _reason(error: ErrorDetails) -> str:
    return "no key of this name is served" if error["type"] == "extra_forbidden" else error["msg"]


def _pointer(location: tuple[str | int, ...]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in location)
