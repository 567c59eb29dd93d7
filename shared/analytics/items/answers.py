"""From item responses to the answers that count: those of each learner's latest attempt at an assessment."""

from typing import Final

import polars as pl

from shared.analytics.folding.results import UNCOUNTED

ASSESSMENT: Final = ("course", "line_item")
ITEM: Final = (*ASSESSMENT, "item", "item_version")
"""What figures of an item are kept by: an item that was changed is another one. The version is "" where
nobody states it."""

NO_COURSE: Final = "-"
"""The course of answers whose file names none."""

COLUMNS: Final = (
    "ingest_id",
    "member",
    "record",
    "byte",
    "course",
    "line_item",
    "line_item_title",
    "learner",
    "attempt",
    "item",
    "item_version",
    "item_title",
    "response",
    "status",
    "score",
    "max_score",
)
"""The columns of an item response that item analysis is made of."""

_ONE_ANSWER: Final = (*ASSESSMENT, "learner", "item")
_NEWNESS: Final = ("attempt", "ingest_id", "record", "member", "byte")
_LAST_RESORT: Final = ("item_version", "score", "max_score", "response", "status")
"""Where a record states the same answer twice, something has to decide that is in the rows themselves."""

_NOT_PRESENTED: Final = (*UNCOUNTED, "not-tested")
"""States of an answer that does not count, as if the learner had not had the item."""

_CAP: Final = 10**10
"""Points (in ten-thousandths) beyond a million are cut off there, so that every sum fits 128 bits."""


def of_courses(responses: pl.LazyFrame) -> pl.LazyFrame:
    """Return the columns that item analysis reads, of answers that are some learner's, with their course."""
    known = responses.filter(pl.col("learner").is_not_null()).select(COLUMNS)
    return known.with_columns(pl.col("course").fill_null(NO_COURSE))


def latest_answers(responses: pl.DataFrame) -> pl.DataFrame:
    """Return one row per assessment, learner and item: what the learner's latest attempt says about it.

    `responses` are `of_courses` and hold all of a learner's. Of rows that state the same answer the one in
    the newer file counts, then the later record. `points` and `possible` are integers of ten-thousandths;
    `possible` is null unless positive, and `points` where it is, or where nobody has scored the answer. A
    blank `response` is null; `empty` is an answer without a response and without any points.
    """
    stated = responses.with_columns(pl.col("attempt").fill_null(1), pl.col("item_version").fill_null(""))
    latest = stated.filter(pl.col("attempt") == pl.col("attempt").max().over(*ASSESSMENT, "learner"))
    newest = latest.sort(*_NEWNESS, *_LAST_RESORT).unique(_ONE_ANSWER, keep="last", maintain_order=True)
    presented = newest.filter(~pl.col("status").is_in(_NOT_PRESENTED).fill_null(value=False))
    possible = _scaled("max_score")
    response = pl.when(pl.col("response").str.strip_chars() != "").then("response")
    return presented.with_columns(
        possible=pl.when(possible > 0).then(possible),
        points=pl.when(possible > 0).then(_scaled("score")),
        response=response,
        empty=response.is_null() & (pl.col("score").fill_null(0) == 0),
    ).drop("attempt", "member", "byte", "status", "score", "max_score")


def _scaled(name: str) -> pl.Expr:
    return pl.col(name).to_physical().cast(pl.Int128).clip(-_CAP, _CAP).cast(pl.Int64)
