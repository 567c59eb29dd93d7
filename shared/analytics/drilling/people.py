"""Who stands behind pseudonyms: rows name people as their systems do, answers as the roster does."""

from collections.abc import Iterable

import polars as pl

from shared.analytics.drilling.model import LEARNER, Among, Condition, Value

_PERSON = "person"


class People:
    """The links in force, one row for each linked `learner` with the `person` of the roster."""

    def __init__(self, links: pl.DataFrame) -> None:
        self._links = links.select(LEARNER, _PERSON)

    def behind(self, persons: Iterable[Value]) -> frozenset[Value]:
        """Return every pseudonym that is shown as one of `persons`."""
        wanted = pl.Series([str(person) for person in persons], dtype=pl.String)
        linked = self._links.filter(pl.col(_PERSON).is_in(wanted.implode()))[LEARNER]
        renamed = self._links.filter(pl.col(LEARNER).is_in(wanted.implode()))[LEARNER]
        return (frozenset(wanted) - frozenset(renamed)) | frozenset(linked)

    def in_rows(self, condition: Condition, columns: frozenset[str]) -> Condition:
        """Return a condition on persons as one on the pseudonyms in rows; others unchanged."""
        if isinstance(condition, Among) and condition.column in columns:
            return Among(condition.column, self.behind(condition.values))
        return condition

    def shown(self, rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
        """Put the person of the roster in the place of each pseudonym that is linked to one."""
        if self._links.is_empty():
            return rows
        linked = rows.join(self._links.lazy(), left_on=column, right_on=LEARNER, how="left")
        return linked.with_columns(pl.coalesce(_PERSON, column).alias(column)).drop(_PERSON)
