"""Names of columns of people: those of single people, whatever was named before and by whom."""

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.working import known_people
from shared.ingestion.working.known_people import named
from shared.ingestion.working.pseudonyms import pseudonym

_IDS = st.lists(st.none() | st.text(alphabet="ab0é", max_size=14), max_size=8)
_CALLS = st.lists(st.tuples(_IDS, st.sampled_from([b"k1", b"k2"]), st.sampled_from(["sis", "lms", "x"])))


@pytest.fixture(scope="module", autouse=True)
def _forgetful() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(known_people, "MOST_PEOPLE", 5)
        yield


@given(_CALLS)
def test_each_name_is_that_of_the_person_under_the_key_and_system(
    calls: list[tuple[list[str | None], bytes, str]],
) -> None:
    for ids, key, system in calls:
        column = pl.Series("learner", ids, dtype=pl.String)
        expected = [None if one is None else pseudonym(key, system, one) for one in ids]
        assert named(column, key, system).to_list() == expected


def test_no_more_is_remembered_than_is_allowed() -> None:
    for number in range(20):
        named(pl.Series("learner", [str(number), "a", "b"]), b"key", f"system-{number % 7}")
    assert len(known_people._known) <= 4
    assert all(people.height <= 5 for people in known_people._known.values())
