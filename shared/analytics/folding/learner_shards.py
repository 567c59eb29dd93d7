"""Brings shards of learners to the state of one fold: their sections of touched courses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from shared.analytics.folding.learner_fold import Sections
from shared.analytics.folding.learner_pages import Bucket
from shared.analytics.folding.members import (
    MEMBERS,
    counts_of,
    course_group,
    merged_members,
    not_all_of,
    period_group,
    school_group,
)
from shared.analytics.folding.shard_writing import Build, ShardWriter
from shared.analytics.learner_lines import Section, line_of, merged_sections
from shared.analytics.model import (
    Page,
    ShardChange,
    ShardHead,
    View,
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
    """A shard as it was: a head, and what was read after it, which is as old or newer.

    `partly` are the learners who have results in other courses than those that were found, and `pages` those
    that hold any of them. All others are replaced.
    """

    head: ShardHead
    members: View | None
    partly: frozenset[str]
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
        before = await self._before(heads, {shard: found[bucket] for shard, bucket in buckets.items()})
        builds: Iterator[tuple[str, Build]] = (
            (shard, partial(self._change, bucket, found[bucket], before[shard]))
            for shard, bucket in buckets.items()
        )
        await writer.write(builds, heads)

    async def _before(
        self, heads: Mapping[str, ShardHead], found: Mapping[str, Sections]
    ) -> dict[str, _Before]:
        """Read the members of shards by one request, and what is merged with the sections by another."""
        stored = await self._store.read(
            self._scope, {shard: head.pages & {MEMBERS} for shard, head in heads.items()}
        )
        members = {
            shard: view_of(own[MEMBERS][MEMBERS]) if MEMBERS in own else None for shard, own in stored.items()
        }
        partly = {shard: _partly(head, found[shard], members[shard]) for shard, head in heads.items()}
        merging = {shard: heads[shard].pages & {*map(learner_page, some)} for shard, some in partly.items()}
        pages = await self._store.read(self._scope, merging) if any(merging.values()) else {}
        return {
            shard: _Before(head, members[shard], partly[shard], pages.get(shard, {}))
            for shard, head in heads.items()
        }

    async def _change(
        self, bucket: str, found: Sections, before: _Before, shard: str, head: ShardHead
    ) -> ShardChange:
        if head != before.head:
            before = (await self._before({shard: head}, {shard: found}))[shard]
        pages: dict[str, Page] = {}
        groups: dict[str, frozenset[str] | None] = {}
        for name, learners in groupby(sorted(found), key=learner_page):
            page = dict(before.pages.get(name, _NO_VIEWS))
            for learner in learners:
                line = page.pop(learner_view(learner), None)
                sections = merged_sections(line if learner in before.partly else None, found[learner])
                groups[learner] = self._groups(sections) if sections else None
                page |= {learner_view(learner): line_of(sections)} if sections else {}
            pages |= {name: page} if page else {}
        members = merged_members(before.members, groups)
        self.counts[bucket] = counts_of(members)
        examined = head.pages & {*map(learner_page, found), MEMBERS}
        if members == before.members:
            # New results of learners who are where they were: by far the most files.
            return ShardChange(shard, pages, examined - pages.keys() - {MEMBERS})
        pages |= {MEMBERS: {MEMBERS: text_of(members)}} if members["learners"] else {}
        return ShardChange(shard, pages, examined - pages.keys())

    def _groups(self, sections: Mapping[str, Section]) -> frozenset[str]:
        """Return the groups that a learner's results fall into."""
        courses = {course_group(course) for course in sections}
        schools = {school_group(self._structure.school_of(course)) for course in sections}
        periods = {period_group(period) for section in sections.values() for period in section.periods}
        return frozenset(courses | schools | periods)


async def _replaced(pages: Mapping[str, Page], shard: str, head: ShardHead) -> ShardChange:
    return ShardChange(shard, pages, head.pages - pages.keys())


def _partly(head: ShardHead, found: Sections, members: View | None) -> frozenset[str]:
    """Return the learners in pages of those found who may have results in other courses than were found."""
    if members is None:
        return frozenset(found)
    pages = head.pages & {*map(learner_page, found)}
    return frozenset(not_all_of(members, found, lambda learner: learner_page(learner) in pages))
