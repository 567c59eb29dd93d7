"""Conditions and orders as Polars expressions, plain enough to be pushed down into Parquet files."""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

import polars as pl

from shared.analytics.drilling.model import PLACE, Among, Between, Condition, Order, Question
from shared.analytics.drilling.people import People


def meeting(conditions: Sequence[Condition], alternatives: Sequence[Condition] | None) -> pl.Expr:
    """Return what holds for rows that meet all `conditions` and, unless None, one of `alternatives`."""
    needed = [_holds(condition) for condition in conditions]
    if alternatives is not None:
        needed.append(reduce(or_, map(_holds, alternatives), pl.lit(value=False)))
    return reduce(and_, needed, pl.lit(value=True))


def first(rows: pl.LazyFrame, order: Sequence[Order], count: int) -> pl.LazyFrame:
    """Return the first `count` rows by `order`, those that tie by their place; without a value last."""
    by = [*(entry.column for entry in order), PLACE]
    reverse = [*(entry.descending for entry in order), False]
    return rows.bottom_k(count, by=by, reverse=reverse).sort(by, descending=reverse, nulls_last=True)


def needed(rows: pl.LazyFrame, question: Question, people: People) -> pl.LazyFrame:
    """Return the columns that are shown or sorted by, and the place; people as the roster knows them."""
    wanted = dict.fromkeys([*question.columns, *(entry.column for entry in question.order), PLACE])
    rows = rows.select(list(wanted))
    for column in question.shape.people & wanted.keys():
        rows = people.shown(rows, column)
    return rows


def _holds(condition: Condition) -> pl.Expr:
    column = pl.col(condition.column)
    match condition:
        case Among(values=values):
            return _is_one_of(column, sorted(values, key=str))
        case Between(least=least, greatest=greatest):
            ends = [] if least is None else [column >= pl.lit(least)]
            ends += [] if greatest is None else [column <= pl.lit(greatest)]
            return reduce(and_, ends, column.is_not_null())


def _is_one_of(column: pl.Expr, values: Sequence[object]) -> pl.Expr:
    if all(isinstance(value, str) for value in values):
        return column.is_in(pl.Series(values, dtype=pl.String).implode())
    return reduce(or_, (column == pl.lit(value) for value in values), pl.lit(value=False))
