"""The topology file and what is generated from it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.launcher.broker_config import broker_config
from infra.local.topology import ServiceBus, TopologyError, load_topology
from tests.fixtures.processes import ROOT

FILE = ROOT / "infra" / "topology.json"


SOUND = {
    "cosmos": {
        "database": "d",
        "containers": [
            {"name": "control", "holds": "x", "partitionKey": ["/id"]},
            {"name": "audit", "holds": "x", "partitionKey": ["/tenantId", "/month"], "defaultTtl": -1},
        ],
    },
    "serviceBus": {
        "queues": [{"name": "work", "holds": "x", "lockDuration": "PT5M"}],
        "topics": [
            {"name": "events", "holds": "x", "subscriptions": [{"name": "all", "holds": "x"}]},
        ],
    },
    "blob": {"containers": [{"name": "landing", "holds": "x"}]},
    "eventGrid": {"subscriptions": [{"name": "landed", "container": "landing", "function": "landed"}]},
}


def _set(path: str, value: object) -> Callable[[dict[Any, Any]], None]:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")[1:]]

    def change(document: dict[Any, Any]) -> None:
        for step in steps:
            document = document[step]
        document[last] = value

    return change


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("/cosmos/containers/1/partitionKey", [], "/cosmos/containers/1/partitionKey: "),
        ("/cosmos/containers/1/partitionKey/0", "tenantId", "/cosmos/containers/1/partitionKey/0: "),
        ("/cosmos/containers/1/defaultTtl", 0, "/cosmos/containers/1: .*at least one second"),
        ("/cosmos/containers/1/name", "control", "/cosmos/containers: 'control' is named 2 times"),
        ("/cosmos/containers/1/colour", "red", "/cosmos/containers/1/colour: Extra inputs"),
        ("/serviceBus/queues/0/lockDuration", "PT6M", "/serviceBus/queues/0/lockDuration: .*five minutes"),
        ("/serviceBus/queues/0/name", "events", "/serviceBus: 'events' is named 2 times"),
        ("/serviceBus/topics/0/subscriptions", [], "/serviceBus/topics/0/subscriptions: "),
        ("/blob/containers/0/name", "a--b", "/blob/containers/0/name: "),
        ("/eventGrid/subscriptions/0/container", "parts0", "/eventGrid/subscriptions/0/container: no blob"),
    ],
)
def test_a_faulty_topology_is_refused_at_its_place(
    tmp_path: Path, place: str, value: object, message: str
) -> None:
    document = copy.deepcopy(SOUND)
    _set(place, value)(document)
    faulty = tmp_path / "topology.json"
    faulty.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(TopologyError, match=message):
        load_topology(faulty)


def test_a_sound_topology_is_read(tmp_path: Path) -> None:
    file = tmp_path / "topology.json"
    file.write_text(json.dumps(SOUND), encoding="utf-8")
    assert load_topology(file).cosmos.containers[1].partition_key == ("/tenantId", "/month")


def test_a_missing_topology_is_named(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match=r"none\.json: No such file"):
        load_topology(tmp_path / "none.json")


def test_every_tenant_container_begins_its_key_with_the_tenant() -> None:
    without_tenant = {"control", "leases"}
    for container in load_topology(FILE).cosmos.containers:
        if container.name not in without_tenant:
            assert container.partition_key[0] in {"/tenantId", "/pk"}, container.name


def test_the_broker_gets_every_entity_in_the_emulators_shape() -> None:
    bus = ServiceBus.model_validate(
        {
            "queues": [{"name": "q", "holds": "x", "requiresSession": True, "lockDuration": "PT30S"}],
            "topics": [
                {
                    "name": "t",
                    "holds": "x",
                    "requiresDuplicateDetection": True,
                    "subscriptions": [
                        {
                            "name": "s",
                            "holds": "x",
                            "rules": [{"name": "r", "label": "graded", "properties": {"v": 1}}],
                        }
                    ],
                }
            ],
        }
    )
    namespace: Any = broker_config(bus)["UserConfig"]
    queue = namespace["Namespaces"][0]["Queues"][0]
    assert queue["Name"] == "q"
    assert queue["Properties"]["LockDuration"] == "PT30S"
    assert queue["Properties"]["RequiresSession"] is True
    topic = namespace["Namespaces"][0]["Topics"][0]
    assert topic["Properties"]["DuplicateDetectionHistoryTimeWindow"] == "PT10M"
    assert topic["Subscriptions"][0]["Rules"] == [
        {
            "Name": "r",
            "Properties": {
                "FilterType": "Correlation",
                "CorrelationFilter": {"Label": "graded", "Properties": {"v": 1}},
            },
        }
    ]
