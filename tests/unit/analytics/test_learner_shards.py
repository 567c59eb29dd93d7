"""Pages of learners: those are read that hold more than a fold found out anew, and nothing else gets lost."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pytest

from shared.analytics.folding.fold import Folder
from shared.analytics.folding.members import COURSE_PREFIX, MEMBERS
from shared.analytics.model import Page, View, bucket_of, learner_page, text_of, view_of
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import Row, fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, MemoryRollups

SCOPE = scope_of("north-district")
FIRST, SECOND = ingest_id(0), ingest_id(1)
ADA, BEN, CLEO = (learner_id(n) for n in (1, 257, 2))
"""The first two lie in one page."""
NEVER = 2.0
BEFORE = [fact(FIRST, ADA), fact(FIRST, ADA, "biology"), fact(FIRST, BEN), fact(FIRST, CLEO)]


class _Watched(MemoryRollups):
    """Notes which pages of learners are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read_pages: set[str] = set()

    async def read(
        self, scope: TenantScope, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, dict[str, Page]]:
        """Return those of the wanted pages that exist."""
        shards = (shard for shard in wanted if shard.startswith("learner:"))
        self.read_pages |= {page for shard in shards for page in wanted[shard] if page != MEMBERS}
        return await super().read(scope, wanted)


def test_two_learners_of_these_tests_share_a_page() -> None:
    assert learner_page(ADA) == learner_page(BEN)
    assert bucket_of(ADA) == bucket_of(BEN) == bucket_of(CLEO)


async def _folded(folder: Path, store: _Watched, news: Sequence[Row]) -> dict[tuple[str, str], View]:
    """Fold news after what was before, and return all views, which are what a rebuild makes."""
    lake = LocalLake(folder)
    by_commits = Folder(lake, store, whole_from=NEVER)
    lake.commit(FIRST, [BEFORE])
    await fold(by_commits, lake, SCOPE, FIRST)
    store.read_pages.clear()
    lake.commit(SECOND, [news])
    await fold(by_commits, lake, SCOPE, SECOND)
    rebuilt = MemoryRollups()
    await Folder(lake, rebuilt).rebuild(SCOPE)
    assert store.views(SCOPE.tenant_id) == rebuilt.views(SCOPE.tenant_id)
    return store.views(SCOPE.tenant_id)


@pytest.mark.parametrize(
    ("touched", "pages"),
    [
        ([(CLEO, "algebra")], set()),
        ([(ADA, "algebra"), (ADA, "biology"), (BEN, "algebra")], set()),
        ([(ADA, "algebra")], {learner_page(ADA)}),
        ([(ADA, "algebra"), (ADA, "biology")], {learner_page(ADA)}),
        ([(CLEO, "biology"), (ADA, "biology")], {learner_page(ADA), learner_page(CLEO)}),
        ([(learner_id(513), "algebra")], {learner_page(ADA)}),
        ([(learner_id(3), "algebra")], set()),
    ],
    ids=["whole page", "all of a page", "one course", "one learner", "other course", "new beside", "new"],
)
async def test_a_page_is_read_when_it_holds_what_was_not_found(
    tmp_path: Path, touched: list[tuple[str, str]], pages: set[str]
) -> None:
    store = _Watched()
    news = [fact(SECOND, learner, course, attempt=2, score="3") for learner, course in touched]
    await _folded(tmp_path, store, news)
    assert store.read_pages == pages


class _WrittenLongAgo(_Watched):
    """Members without the courses that they are in, as they were once written."""

    async def read(
        self, scope: TenantScope, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, dict[str, Page]]:
        """Return those of the wanted pages that exist."""
        found = await super().read(scope, wanted)
        return {
            shard: own | ({MEMBERS: {MEMBERS: _without_courses(own[MEMBERS])}} if MEMBERS in own else {})
            for shard, own in found.items()
        }


def _without_courses(page: Page) -> str:
    learners = view_of(page[MEMBERS])["learners"]
    assert isinstance(learners, dict)
    return text_of({"learners": {learner: _above(groups) for learner, groups in learners.items()}})


def _above(groups: object) -> list[Json]:
    assert isinstance(groups, list)
    return [group for group in groups if not group.startswith(COURSE_PREFIX)]


async def test_members_of_whom_courses_are_not_known_are_read_and_known_from_then_on(tmp_path: Path) -> None:
    news = [fact(SECOND, row["learner"], row["course"], attempt=2, score="3") for row in BEFORE]
    store = _WrittenLongAgo()
    await _folded(tmp_path, store, news)
    assert store.read_pages == {learner_page(ADA), learner_page(CLEO)}
