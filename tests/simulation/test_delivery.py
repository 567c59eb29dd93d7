"""Whatever goes wrong on the way, the facts end as exactly what was sent, and each planted bug is found.

A slice of the campaign: scripts/campaign ingest runs as many schedules as asked for.
"""

import pytest

from tests.simulation.plants import PLANTS, Plant
from tests.simulation.schedule import simulate

SLICE = range(20)
ENOUGH = 100
"""Schedules within which a planted bug must show."""


@pytest.mark.parametrize("seed", SLICE)
def test_a_schedule_ends_with_exactly_the_truth(seed: int) -> None:
    outcome = simulate(seed)
    assert not outcome.violations, f"{outcome.violations}\n{outcome.story(last=60)}"


def test_the_same_seed_gives_the_same_trace() -> None:
    assert simulate(7).trace == simulate(7).trace


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    soil = PLANTS[plant]
    seeds = (soil.seed, *range(ENOUGH))
    assert any(simulate(seed, soil.climate, soil.sources).violations for seed in seeds)
