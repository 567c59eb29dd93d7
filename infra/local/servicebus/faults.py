"""What the broker refuses, with the conditions and status codes that Service Bus uses.

`condition` is the symbol sent on links and in management answers; `status` is the code of the latter.
"""

from infra.local.servicebus.amqp.delivery_states import ErrorInfo


class Fault(Exception):
    """A request can't be served; the message is shown to the client."""

    condition = "amqp:internal-error"
    status = 500

    def error_info(self) -> ErrorInfo:
        """Return the AMQP error that tells the client."""
        return ErrorInfo(self.condition, str(self))


class EntityNotFound(Fault):
    """No queue, topic or subscription has this path."""

    condition = "amqp:not-found"
    status = 404


class NotAllowed(Fault):
    """The entity does not permit this use, such as a message without session in a queue that requires one."""

    condition = "amqp:not-allowed"
    status = 400


class InvalidArgument(Fault):
    """A management request lacks a value or holds one of the wrong kind."""

    condition = "com.microsoft:argument-error"
    status = 400


class Unauthorized(Fault):
    """No valid token covers the entity."""

    condition = "amqp:unauthorized-access"
    status = 401


class NotImplementedHere(Fault):
    """Service Bus can do this, the local broker can't; the message names the feature."""

    condition = "amqp:not-implemented"
    status = 501


class MessageSizeExceeded(Fault):
    """A message is larger than the tier permits."""

    condition = "amqp:link:message-size-exceeded"
    status = 413


class MessageNotFound(Fault):
    """No message has this sequence number in the state that the operation needs."""

    condition = "com.microsoft:message-not-found"
    status = 404


class MessageLockLost(Fault):
    """The lock token is unknown or its lock has expired."""

    condition = "com.microsoft:message-lock-lost"
    status = 410


class SessionLockLost(Fault):
    """The session is not, or no longer, locked by this receiver."""

    condition = "com.microsoft:session-lock-lost"
    status = 410


class SessionCannotBeLocked(Fault):
    """Another receiver holds the session."""

    condition = "com.microsoft:session-cannot-be-locked"
    status = 409


class TimedOut(Fault):
    """No session became available in the time that the client waits."""

    condition = "com.microsoft:timeout"
    status = 408
