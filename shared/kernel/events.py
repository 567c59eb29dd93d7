"""Domain events: facts that a context announces after a change, carried by the outbox to whoever cares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
"""What JSON can say (RFC 8259)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one aggregate of one tenant.

    `id` is a UUIDv7 and is the idempotency key of every consumer. `type` is `{context}.{fact}` in the past
    tense, such as `ingestion.committed`; `version` numbers the shape of `data`.
    """

    id: str
    type: str
    version: int
    tenant_id: str
    subject: str
    occurred_at: datetime
    correlation_id: str
    data: Mapping[str, Json]
