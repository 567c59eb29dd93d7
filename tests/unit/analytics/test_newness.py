"""Which of two facts of a group counts: attempt, then file, then chunk, then record, whatever their sizes."""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.folding.results import Newness
from tests.fixtures.facts import ingest_id

INGESTS = [ingest_id(n) for n in range(11)]

type Fact = tuple[int, int, int, int]
"""Attempt, file, chunk, record."""


def _facts(most: Fact) -> st.SearchStrategy[list[Fact]]:
    return st.lists(st.tuples(*(st.integers(0, greatest) for greatest in most)), min_size=1, max_size=20)


def _numbered(facts: Sequence[Fact], places: int) -> tuple[Newness, pl.DataFrame]:
    frame = _frame(facts, places)
    newness = Newness.of(frame.select(Newness.measures()), places)
    return newness, frame.select("row", number=newness.numbers(pl.col("row")))


def _frame(facts: Sequence[Fact], places: int) -> pl.DataFrame:
    attempts, files, chunks, records = zip(*facts, strict=True)
    return pl.DataFrame(
        {
            "ingest_id": [INGESTS[n] for n in files],
            "attempt": pl.Series(attempts, dtype=pl.Int32),
            "chunk": pl.Series(chunks, dtype=pl.Int32),
            "record": pl.Series(records, dtype=pl.Int64),
            "row": range(places - len(facts), places),
        }
    )


@given(
    _facts((9, 3, 200, 100_000)) | _facts((2**31 - 1, 10, 2**20, 2**30)),
    st.sampled_from([20, 15_000_000, 2**32]),
)
def test_the_newest_fact_has_the_greatest_number_and_every_number_tells_its_place(
    facts: list[Fact], places: int
) -> None:
    newness, numbered = _numbered(facts, places)
    order = sorted(range(len(facts)), key=lambda at: (facts[at], at))
    assert numbered["number"].arg_sort().to_list() == order
    assert numbered.select(newness.place(pl.col("number")))["number"].to_list() == numbered["row"].to_list()


def test_few_facts_take_few_bytes_each() -> None:
    _, numbered = _numbered([(10, 0, 150, 2**24)], 2**24)
    assert numbered.schema["number"] == pl.Int64()


def test_facts_that_cannot_be_numbered_are_refused() -> None:
    with pytest.raises(ValueError, match="bits to number"):
        _numbered([(2**31 - 1, 0, 2**31 - 1, 2**62)], 2**32)


@given(_facts((2**20, 10, 2**20, 2**34)))
def test_facts_that_nobody_measured_are_in_the_same_order_or_known_to_need_more_bits(
    facts: list[Fact],
) -> None:
    newness = Newness.usual(INGESTS, 2**32)
    assert newness is not None
    frame = _frame(facts, 2**32)
    numbers = frame.select(number=newness.numbers(pl.col("row")))["number"]
    fitting = all(attempt < 2**20 and chunk < 2**20 and record < 2**34 for attempt, _, chunk, record in facts)
    assert newness.holds(numbers) == fitting
    if fitting:
        assert numbers.arg_sort().to_list() == sorted(range(len(facts)), key=lambda at: (facts[at], at))
        assert (
            numbers.to_frame()
            .select(newness.place(pl.col("number")))["number"]
            .equals(frame["row"].rename("number"))
        )


def test_more_ingests_than_there_are_bits_for_are_measured() -> None:
    assert Newness.usual(map(str, range(2**21)), 2**33) is None
