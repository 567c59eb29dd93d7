"""The configuration file: the emulator's shape, faults named by place."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.launcher.broker_config import broker_config
from infra.local.servicebus.config import ConfigError, load_config, parse_config
from infra.local.topology import load_topology
from tests.fixtures.processes import ROOT
from tests.fixtures.servicebus import config, queue, subscription, topic

QUEUES = "/UserConfig/Namespaces/0/Queues"
TOPICS = "/UserConfig/Namespaces/0/Topics"


def _sql(expression: str, **more: object) -> dict[str, object]:
    rule = {"FilterType": "Sql", "SqlFilter": {"SqlExpression": expression}, **more}
    return {"Name": "s", "Rules": [{"Name": "r", "Properties": rule}]}


def test_absent_properties_are_those_of_the_cloud() -> None:
    properties = parse_config(config([{"Name": "q"}])).queues[0].properties
    assert (properties.lock_duration, properties.max_delivery_count) == (timedelta(minutes=1), 10)
    assert properties.default_message_time_to_live is None


def test_what_the_launcher_writes_from_the_topology_is_read() -> None:
    bus = load_topology(ROOT / "infra" / "topology.json").service_bus
    namespace = parse_config(json.dumps(broker_config(bus)))
    assert [one.name for one in namespace.queues] == [one.name for one in bus.queues]
    assert [one.properties.lock_duration for one in namespace.queues] == [
        one.lock_duration for one in bus.queues
    ]


def test_every_property_of_the_emulator_is_known() -> None:
    properties = {
        "DeadLetteringOnMessageExpiration": False,
        "DefaultMessageTimeToLive": "PT1H",
        "DuplicateDetectionHistoryTimeWindow": "PT20S",
        "ForwardDeadLetteredMessagesTo": "",
        "ForwardTo": "",
        "LockDuration": "PT1M",
        "MaxDeliveryCount": 3,
        "RequiresDuplicateDetection": False,
        "RequiresSession": False,
    }
    assert parse_config(config([queue("q", **properties)])).queues[0].properties.max_delivery_count == 3


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (config([queue("q", LockDurationn="PT1M")]), f"{QUEUES}/0/Properties/LockDurationn"),
        (config([queue("q", LockDuration="PT6M")]), f"{QUEUES}/0/Properties/LockDuration"),
        (config([queue("q", LockDuration="1 minute")]), f"{QUEUES}/0/Properties/LockDuration"),
        (config([queue("a"), queue("q", MaxDeliveryCount=0)]), f"{QUEUES}/1/Properties/MaxDeliveryCount"),
        (config([queue("q", ForwardTo="b")]), f"{QUEUES}/0/Properties/ForwardTo: .*not implemented"),
        (config([queue("-q")]), f"{QUEUES}/0/Name"),
        (config([queue("Q"), queue("q")]), f"{QUEUES}/1/Name: 'q' is already the name at {QUEUES}/0/Name"),
        (config([queue("q")], [topic("Q")]), f"{TOPICS}/0/Name"),
        (
            config([], [topic("t", subscription("s"), subscription("S"))]),
            f"{TOPICS}/0/Subscriptions/1/Name",
        ),
        (
            config([], [topic("t", _sql("color = 'red'"))]),
            f"{TOPICS}/0/Subscriptions/0/Rules/0/Properties/SqlFilter/SqlExpression: .*not implemented",
        ),
        (
            config([], [topic("t", _sql("1=1", Action={"SqlExpression": "SET a = 1"}))]),
            f"{TOPICS}/0/Subscriptions/0/Rules/0/Properties/Action: .*not implemented",
        ),
        (config([], [topic("t", subscription("s", {"Lable": "x"}))]), "CorrelationFilter/Lable"),
        ('{"UserConfig": {"Namespaces": []}}', "/UserConfig/Namespaces"),
        ('{"UserConfig": ', "the file"),
    ],
)
def test_a_fault_is_named_by_its_place(text: str, place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        parse_config(text)


def test_a_filter_type_needs_its_filter() -> None:
    rule = {"Name": "r", "Properties": {"FilterType": "Correlation"}}
    with pytest.raises(ConfigError, match="needs a CorrelationFilter"):
        parse_config(config([], [topic("t", {"Name": "s", "Rules": [rule]})]))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.json"):
        load_config(tmp_path / "absent.json")
