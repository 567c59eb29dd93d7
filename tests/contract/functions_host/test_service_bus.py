"""Service Bus triggers against the project's broker, with messages from the real SDK."""

import uuid

from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSubQueue

from tests.fixtures.function_cloud import Send, fresh_name
from tests.fixtures.functions_host import LocalHost, Record


def test_a_failing_message_comes_again_at_once_until_it_is_dead_lettered(
    events_host: LocalHost, bus: ServiceBusClient, send: Send
) -> None:
    body = fresh_name("failing")
    send("failing", ServiceBusMessage(body))

    runs = events_host.wait_for("on_failing", lambda it: it["body"] == body, count=3)

    assert [run["delivery"] for run in runs] == [1, 2, 3]
    assert runs[2]["at"] - runs[0]["at"] < 2
    with bus.get_queue_receiver("failing", sub_queue=ServiceBusSubQueue.DEAD_LETTER) as receiver:
        (dead,) = receiver.receive_messages(max_wait_time=10)
        receiver.complete_message(dead)
    assert (str(dead), dead.dead_letter_reason) == (body, "MaxDeliveryCountExceeded")


def test_a_message_arrives_with_what_the_sender_set(events_host: LocalHost, send: Send) -> None:
    body, trace = fresh_name("plain"), f"00-{uuid.uuid4().hex}-b7ad6b7169203331-01"
    properties: dict[str | bytes, str | int] = {"tenant": "t1", "count": 3, "Diagnostic-Id": trace}
    message = ServiceBusMessage(
        body,
        application_properties=properties,  # type: ignore[arg-type] # the SDK's union is invariant
        message_id=body,
        correlation_id="c1",
        subject="s1",
    )
    send("single", message)

    (seen,) = events_host.wait_for("on_single", lambda it: it["body"] == body)

    assert (seen["message_id"], seen["correlation"], seen["subject"]) == (body, "c1", "s1")
    assert (seen["delivery"], seen["properties"]) == (1, properties)
    assert seen["traceparent"] == trace
    assert seen["enqueued"].endswith("+00:00")


def test_a_body_that_is_no_text_arrives_as_it_is(events_host: LocalHost, send: Send) -> None:
    send("single", ServiceBusMessage(b"\xff\x00binary"))

    events_host.wait_for("on_single", lambda it: it["body"] == "\\xff\x00binary")


def test_an_output_is_sent_and_reaches_the_topics_subscriber(events_host: LocalHost, send: Send) -> None:
    body = fresh_name("fan")
    send("single", ServiceBusMessage(body))

    events_host.wait_for("on_topic", lambda it: it["body"] == f"from {body}")


def test_the_lock_of_a_long_invocation_is_renewed(events_host: LocalHost, send: Send) -> None:
    send("slow", ServiceBusMessage("3.5"))

    events_host.wait_for("on_slow", lambda it: it["stage"] == "end")

    assert [run["delivery"] for run in events_host.records("on_slow")] == [1, 1], "the lock is 2 s"


def test_single_messages_run_side_by_side_up_to_the_limit(events_host: LocalHost, send: Send) -> None:
    bodies = [f"0.50000{index}" for index in range(6)]
    send("slow", *(ServiceBusMessage(body) for body in bodies))

    events_host.wait_for("on_slow", lambda it: it["body"] in bodies and it["stage"] == "end", count=6)

    runs = [run for run in events_host.records("on_slow") if run["body"] in bodies]
    assert _most_at_once(runs) == 4, "maxConcurrentCalls of the app's host.json"


def test_batches_hold_up_to_the_limit_and_run_one_after_the_other(events_host: LocalHost, send: Send) -> None:
    sent = [f"{fresh_name('batch')}-{index}" for index in range(25)]
    send("batches", *(ServiceBusMessage(body) for body in sent))

    events_host.wait_for("on_batch", lambda it: sent[-1] in it["bodies"])

    batches = [run["bodies"] for run in events_host.records("on_batch") if run["bodies"][0] in sent]
    assert [body for batch in batches for body in batch] == sent
    assert max(map(len, batches)) <= 10, "maxMessageBatchSize of the app's host.json"


def test_messages_of_a_session_come_in_order_and_a_failed_one_comes_first_again(
    events_host: LocalHost, send: Send
) -> None:
    first, second = fresh_name("session"), fresh_name("session")
    flaky = f"flaky-{uuid.uuid4().hex}"
    bodies = {first: ["a", flaky, "b", "c"], second: ["x", "y", "z"]}
    for session, sent in bodies.items():
        send("ordered", *(ServiceBusMessage(body, session_id=session) for body in sent))

    events_host.wait_for("on_session", lambda it: it["session"] == first and it["body"] == "c")
    events_host.wait_for("on_session", lambda it: it["session"] == second and it["body"] == "z")

    seen = {
        session: [
            (run["body"], run["delivery"])
            for run in events_host.records("on_session")
            if run["session"] == session
        ]
        for session in bodies
    }
    assert seen[first] == [("a", 1), (flaky, 1), (flaky, 2), ("b", 1), ("c", 1)]
    assert seen[second] == [("x", 1), ("y", 1), ("z", 1)]


def test_more_sessions_than_places_are_all_served(events_host: LocalHost, send: Send) -> None:
    sessions = [fresh_name("many") for _ in range(4)]
    for session in sessions:
        send("ordered", ServiceBusMessage("only", session_id=session))

    events_host.wait_for("on_session", lambda it: it["session"] in sessions, count=4)
    assert {run["session"] for run in events_host.records("on_session")} >= set(sessions)


def _most_at_once(runs: list[Record]) -> int:
    running = most = 0
    for run in sorted(runs, key=lambda it: it["at"]):
        running += 1 if run["stage"] == "begin" else -1
        most = max(most, running)
    return most
