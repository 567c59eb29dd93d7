"""Management requests that an entity can't serve."""

import pytest

from infra.local.servicebus.amqp.types import Array
from infra.local.servicebus.entities.entity import EntityRules, Surroundings
from infra.local.servicebus.entities.topic import Topic
from infra.local.servicebus.protocol.management import answer
from infra.local.servicebus.protocol.requests import Request, parse_request
from tests.unit.local_servicebus.memory_journal import MemoryJournal, SetClock, make_queue

LIMIT = 1000


def _asked(operation: str, body: object, receiver: str | None = None) -> dict[object, object]:
    queue = make_queue(SetClock(), EntityRules())
    parameters: dict[object, object] = {"operation": f"com.microsoft:{operation}"}
    if receiver is not None:
        parameters["associated-link-name"] = receiver
    return parse_request(answer(Request("id", parameters, body), queue, LIMIT)).parameters


@pytest.mark.parametrize("operation", ["add-rule", "remove-rule", "enumerate-rules", "anything"])
def test_an_operation_that_is_not_implemented_is_named(operation: str) -> None:
    answered = _asked(operation, {})
    assert (answered["statusCode"], answered["errorCondition"]) == (501, "amqp:not-implemented")
    assert operation in str(answered["statusDescription"])


@pytest.mark.parametrize(
    ("operation", "body", "condition"),
    [
        ("renew-lock", {}, "com.microsoft:argument-error"),
        ("renew-lock", {"lock-tokens": Array(["text"])}, "com.microsoft:argument-error"),
        ("renew-lock", "no map", "com.microsoft:argument-error"),
        ("peek-message", {"from-sequence-number": "1"}, "com.microsoft:argument-error"),
        ("update-disposition", {"disposition-status": "lost"}, "com.microsoft:argument-error"),
        (
            "update-disposition",
            {"disposition-status": "completed", "properties-to-modify": {"a": 1}},
            "amqp:not-implemented",
        ),
        ("schedule-message", {"messages": [{"message": b"nonsense"}]}, "com.microsoft:argument-error"),
        ("schedule-message", {"messages": [{"message": b"x" * 1001}]}, "amqp:link:message-size-exceeded"),
        ("renew-session-lock", {"session-id": "s"}, "amqp:not-allowed"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(operation: str, body: object, condition: str) -> None:
    assert _asked(operation, body)["errorCondition"] == condition


def test_a_topic_can_not_be_received_from() -> None:
    topic = Topic("t", 1, EntityRules(), Surroundings(MemoryJournal(), SetClock()), ())
    body = {"from-sequence-number": 1, "message-count": 1}
    request = Request("id", {"operation": "com.microsoft:peek-message"}, body)
    answered = parse_request(answer(request, topic, LIMIT)).parameters
    assert answered["errorCondition"] == "amqp:not-allowed"
