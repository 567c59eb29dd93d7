"""A segment of a path names any identifier, and no two identifiers alike."""

import re

from hypothesis import given
from hypothesis import strategies as st

from functions.http.parameters import IDENTIFIER, identifier_of


def segment_of(identifier: str) -> str:
    return "".join({"/": "~1", "~": "~0"}.get(character, character) for character in identifier)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("/~01"), min_size=1, max_size=200))
def test_every_identifier_has_a_segment_that_stands_for_it(identifier: str) -> None:
    segment = segment_of(identifier)
    assert re.fullmatch(IDENTIFIER, segment)
    assert identifier_of(segment) == identifier


def test_a_tilde_that_stands_for_nothing_and_a_slash_are_no_part_of_a_segment() -> None:
    for segment in ("a~2", "a~", "a/b", "", "~1" * 201):
        assert re.fullmatch(IDENTIFIER, segment) is None
