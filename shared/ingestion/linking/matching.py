"""Matches people of one system with people of the roster by the pair of identifiers that finds most."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.tables import IDENTIFIERS

LEAST_RATE: Final = 0.5
"""A pair of identifiers that finds a smaller share of a system's people is taken for chance."""

LINKS: Final = pl.Schema(
    {
        "system": pl.String(),
        "learner": pl.String(),
        "person": pl.String(),
        "identifier": pl.String(),
        "roster_identifier": pl.String(),
    }
)
"""A link: `learner` is what facts of the system call them, `person` what the roster does."""


@dataclass(frozen=True, slots=True)
class Matching:
    """What came of the people of one system. `links` by `LINKS`; `unmatched` are rows of `people`.

    `identifier` and `roster_identifier` are the pair by which people were matched, None when no pair found
    enough of them; `rate` is what the best pair found.
    """

    system: str
    people: int
    identifier: str | None
    roster_identifier: str | None
    rate: float
    links: pl.DataFrame
    unmatched: pl.DataFrame


def match(system: str, people: pl.DataFrame, roster: pl.DataFrame, least: float = LEAST_RATE) -> Matching:
    """Match `people` with `roster`, both rows of the table `person`; of a person with many rows one counts.

    An identifier that two people share says nothing about either. Of pairs that find as many, the first in
    the order of `IDENTIFIERS` counts, so that the same people are always linked in the same way.
    """
    distinct = people.unique("learner", keep="last", maintain_order=True)
    pairs = list(_pairs(distinct, roster))
    best = max(pairs, key=lambda pair: pair[2].height, default=None)
    rate = best[2].height / max(distinct.height, 1) if best else 0.0
    if best is None or rate < least:
        return Matching(system, distinct.height, None, None, rate, pl.DataFrame(schema=LINKS), distinct)
    identifier, roster_identifier, found = best
    links = found.with_columns(
        system=pl.lit(system),
        identifier=pl.lit(identifier),
        roster_identifier=pl.lit(roster_identifier),
    ).select(LINKS.names())
    unmatched = distinct.join(links, on="learner", how="anti", maintain_order="left")
    return Matching(
        system, distinct.height, identifier, roster_identifier, rate, links.sort("learner"), unmatched
    )


def _pairs(people: pl.DataFrame, roster: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield each pair of identifiers with the people that it finds: `learner` and `person`."""
    for identifier in IDENTIFIERS:
        theirs = _unambiguous(people, identifier, "learner")
        for roster_identifier in IDENTIFIERS:
            ours = _unambiguous(roster, roster_identifier, "person")
            yield identifier, roster_identifier, theirs.join(ours, on="value").drop("value")


def _unambiguous(people: pl.DataFrame, identifier: str, name: str) -> pl.DataFrame:
    """Return `value` and the one person who has it, for each value that only one person has."""
    stated = people.select(pl.col("learner").alias(name), pl.col(identifier).alias("value"))
    return stated.drop_nulls().unique().filter(pl.col("value").is_unique())
