"""Faults of the AMQP layer: what the peer sent can't be read, or what we would send can't be expressed."""


class AmqpError(Exception):
    """Base of this layer's faults."""


class DecodeError(AmqpError):
    """Bytes are not a valid AMQP encoding; the message names the byte."""


class EncodeError(AmqpError):
    """A Python value has no AMQP encoding here."""


class FramingError(AmqpError):
    """A frame header is invalid or a frame is larger than was agreed."""
