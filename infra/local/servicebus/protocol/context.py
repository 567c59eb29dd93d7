"""What all connections share."""

from dataclasses import dataclass

from infra.local.servicebus.entities.clock import Clock
from infra.local.servicebus.entities.namespace import Namespace
from infra.local.servicebus.protocol.tokens import SharedAccessKey
from infra.local.servicebus.protocol.turn import Turn
from infra.local.servicebus.tiers import Tier


@dataclass(frozen=True, slots=True)
class Context:
    """The broker as connections see it."""

    namespace: Namespace
    key: SharedAccessKey
    tier: Tier
    clock: Clock
    turn: Turn
