"""Cells of well-formed records, and of those that can be read in one way only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.records import RecordSplitter, split_literally, split_record

CELLS = st.lists(st.text(alphabet='ab",; é', max_size=6), min_size=1, max_size=5)


@given(CELLS, st.sampled_from([",", ";", "|", " ", ", "]))
def test_a_well_formed_record_has_the_same_cells_either_way(cells: list[str], separator: str) -> None:
    record = separator.join('"' + cell.replace('"', '""') + '"' for cell in cells)

    assert split_record(record, separator) == split_literally(record, separator) == cells


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        ("6'2\",x", ["6'2\"", "x"]),
        ('a"b"c,"d,e"', ['a"b"c', "d,e"]),
        ('"a"b,c', None),
        ('"a,b', None),
        ('""a,b"', None),
        (",", ["", ""]),
    ],
)
def test_a_quote_is_text_only_in_a_cell_that_begins_without_one(record: str, cells: list[str] | None) -> None:
    assert split_literally(record, ",") == cells


def test_a_blank_may_be_part_of_the_separator() -> None:
    assert split_record('a, "b, c", d,e, ', ", ") == ["a", "b, c", "d,e", ""]
    assert split_literally("a, 6'2\", d", ", ") == ["a", "6'2\"", "d"]
    assert split_literally('a, "b",c', ", ") is None
    spans = RecordSplitter(", ").split(b'a, "x\ny", b\na,"b", c\n', complete=True)
    assert [(span.start, span.end, span.well_formed) for span in spans] == [(0, 12, True), (12, 21, False)]


def test_a_record_that_is_not_well_formed_is_never_split_by_guess() -> None:
    with pytest.raises(ValueError, match="not a well-formed record"):
        split_record("6'2\",x", ",")
