"""The request nodes: `$cbs` takes tokens, `$management` performs operations on an entity."""

from collections.abc import Callable

from infra.local.servicebus.amqp.types import Int, Symbol
from infra.local.servicebus.entities.entity import Entity
from infra.local.servicebus.faults import Fault, NotImplementedHere
from infra.local.servicebus.log import log
from infra.local.servicebus.protocol.context import Context
from infra.local.servicebus.protocol.incoming_link import Consume, Delivery
from infra.local.servicebus.protocol.management import answer
from infra.local.servicebus.protocol.requests import Request, encode_response, parse_request
from infra.local.servicebus.protocol.tokens import Grants, verify_token

# Requests carry encoded messages with some more around them.
REQUEST_OVERHEAD = 64 * 1024

type Respond = Callable[[bytes], None]


def token_node(context: Context, grants: Grants, respond: Respond) -> Consume:
    """Return what takes put-token requests (AMQP claims-based security, section 2)."""

    def consume(delivery: Delivery) -> None:
        request = parse_request(delivery.encoded)
        try:
            _put_token(context, grants, request)
        except Fault as fault:
            log("warning", "token refused", audience=request.text("name"), reason=str(fault))
            respond(_token_answer(request, fault.status, str(fault), fault.condition))
        else:
            respond(_token_answer(request, 202, "Accepted", None))

    return consume


def management_node(context: Context, entity: Entity, respond: Respond) -> Consume:
    """Return what takes management requests for an entity."""

    def consume(delivery: Delivery) -> None:
        respond(answer(parse_request(delivery.encoded), entity, context.tier.max_message_size))

    return consume


def _put_token(context: Context, grants: Grants, request: Request) -> None:
    operation = request.text("operation")
    if operation != "put-token":
        raise NotImplementedHere(f"The operation '{operation}' of $cbs is not implemented.")
    audience = request.text("name")
    token = request.body if isinstance(request.body, str) else ""
    expires_at = verify_token(context.key, token, audience, context.clock())
    grants.add(audience, expires_at)


def _token_answer(request: Request, status: int, description: str, condition: str | None) -> bytes:
    parameters: dict[object, object] = {"status-code": Int(status), "status-description": description}
    if condition is not None:
        # Not "error-condition": the Python SDK then drops the status and reports a failure without a cause.
        parameters["errorCondition"] = Symbol(condition)
    return encode_response(request, parameters, None)
