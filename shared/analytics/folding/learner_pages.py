"""The pages of learners when all their results are at hand: columns of text, with nothing to merge."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from shared.analytics.folding.json_texts import quoted
from shared.analytics.folding.learner_fold import LearnerLines
from shared.analytics.folding.members import (
    COURSE_PREFIX,
    DISTRICT,
    MEMBERS,
    course_group,
    period_group,
    school_group,
)
from shared.analytics.folding.results import texts_of
from shared.analytics.lines import Lines
from shared.analytics.model import Page, bucket_of, learner_page, learner_view
from shared.analytics.structure import Structure


@dataclass(frozen=True, slots=True)
class Bucket:
    """All pages of a shard of learners, and how many of them are in each group above courses."""

    pages: Mapping[str, Page]
    counts: Mapping[str, int]


class LearnerPages:
    """Makes the shards of learners from placed results (`Structure.placed`), as `learner_lines` says."""

    def __init__(self, results: pl.DataFrame, structure: Structure) -> None:
        self._lines = LearnerLines(results)
        learners = texts_of(results["learner"]).to_list()
        courses, periods = (texts_of(results[name]) for name in ("course", "period"))
        self._heads = pl.Series([f"\n{learner_view(learner)}\t[" for learner in learners], dtype=pl.String)
        self._names = pl.Series([json.dumps(learner) for learner in learners], dtype=pl.String)
        self._pages = _enumeration(map(learner_page, learners))
        self._buckets = _enumeration(map(bucket_of, learners))
        schools = [school_group(structure.school_of(course)) for course in courses.to_list()]
        own = [*map(course_group, courses.to_list())]
        groups = _enumeration([*schools, *own, *map(period_group, periods.to_list())])
        self._groups = [
            ("course", groups[: len(schools)]),
            ("course", groups[len(schools) : len(schools) + len(own)]),
            ("period", groups[len(schools) + len(own) :]),
        ]

    def slices(self) -> Iterator[tuple[int, int]]:
        """Return ranges of learners of whole buckets, as positions among all learners in order."""
        return self._lines.slices()

    def shards(self, start: int, end: int) -> dict[str, Bucket]:
        """Return the shards of the learners of a range, by bucket."""
        pages: dict[str, dict[str, Page]] = {}
        grouped = []
        for some in self._lines.pages(start, end):
            rows = self._lines.lines(*some)
            grouped.append(self._grouped(rows))
            for bucket, page, text in self._texts(rows).iter_rows():
                pages.setdefault(bucket, {})[page] = Lines(text)
        members = pl.concat(grouped)
        for bucket, text in self._members(members).iter_rows():
            pages[bucket][MEMBERS] = {MEMBERS: text}
        counts: dict[str, dict[str, int]] = {}
        for bucket, group, count in _counted(members).iter_rows():
            counts.setdefault(bucket, {})[group] = count
        return {bucket: Bucket(own, counts[bucket]) for bucket, own in pages.items()}

    def _texts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return bucket, name and text of each page: before a result stands what begins with it."""
        learner, course = (pl.col(name).to_physical() for name in ("learner", "course"))
        begins = (learner != learner.shift(1)).fill_null(value=True)
        ends = (learner != learner.shift(-1)).fill_null(value=True)
        number = rows["learner"].to_physical()
        section = pl.concat_str(pl.lit("["), self._lines.text(rows, "course"), pl.lit(",["))
        before = (
            pl.when(begins)
            .then(pl.concat_str(pl.lit(self._heads.gather(number)), section))
            .when(course != course.shift(1))
            .then(pl.concat_str(pl.lit("]],"), section))
            .otherwise(pl.lit(","))
        )
        after = pl.when(ends).then(pl.lit("]]]")).otherwise(pl.lit(""))
        texts = rows.select(
            bucket=self._buckets.gather(number),
            page=self._pages.gather(number),
            text=pl.concat_str(before, "line", after),
        )
        joined = texts.group_by("bucket", "page", maintain_order=True).agg(pl.col("text").str.join(""))
        return joined.with_columns(pl.col("text") + "\n")

    def _grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return each learner once with each group, in order, and the learner's bucket."""
        pairs = []
        for name, groups in self._groups:
            found = rows.select("learner", name).unique()
            pairs.append(found.select("learner", group=groups.gather(found[name].to_physical())))
        members = pl.concat(pairs).unique().sort("learner", "group")
        return members.with_columns(bucket=self._buckets.gather(members["learner"].to_physical()))

    def _members(self, members: pl.DataFrame) -> pl.DataFrame:
        """Return bucket and text of each view `members`, as `members.merged_members` makes it."""
        own = (
            members.select("bucket", "learner", group=quoted(members["group"]))
            .group_by("bucket", "learner", maintain_order=True)
            .agg(pl.col("group").str.join(","))
        )
        name = pl.lit(self._names.gather(own["learner"].to_physical()))
        lines = own.select("bucket", text=pl.concat_str(name, pl.lit(":["), "group", pl.lit("]")))
        joined = lines.group_by("bucket", maintain_order=True).agg(pl.col("text").str.join(","))
        return joined.with_columns(text=pl.concat_str(pl.lit('{"learners":{'), "text", pl.lit("}}")))


def _counted(members: pl.DataFrame) -> pl.DataFrame:
    """Return bucket, group and number of learners, of groups above courses; all are in the district."""
    learners = members.select("bucket", "learner").unique()
    groups = members.select("bucket", pl.col("group").cast(pl.String)).filter(
        ~pl.col("group").str.starts_with(COURSE_PREFIX)
    )
    return (
        pl.concat([groups, learners.select("bucket", group=pl.lit(DISTRICT))])
        .group_by("bucket", "group")
        .len()
    )


def _enumeration(texts: Iterable[str]) -> pl.Series:
    """Return texts as an enumeration in the order of text."""
    column = pl.Series(list(texts), dtype=pl.String)
    return column.cast(pl.Enum(column.unique().sort()))
