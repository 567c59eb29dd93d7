"""Text becomes typed values by the mapping, never by inference; what does not cast is told."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.columns import Cast, Column
from shared.ingestion.working.casting import cast, present, to_decimal

MAPPING = Catalogue.built_in().get("attempts", 1)
PART = MAPPING.parts[0]
COLUMNS = PART.by_name


def casted(column: Column, text: str, decimal: str = ".") -> tuple[object, str | None]:
    """Return the value of one cell, and the code of its fault."""
    known = present(pl.Series("cell", [text]), MAPPING.missing, column.default)
    result = cast(known, column, column.cast_in(PART.canonical), decimal)
    return result.values[0], next((fault.code.value for fault in result.faults), None)


@pytest.mark.parametrize(
    ("column", "text", "value", "fault"),
    [
        ("learner", " 007 ", "007", None),
        ("learner", "1e5", "1e5", None),
        ("learner", "N/A", None, "missing-value"),
        ("learner", "x" * 1001, None, "bad-text"),
        ("score", "8.5", Decimal("8.5"), None),
        ("score", "33.33335", Decimal("33.3334"), None),
        ("score", "33.33345", Decimal("33.3334"), None),
        ("score", "-", None, None),
        ("score", "eight", None, "bad-number"),
        ("score", "85%", None, "bad-number"),
        ("score", "8,5", None, "bad-number"),
        ("score", "nan", None, "bad-number"),
        ("score", "123456789012345", None, "bad-number"),
        ("score", "-1", Decimal(-1), "out-of-range"),
        ("attempt", "", 1, None),
        ("attempt", "2.0", None, "bad-integer"),
        ("attempt", "0", 0, "out-of-range"),
        ("attempt", "3000000000", None, "bad-integer"),
        ("status", "Graded", "fully-graded", None),
        ("status", "pending", None, "unknown-code"),
        ("occurred_at", "2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC), None),
        ("occurred_at", "2026-03-01T10:00:00.5+02:00", datetime(2026, 3, 1, 8, 0, 0, 500_000, UTC), None),
        ("occurred_at", "2026-03-01 10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC), None),
        ("occurred_at", "2026-03-01T10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC), None),
        ("occurred_at", "2026-03-01 10:00:00.250", datetime(2026, 3, 1, 10, 0, 0, 250_000, UTC), None),
        ("occurred_at", "2026-03-01", datetime(2026, 3, 1, tzinfo=UTC), None),
        ("occurred_at", "03/01/2026", None, "bad-timestamp"),
        ("occurred_at", "26-03-01 10:00:00", None, "bad-timestamp"),
        ("occurred_at", "2026-02-30T10:00:00Z", None, "bad-timestamp"),
    ],
)
def test_a_cell_casts_or_names_its_fault(column: str, text: str, value: object, fault: str | None) -> None:
    assert casted(COLUMNS[column], text) == (value, fault)


@pytest.mark.parametrize(
    ("text", "value"), [("8,5", "8.5"), ("8.5", "8.5"), ("8", "8"), ("1.234,5", None), ("1,2,3", None)]
)
def test_a_decimal_comma_never_mixes_with_a_point(text: str, value: str | None) -> None:
    assert to_decimal(pl.Series([text]), ",")[0] == (None if value is None else Decimal(value))


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4), st.sampled_from(".,"))
def test_every_number_of_four_places_comes_through_exactly(number: Decimal, mark: str) -> None:
    text = f"{number:f}".replace(".", mark)

    assert to_decimal(pl.Series([text]), mark)[0] == number


def test_formats_are_tried_in_order_for_each_value() -> None:
    text = pl.Series(["2026-03-01 10:00:00", "2026-03-01T10:00:00Z", "never", None])
    result = cast(text, COLUMNS["occurred_at"], Cast.TIMESTAMP, ".")

    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert result.values.to_list() == [moment, moment, None, None]
    assert result.faults[0].where.to_list() == [False, False, True, False]


_EDGES = "a!~ \t\x0b\x1c\x7f\x85\xa0é\u3000"
"""Characters next to those that begin, or end, what is white space or ASCII."""


@given(st.lists(st.none() | st.text(_EDGES, max_size=3), max_size=4))
def test_texts_lose_their_outer_white_space_and_nothing_else(texts: list[str | None]) -> None:
    cells = pl.Series("cell", texts, dtype=pl.String)
    assert present(cells, ("-",), None).to_list() == cells.str.strip_chars().to_list()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Cast.DURATION, "1:02:03", Decimal(3723)),
        (Cast.DURATION, "90.5", Decimal("90.5")),
        (Cast.DURATION, "9999999999:99999:9999999999999.99", Decimal("46000005996339.99")),
        (Cast.DURATION, "10000000000:00:00", None),
        (Cast.DURATION, "1234567890123456789:00:00", None),
        (Cast.DURATION, "10000000000000", None),
        (Cast.EPOCH, "-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (Cast.EPOCH, "253402300799", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (Cast.EPOCH, "253402300800", None),
        (Cast.EPOCH, str(-(2**63)), None),
        (Cast.EPOCH, str(2**63), None),
    ],
)
def test_numbers_of_seconds_beyond_all_bounds_are_faults_and_never_other_numbers(
    kind: Cast, text: str, value: object
) -> None:
    result = cast(pl.Series("cell", [text]), Column(name="cell", labels=("cell",)), kind, ".")

    assert result.values.to_list() == [value]
    assert [fault.where.to_list() for fault in result.faults] == ([[True]] if value is None else [])
