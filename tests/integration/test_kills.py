"""A process dies while an ingest stands at a named boundary: facts and rollups are as if none had."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from infra.local.launcher.endpoints import OFFSETS, Endpoints
from tests.campaigns.kills import attempts_file
from tests.fixtures.kills.cloud import Kill, MortalCloud, mortal_cloud
from tests.fixtures.kills.outcome import Outcome
from tests.fixtures.processes import free_port

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(150)]

_KILLS: Final = (
    Kill("http", "after-landing"),
    Kill("ingest", "after-plan"),
    Kill("ingest", "mid-chunk"),
    Kill("blob", "after-parts"),
    Kill("servicebus", "before-commit"),
    Kill("cosmos", "before-fold"),
    Kill("ingest", "mid-fold"),
)
"""With A, B, A below: each boundary, and each process. `scripts/campaign kills` tries all pairs."""


_A: Final = attempts_file(1)
_B: Final = attempts_file(2)


@pytest.fixture(scope="module")
async def mortal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MortalCloud]:
    """A cloud to kill the processes of."""
    endpoints = Endpoints({service: free_port() for service in OFFSETS})
    async with mortal_cloud(endpoints, tmp_path_factory.mktemp("kills")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
async def undisturbed(mortal: MortalCloud) -> Outcome:
    """What comes of A when nothing dies: facts from several chunks, rejects, rollups, nothing quarantined."""
    outcome = await mortal.after([_A])
    assert len({fact["chunk"] for fact in outcome.facts}) > 2
    assert outcome.counts["rejected"] > 0
    assert (len(outcome.rollups) > 100, list(outcome.quarantined)) == (True, [])
    return outcome


@pytest.mark.parametrize("kill", _KILLS, ids=str)
async def test_a_killed_process_changes_nothing(
    mortal: MortalCloud, undisturbed: Outcome, kill: Kill
) -> None:
    assert (await mortal.after([_A], kill)).differences(undisturbed) == []


async def test_a_b_and_a_again_ends_at_a_though_the_last_commit_was_cut_off(
    mortal: MortalCloud, undisturbed: Outcome
) -> None:
    outcome = await mortal.after([_A, _B, _A], Kill("ingest", "after-commit"))
    assert outcome.differences(undisturbed) == []
