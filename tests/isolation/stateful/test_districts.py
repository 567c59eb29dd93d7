"""Three districts on one application never see each other, and each planted leak is found.

The store and the blob account are the local cloud's; one of each serves every run.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from tests.isolation.stateful.machine import FOUND, Districts, Leak
from tests.isolation.stateful.plants import PLANTS, Plant
from tests.isolation.stateful.stores import running_application

pytestmark = [pytest.mark.xdist_group("districts"), pytest.mark.timeout(240)]

CLEAN = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# To find a leak is enough; to make the example small takes longer than all else together.
SEEKING = settings(CLEAN, max_examples=100, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Districts]]:
    with running_application(tmp_path_factory.mktemp("districts")) as application:
        Districts.application = application
        yield Districts


def test_no_district_sees_or_changes_another(machine: type[Districts]) -> None:
    run_state_machine_as_test(machine, settings=CLEAN)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_leak_is_found(
    machine: type[Districts], monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    FOUND.clear()
    # Where a leak reaches what earlier examples left behind, one run need not go as it went before.
    with pytest.raises((Leak, FlakyStrategyDefinition)):
        run_state_machine_as_test(machine, settings=SEEKING)
    assert FOUND
