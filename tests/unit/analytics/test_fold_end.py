"""A fold ends by moving the head of the tenant's shard: whoever reads after that sees all that it wrote."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from shared.analytics.folding.fold import Folder
from shared.analytics.model import TENANT_SHARD, ShardChange
from shared.analytics.ports import Upon
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, MemoryRollups

_SCOPE = scope_of("north-district")
_NEVER, _ALWAYS = 2.0, 0.0
"""Shares of touched rows from which a fold computes everything anew."""


class _Written(MemoryRollups):
    """Notes what was written, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[ShardChange] = []

    async def write(self, scope: TenantScope, table_version: int, changes: Iterable[Upon]) -> set[str]:
        """Write changes and note them."""
        some = list(changes)
        self.changes += [change for _, change in some]
        return await super().write(scope, table_version, some)


def _lake(folder: Path) -> LocalLake:
    lake = LocalLake(folder)
    for ingest in (ingest_id(1), ingest_id(2)):
        rows = [fact(ingest, learner_id(1), "algebra", "quiz-1", source=ingest, score="1.0000")]
        lake.commit(ingest, [rows])
    return lake


@pytest.mark.parametrize("whole_from", [_NEVER, _ALWAYS])
async def test_the_head_of_the_tenants_shard_moves_last(tmp_path: Path, whole_from: float) -> None:
    lake, store = _lake(tmp_path), _Written()
    folder = Folder(lake, store, whole_from=whole_from)
    for ingest in lake.changes:
        store.changes.clear()
        await fold(folder, lake, _SCOPE, ingest)

        assert store.changes[-1] == ShardChange(TENANT_SHARD, {})
        assert {TENANT_SHARD, "course:algebra"} < {change.shard for change in store.changes[:-1]}


async def test_the_head_moves_last_in_a_rebuild_too(tmp_path: Path) -> None:
    lake, store = _lake(tmp_path), _Written()
    await Folder(lake, store).rebuild(_SCOPE)

    assert store.changes[-1] == ShardChange(TENANT_SHARD, {})
