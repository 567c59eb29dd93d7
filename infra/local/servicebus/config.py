"""Entities from a file in the shape of the `Config.json` of Microsoft's Service Bus emulator.

Names and types of the properties are the emulator's. Defaults are those of the cloud, not the emulator's
shorter ones, so that a test which passes here does not hang on a local peculiarity.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_pascal

from infra.local.servicebus.entities.filters import Scalar


class ConfigError(Exception):
    """The configuration can't be used; the message names each place as a JSON pointer (RFC 6901)."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal, strict=False)


def _between(least: timedelta, most: timedelta) -> AfterValidator:
    def check(duration: timedelta) -> timedelta:
        if not least <= duration <= most:
            raise ValueError(f"must be between {least} and {most}")
        return duration

    return AfterValidator(check)


def _absent(value: str) -> str:
    if value:
        raise ValueError("auto-forwarding is not implemented by the local broker")
    return value


type _Lock = Annotated[timedelta, _between(timedelta(milliseconds=100), timedelta(minutes=5))]
type _TimeToLive = Annotated[timedelta, _between(timedelta(milliseconds=100), timedelta.max)]
type _Window = Annotated[timedelta, _between(timedelta(milliseconds=100), timedelta(days=7))]
type _Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]$|^[A-Za-z0-9][\w.\-/]*[A-Za-z0-9]$", max_length=260)]
type _NoForward = Annotated[str, AfterValidator(_absent)]


class CorrelationFilter(_Part):
    """Values that a message must have."""

    content_type: str | None = None
    correlation_id: str | None = None
    label: str | None = None
    message_id: str | None = None
    reply_to: str | None = None
    reply_to_session_id: str | None = None
    session_id: str | None = None
    to: str | None = None
    properties: dict[str, Scalar] = Field(default_factory=dict)


def _always_true(expression: str) -> str:
    if expression.replace(" ", "") != "1=1":
        raise ValueError("SQL filters other than 1=1 are not implemented by the local broker")
    return expression


class SqlFilter(_Part):
    """Only the expression that every message matches."""

    sql_expression: Annotated[str, AfterValidator(_always_true)]


def _refuse_action(value: object) -> object:
    raise ValueError("rule actions are not implemented by the local broker")


class RuleProperties(_Part):
    """A filter of one of the two types."""

    filter_type: Literal["Correlation", "Sql"]
    correlation_filter: CorrelationFilter | None = None
    sql_filter: SqlFilter | None = None
    action: Annotated[object, AfterValidator(_refuse_action)] = None

    @model_validator(mode="after")
    def _has_its_filter(self) -> Self:
        if (self.sql_filter if self.filter_type == "Sql" else self.correlation_filter) is None:
            raise ValueError(f"FilterType {self.filter_type} needs a {self.filter_type}Filter")
        return self


class Rule(_Part):
    """A rule of a subscription."""

    name: _Name
    properties: RuleProperties


class SubscriptionProperties(_Part):
    """How a subscription, and alike a queue, treats those who receive from it."""

    lock_duration: _Lock = timedelta(minutes=1)
    max_delivery_count: Annotated[int, Field(ge=1, le=2000)] = 10
    requires_session: bool = False
    default_message_time_to_live: _TimeToLive | None = None
    dead_lettering_on_message_expiration: bool = False
    forward_to: _NoForward = ""
    forward_dead_lettered_messages_to: _NoForward = ""


class QueueProperties(SubscriptionProperties):
    """Properties of a queue."""

    requires_duplicate_detection: bool = False
    duplicate_detection_history_time_window: _Window = timedelta(minutes=10)


class TopicProperties(_Part):
    """Properties of a topic."""

    default_message_time_to_live: _TimeToLive | None = None
    requires_duplicate_detection: bool = False
    duplicate_detection_history_time_window: _Window = timedelta(minutes=10)


class QueueConfig(_Part):
    """A queue."""

    name: _Name
    properties: QueueProperties = QueueProperties()


class SubscriptionConfig(_Part):
    """A subscription; without rules it gets every message."""

    name: _Name
    properties: SubscriptionProperties = SubscriptionProperties()
    rules: tuple[Rule, ...] = ()


class TopicConfig(_Part):
    """A topic with its subscriptions."""

    name: _Name
    properties: TopicProperties = TopicProperties()
    subscriptions: tuple[SubscriptionConfig, ...] = ()


class NamespaceConfig(_Part):
    """The entities of the namespace."""

    name: _Name
    queues: tuple[QueueConfig, ...] = ()
    topics: tuple[TopicConfig, ...] = ()


class _Logging(_Part):
    type: Literal["File", "Console", "Console,File"]


class _UserConfig(_Part):
    namespaces: Annotated[tuple[NamespaceConfig, ...], Field(min_length=1, max_length=1)]
    logging: _Logging | None = None


class _File(_Part):
    user_config: _UserConfig


def load_config(path: Path) -> NamespaceConfig:
    """Return the namespace that a file describes; raises `ConfigError` naming file and place."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigError(f"{path}: {cause}") from cause
    try:
        return parse_config(text)
    except ConfigError as cause:
        raise ConfigError(f"{path}: {cause}") from cause


def parse_config(text: str) -> NamespaceConfig:
    """Return the namespace that a JSON text describes; raises `ConfigError` naming each faulty place."""
    try:
        return _distinct(_File.model_validate_json(text).user_config.namespaces[0])
    except ValidationError as cause:
        faults = [f"{_pointer(fault['loc'])}: {fault['msg']}" for fault in cause.errors()]
        raise ConfigError("; ".join(faults)) from cause


def _pointer(location: tuple[int | str, ...]) -> str:
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "".join(f"/{step}" for step in escaped) or "the file"


def _distinct(namespace: NamespaceConfig) -> NamespaceConfig:
    base = "/UserConfig/Namespaces/0"
    named = [(f"{base}/Queues/{index}/Name", queue.name) for index, queue in enumerate(namespace.queues)]
    for index, topic in enumerate(namespace.topics):
        named.append((f"{base}/Topics/{index}/Name", topic.name))
        inner = f"{base}/Topics/{index}/Subscriptions"
        named += [
            (f"{inner}/{position}/Name", f"{topic.name}/Subscriptions/{subscription.name}")
            for position, subscription in enumerate(topic.subscriptions)
        ]
    first: dict[str, str] = {}
    for pointer, name in named:
        if first.setdefault(name.lower(), pointer) != pointer:
            raise ConfigError(f"{pointer}: '{name}' is already the name at {first[name.lower()]}")
    return namespace
