"""Answers with what they count for: points, omissions, and how the learner did in all and in the rest."""

from typing import Final

import polars as pl

from shared.analytics.items.answers import ASSESSMENT, ITEM

PARTS: Final = 10**9
"""Totals are counted in parts of what could be reached: learners who had other items can be compared."""

_LEARNER: Final = (*ASSESSMENT, "learner")


def scored(answers: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return `latest_answers` with their scores; `items` are those of `Presence`.

    `omitted`: nothing was answered where answers are stated, and no points were given; it counts as no
    points. `points`: null only for what nobody has scored. `total` and `rest`: the learner's points in all
    scored items, and in all others, as parts of the points possible there, rounded half up; null where
    nothing was possible. `core_points`: the learner's points in the core, null unless all of it was scored.
    """
    known = answers.join(items, on=ITEM, how="left")
    omitted = pl.col("empty") & pl.col("stated")
    given = pl.when(omitted & pl.col("possible").is_not_null()).then(0).otherwise("points")
    judged = known.with_columns(omitted=omitted, points=given.cast(pl.Int128)).with_columns(
        possible=pl.when(pl.col("points").is_not_null()).then(pl.col("possible").cast(pl.Int128))
    )
    points, possible = (pl.col(name).sum().over(_LEARNER) for name in ("points", "possible"))
    in_core = pl.col("core") & pl.col("points").is_not_null()
    return judged.with_columns(
        total=_share(points, possible),
        rest=_share(points - pl.col("points"), possible - pl.col("possible")),
        core_points=pl.when(in_core.sum().over(_LEARNER) == pl.col("core_items")).then(
            pl.when(in_core).then("points").otherwise(0).sum().over(_LEARNER)
        ),
    )


def _share(points: pl.Expr, possible: pl.Expr) -> pl.Expr:
    return pl.when(possible > 0).then((2 * PARTS * points + possible) // (2 * possible))
