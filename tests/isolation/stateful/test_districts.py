"""Three districts on one application never see each other, and each planted leak is found.

The store and the blob account are the local cloud's; one of each serves every run.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import shared.bootstrap
from infra.local.launcher.options import TOPOLOGY
from infra.local.launcher.resources import create_blob_containers, create_cosmos_containers
from infra.local.topology import load_topology
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.cosmos import local_cosmos
from tests.isolation.stateful.application import Application
from tests.isolation.stateful.machine import Districts, Leak
from tests.isolation.stateful.plants import PLANTS, Plant

pytestmark = [pytest.mark.xdist_group("districts"), pytest.mark.timeout(120)]

CLEAN = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# To find a leak is enough; to make the example small takes longer than all else together.
SEEKING = settings(CLEAN, max_examples=100, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    topology, folder = load_topology(TOPOLOGY), tmp_path_factory.mktemp("districts")
    storage = LocalBlobAccount(folder / "blob")
    with local_cosmos(folder / "cosmos") as store:
        cosmos = f"AccountEndpoint={store.account.endpoint}/;AccountKey={store.account.key};"
        application = Application(cosmos, storage.connection, folder)
        application.run(create_blob_containers(storage.connection, topology.blob))
        application.run(create_cosmos_containers(cosmos, topology.cosmos))
        yield application
        application.close()
    storage.server.stop()


@pytest.fixture(autouse=True)
def machine(application: Application, monkeypatch: pytest.MonkeyPatch) -> type[Districts]:
    monkeypatch.setattr(Districts, "application", application, raising=False)
    monkeypatch.setattr(shared.bootstrap, "services", lambda: application.services)
    return Districts


def test_no_district_sees_or_changes_another(machine: type[Districts]) -> None:
    run_state_machine_as_test(machine, settings=CLEAN)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_leak_is_found(
    machine: type[Districts], monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    with pytest.raises(Leak):
        run_state_machine_as_test(machine, settings=SEEKING)
