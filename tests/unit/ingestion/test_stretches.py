"""Quoted stretches are found by parity, quote after quote."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.stretches import few_stretches


@given(st.text(alphabet='a",\n'))
def test_stretches_hold_what_lies_behind_an_odd_number_of_quotes(text: str) -> None:
    data = text.encode()

    found = few_stretches(data)

    assert found is not None
    assert [data[start + 1 : end] for start, end in found] == data.split(b'"')[1::2]


def test_many_stretches_are_not_listed() -> None:
    assert few_stretches(b'"a",' * 10_000) is None
