"""Hands a message of a trigger to the consumer, which decides how it is settled."""

import azure.functions as func

from shared.bootstrap import services
from shared.messaging.consumer import GivenUp, Handler
from shared.messaging.messages import ReceivedMessage


async def deliver(
    message: func.ServiceBusMessage, queue: str, handler: Handler, given_up: GivenUp | None = None
) -> None:
    """Open the envelope and run `handler`. Returning completes the message, raising abandons it."""
    received = ReceivedMessage(
        queue,
        str(message.message_id),
        message.get_body(),
        message.session_id,
        message.delivery_count or 1,
    )
    await services().consumer.handle(received, handler, given_up)
