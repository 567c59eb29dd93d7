"""The topology: containers, keys, indexes, queues, sessions and event subscriptions of `infra/topology.json`.

Property names are those of the Azure resource types, so that deployment templates read the same file.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

type JsonPath = Annotated[str, Field(pattern=r"^/")]
type EntityName = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$")]
type BlobContainerName = Annotated[str, Field(pattern=r"^[a-z0-9](?:-?[a-z0-9]){2,62}$")]


class TopologyError(Exception):
    """The topology file breaks a rule; the message lists each place as a JSON pointer (RFC 6901)."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class _Documented(_Part):
    holds: Annotated[str, Field(min_length=1)]


def _check_lock(duration: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= duration <= timedelta(minutes=5):
        raise ValueError("a lock lasts from one second to five minutes")
    return duration


def _check_history(window: timedelta) -> timedelta:
    if not timedelta(seconds=20) <= window <= timedelta(days=7):
        raise ValueError("duplicates are remembered from 20 seconds to 7 days")
    return window


type LockDuration = Annotated[timedelta, AfterValidator(_check_lock)]
type HistoryWindow = Annotated[timedelta, AfterValidator(_check_history)]


class CompositePath(_Part):
    """One property of a composite index."""

    path: JsonPath
    order: Literal["ascending", "descending"] = "ascending"


class CosmosContainer(_Documented):
    """A container of documents. `default_ttl` is in seconds; -1 lets single documents set their own."""

    name: EntityName
    partition_key: Annotated[tuple[JsonPath, ...], Field(min_length=1, max_length=3)]
    default_ttl: Annotated[int, Field(ge=-1)] | None = None
    excluded_paths: tuple[JsonPath, ...] = ()
    composite_indexes: tuple[Annotated[tuple[CompositePath, ...], Field(min_length=2)], ...] = ()
    unique_keys: tuple[Annotated[tuple[JsonPath, ...], Field(min_length=1)], ...] = ()

    @model_validator(mode="after")
    def _ttl_is_not_zero(self) -> Self:
        if self.default_ttl == 0:
            raise ValueError("defaultTtl is -1 or at least one second")
        return self


class Cosmos(_Part):
    """The document database."""

    database: EntityName
    containers: tuple[CosmosContainer, ...]


class _Receivable(_Documented):
    name: EntityName
    requires_session: bool = False
    lock_duration: LockDuration = timedelta(minutes=1)
    max_delivery_count: Annotated[int, Field(ge=1, le=2000)] = 10
    default_message_time_to_live: timedelta = timedelta(days=14)
    dead_lettering_on_message_expiration: bool = True


class _Deduplicating(_Documented):
    requires_duplicate_detection: bool = False
    duplicate_detection_history_time_window: HistoryWindow = timedelta(minutes=10)


class Queue(_Receivable, _Deduplicating):
    """A queue with peek-lock receivers."""


class CorrelationRule(_Part):
    """Lets a message into a subscription when every stated property is equal."""

    name: EntityName
    label: str | None = None
    properties: dict[str, str | int | bool] = {}


class Subscription(_Receivable):
    """A subscription of a topic; without rules it takes every message."""

    rules: tuple[CorrelationRule, ...] = ()


class Topic(_Deduplicating):
    """A topic: each subscription receives its own copy."""

    name: EntityName
    default_message_time_to_live: timedelta = timedelta(days=14)
    subscriptions: Annotated[tuple[Subscription, ...], Field(min_length=1)]


class ServiceBus(_Part):
    """The message broker."""

    queues: tuple[Queue, ...]
    topics: tuple[Topic, ...] = ()


class BlobContainer(_Documented):
    """A container of blobs. Containers of single tenants are made when a tenant is taken in."""

    name: BlobContainerName


class Blob(_Part):
    """The blob account."""

    containers: tuple[BlobContainer, ...]


class EventSubscription(_Part):
    """Delivers `Microsoft.Storage.BlobCreated` of one container and name prefix to one function."""

    name: EntityName
    container: BlobContainerName
    prefix: str = ""
    function: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class EventGrid(_Part):
    """The events of the blob account."""

    subscriptions: tuple[EventSubscription, ...]


class Topology(_Part):
    """The whole topology. Names are unique within their kind and references resolve."""

    cosmos: Cosmos
    service_bus: ServiceBus
    blob: Blob
    event_grid: EventGrid

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        bus = self.service_bus
        _refuse_repeats("/cosmos/containers", (it.name for it in self.cosmos.containers))
        _refuse_repeats("/serviceBus", [*(it.name for it in bus.queues), *(it.name for it in bus.topics)])
        for index, topic in enumerate(bus.topics):
            place = f"/serviceBus/topics/{index}/subscriptions"
            _refuse_repeats(place, (it.name for it in topic.subscriptions))
        _refuse_repeats("/blob/containers", (it.name for it in self.blob.containers))
        _refuse_repeats("/eventGrid/subscriptions", (it.name for it in self.event_grid.subscriptions))
        return self

    @model_validator(mode="after")
    def _event_containers_exist(self) -> Self:
        known = {it.name for it in self.blob.containers}
        for index, subscription in enumerate(self.event_grid.subscriptions):
            if subscription.container not in known:
                place = f"/eventGrid/subscriptions/{index}/container"
                raise ValueError(f"{place}: no blob container is named {subscription.container!r}")
        return self


def load_topology(path: Path) -> Topology:
    """Read and check a topology file; `TopologyError` names the file and every faulty place in it."""
    try:
        return Topology.model_validate_json(path.read_bytes())
    except OSError as missing:
        raise TopologyError(f"{path}: {missing.strerror}") from missing
    except ValidationError as invalid:
        faults = "\n".join(f"  {_fault(error['loc'], error['msg'])}" for error in invalid.errors())
        raise TopologyError(f"{path}:\n{faults}") from invalid


def _fault(location: tuple[str | int, ...], message: str) -> str:
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in location)
    return f"{pointer}: {message}" if pointer else re.sub("^Value error, ", "", message)


def _refuse_repeats(place: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"{place}: {name!r} is named {count} times")
