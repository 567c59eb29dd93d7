"""Batches hold all that came, in its order, and no more than they may."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.batches import sized


@given(st.lists(st.integers(0, 20)), st.integers(1, 30))
def test_batches_hold_everything_in_order_and_as_much_as_they_may(items: list[int], most: int) -> None:
    batches = list(sized(items, lambda item: item, most))

    assert [item for batch in batches for item in batch] == items
    assert all(sum(batch) <= most or len(batch) == 1 for batch in batches)
    assert all(sum(one) + two[0] > most for one, two in pairwise(batches))
