"""Limits of the two tiers of Service Bus that the broker can stand for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tier:
    """Sizes in bytes; a batch counts as one message."""

    name: str
    max_message_size: int


STANDARD = Tier("standard", 256 * 1024)
PREMIUM = Tier("premium", 1024 * 1024)
TIERS = {tier.name: tier for tier in (STANDARD, PREMIUM)}
