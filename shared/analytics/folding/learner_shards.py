"""Brings shards of learners to the state of one fold: their sections of touched courses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from shared.analytics.folding.learner_fold import Sections
from shared.analytics.folding.learner_lines import Section, line_of, merged_sections
from shared.analytics.folding.learner_pages import Bucket
from shared.analytics.folding.members import MEMBERS, counts_of, merged_members, period_group, school_group
from shared.analytics.folding.shard_writing import Build, ShardWriter
from shared.analytics.model import (
    Page,
    ShardChange,
    ShardHead,
    learner_page,
    learner_shard,
    learner_view,
    text_of,
    view_of,
)
from shared.analytics.ports import RollupStore
from shared.analytics.structure import Structure
from shared.kernel.scope import TenantScope

_NO_VIEWS: Final[Page] = {}


@dataclass(frozen=True, slots=True)
class _Before:
    """A shard as it was when shards were read together: a head, and pages that are as old or newer."""

    head: ShardHead
    pages: Mapping[str, Page]


class LearnerShards:
    """Writes shards of learners, and keeps by bucket how many are in the groups above courses."""

    def __init__(self, scope: TenantScope, store: RollupStore, structure: Structure) -> None:
        self.counts: dict[str, Mapping[str, int]] = {}
        self._scope = scope
        self._store = store
        self._structure = structure

    async def replace(self, writer: ShardWriter, found: Mapping[str, Bucket]) -> None:
        """Write all there is to the learners of buckets; nothing is looked up but heads."""
        self.counts |= {bucket: own.counts for bucket, own in found.items()}
        await writer.write(
            (learner_shard(bucket), partial(_replaced, own.pages)) for bucket, own in found.items()
        )

    async def write(self, writer: ShardWriter, found: Mapping[str, Sections]) -> None:
        """Write the sections of learners, by bucket; all shards are looked up together."""
        buckets = {learner_shard(bucket): bucket for bucket in found}
        heads = await writer.heads(buckets)
        wanted = {shard: _merged(heads[shard], found[bucket]) for shard, bucket in buckets.items()}
        pages = await self._store.read(self._scope, wanted)
        builds: Iterator[tuple[str, Build]] = (
            (shard, partial(self._change, bucket, found[bucket], _Before(heads[shard], pages.get(shard, {}))))
            for shard, bucket in buckets.items()
        )
        await writer.write(builds, heads)

    async def _change(
        self, bucket: str, found: Sections, known: _Before, shard: str, head: ShardHead
    ) -> ShardChange:
        merging = _merged(head, found)
        before = known.pages
        if head != known.head and merging:
            before = (await self._store.read(self._scope, {shard: merging}))[shard]
        pages: dict[str, Page] = {}
        groups: dict[str, frozenset[str] | None] = {}
        for name, learners in groupby(sorted(found), key=learner_page):
            page = dict(before.get(name, _NO_VIEWS))
            for learner in learners:
                sections = merged_sections(page.pop(learner_view(learner), None), found[learner])
                groups[learner] = self._groups(sections) if sections else None
                page |= {learner_view(learner): line_of(sections)} if sections else {}
            pages |= {name: page} if page else {}
        known_members = view_of(before[MEMBERS][MEMBERS]) if MEMBERS in before else None
        members = merged_members(known_members, groups)
        self.counts[bucket] = counts_of(members)
        if members == known_members:
            # New results of learners who are where they were: by far the most files.
            return ShardChange(shard, pages, merging - pages.keys() - {MEMBERS})
        pages |= {MEMBERS: {MEMBERS: text_of(members)}} if members["learners"] else {}
        return ShardChange(shard, pages, merging - pages.keys())

    def _groups(self, sections: Mapping[str, Section]) -> frozenset[str]:
        """Return the groups above courses that a learner's results fall into."""
        schools = {school_group(self._structure.school_of(course)) for course in sections}
        periods = {period_group(period) for section in sections.values() for period in section.periods}
        return frozenset(schools | periods)


async def _replaced(pages: Mapping[str, Page], shard: str, head: ShardHead) -> ShardChange:
    return ShardChange(shard, pages, head.pages - pages.keys())


def _merged(head: ShardHead, found: Sections) -> frozenset[str]:
    """Return the pages that are written by merging them with what they hold."""
    return head.pages & {*map(learner_page, found), MEMBERS}
