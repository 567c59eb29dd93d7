"""The quick way to count records comes to what the thorough one does, whatever the pieces of the stream."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.quoting import QuoteScanner

_ENDLESS = 10**9
_LINE = st.sampled_from(
    ["a,b\n", '"a,b",c\n', '"a\n\nb"\n', 'a,"b ""c"""\r\n', "a\r\n", "é,ü\n", "\n", "\r", 'a"b']
)
_TEXT = st.one_of(st.lists(_LINE, max_size=12).map("".join), st.text(alphabet='a",\n\ré', max_size=40))


@given(_TEXT, st.lists(st.integers(min_value=0, max_value=60), max_size=4))
def test_the_quick_and_the_thorough_way_agree(text: str, cuts: list[int]) -> None:
    data = text.encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    quick, thorough = QuoteScanner(",", quick_from=0), QuoteScanner(",", quick_from=_ENDLESS)

    for start, end in pairwise(places):
        assert quick.count(data[start:end]) == thorough.count(data[start:end])
        assert (quick.inside, quick.regular) == (thorough.inside, thorough.regular)

    assert quick.finish() == thorough.finish()
    assert quick.regular == thorough.regular
