"""The quick way to count records comes to what the thorough one does, whatever the pieces of the stream."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.quoting import QuoteScanner

_ENDLESS = 10**9
_LINE = st.sampled_from(
    [
        "a,b\n",
        '"a,b",c\n',
        '"a\n\nb"\n',
        'a,"b ""c"""\r\n',
        "a\r\n",
        "é,ü\n",
        "\n",
        "\r",
        'a"b',
        'a, "b", c\n',
    ]
)
_TEXT = st.one_of(st.lists(_LINE, max_size=12).map("".join), st.text(alphabet='a",\n\ré', max_size=40))


@given(_TEXT, st.lists(st.integers(min_value=0, max_value=60), max_size=4), st.sampled_from([",", ", "]))
def test_the_quick_and_the_thorough_way_agree(text: str, cuts: list[int], separator: str) -> None:
    data = text.encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    quick, thorough = (QuoteScanner(separator, quick_from=size) for size in (0, _ENDLESS))

    for start, end in pairwise(places):
        assert quick.count(data[start:end]) == thorough.count(data[start:end])
        assert (quick.inside, quick.regular) == (thorough.inside, thorough.regular)

    assert quick.finish() == thorough.finish()
    assert quick.regular == thorough.regular


def test_a_separator_of_two_bytes_may_part_quoted_cells_wherever_the_stream_is_cut() -> None:
    data = b'a long cell, "b, b", another long cell, "c"\n"d", e, f, g\n'

    for cut in range(len(data)):
        scanner = QuoteScanner(", ", quick_from=0)
        assert scanner.count(data[:cut]) + scanner.count(data[cut:]) + scanner.finish() == 2
        assert scanner.regular
