"""Cosmos triggers against the project's document database."""

from azure.cosmos import ContainerProxy

from tests.fixtures.function_cloud import fresh_name
from tests.fixtures.functions_host import LocalHost


def _ids(host: LocalHost, function: str) -> list[str]:
    return [name for run in host.records(function) for name in run["ids"]]


def test_changed_documents_arrive_in_order(events_host: LocalHost, followed: ContainerProxy) -> None:
    names = [fresh_name("document") for _ in range(25)]
    for name in names:
        followed.upsert_item({"id": name, "pk": "one"})

    events_host.wait_for("on_change", lambda it: names[-1] in it["ids"])

    assert [name for name in _ids(events_host, "on_change") if name in names] == names
    assert max(len(run["ids"]) for run in events_host.records("on_change")) <= 10, "maxItemsPerInvocation"


def test_a_failing_batch_is_dropped_without_a_policy_and_kept_with_one(
    events_host: LocalHost, followed: ContainerProxy
) -> None:
    broken, after = fresh_name("broken"), fresh_name("after")
    followed.upsert_item({"id": broken, "pk": "one"})
    kept = events_host.wait_for("on_kept_change", lambda it: broken in it["ids"], count=3)
    events_host.wait_for("on_change", lambda it: broken in it["ids"])
    followed.upsert_item({"id": after, "pk": "one"})
    events_host.wait_for("on_change", lambda it: after in it["ids"])
    events_host.wait_for("on_kept_change", lambda it: after in it["ids"])

    assert _ids(events_host, "on_change").count(broken) == 1
    assert [(run["retry"], run["failing"]) for run in kept] == [(0, True), (1, True), (2, False)]
    assert kept[1]["at"] - kept[0]["at"] >= 0.9, "the policy's delay"
    assert "is dropped, as in the cloud" in events_host.server.output
