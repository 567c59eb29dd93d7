"""First look at the answers: which items the learners of an assessment had, and what is stated about them.

Only then can be told which blank answers were omitted, and which items make the form that most learners had.
"""

from typing import Final

import polars as pl

from shared.analytics.items.answers import ASSESSMENT, ITEM
from shared.analytics.items.sums import Sums, summed

_SCORED: Final = pl.col("points").is_not_null()
_SILENT: Final = pl.col("empty") & pl.col("points").is_null() & pl.col("possible").is_not_null()


class Presence:
    """Counts answers, batch by batch; no learner comes in two batches."""

    def __init__(self) -> None:
        self._learners = Sums(ASSESSMENT, summed("learners"))
        self._items = Sums(ITEM, summed("responses", "scored", "silent"))

    def add(self, answers: pl.DataFrame) -> None:
        """Count a batch of `latest_answers`."""
        self._learners.add(answers.group_by(ASSESSMENT).agg(learners=pl.col("learner").n_unique()))
        counted = answers.group_by(ITEM).agg(
            responses=pl.col("response").count(), scored=_SCORED.sum(), silent=_SILENT.sum()
        )
        self._items.add(counted)

    def items(self) -> pl.DataFrame:
        """Return for each item whether answers to it are `stated` and whether it is in the `core`; sorted.

        The core of an assessment are the items, in whatever version, that were scored for at least half of
        its learners. `core_items` says how many they are.
        """
        stated = pl.col("responses") > 0
        scored = pl.col("scored") + pl.when(stated).then("silent").otherwise(0)
        of_all_versions = scored.sum().over(*ASSESSMENT, "item")
        found = self._items.table().join(self._learners.table(), on=ASSESSMENT, how="left")
        judged = found.with_columns(stated=stated, core=2 * of_all_versions >= pl.col("learners"))
        in_core = pl.col("item").filter("core").n_unique().over(ASSESSMENT)
        return judged.select(*ITEM, "stated", "core", core_items=in_core).sort(ITEM)
