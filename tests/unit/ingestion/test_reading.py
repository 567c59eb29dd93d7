"""Reading a chunk: the cells of every record are those of the csv module, however the text is written."""

import csv
import io

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.model import Chunk, Dialect, Layout
from shared.ingestion.reading.chunks import read

_WIDTH = 3
_CELL = st.text(alphabet='ab",\n;é 0', max_size=6)
_TABLE = st.lists(st.lists(_CELL, min_size=1, max_size=_WIDTH + 1), min_size=1, max_size=12)


@given(
    _TABLE,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(",;"),
    st.sampled_from(["utf-8", "cp1252"]),
    st.booleans(),
    st.booleans(),
)
def test_cells_and_places_are_those_of_the_csv_module(
    table: list[list[str]], line_end: str, separator: str, encoding: str, blank_lines: bool, ended: bool
) -> None:
    pieces = []
    for row in table:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=separator, lineterminator="", quoting=csv.QUOTE_MINIMAL).writerow(row)
        pieces.append(text.getvalue() or '""')
    joint = line_end * (2 if blank_lines else 1)
    data = (joint.join(pieces) + line_end * ended).encode(encoding)
    chunk = Chunk(n=0, offset=1000, length=len(data), first_record=2, records=len(pieces))
    dialect = Dialect(separator=separator, encoding=encoding)
    layout = Layout(dialect=dialect, header=("a", "b", "c"), constants={}, body_offset=10)

    rows = read(data, chunk, layout, range(_WIDTH)).rows

    assert rows["fields"].to_list() == [len(row) for row in table]
    assert rows["record"].to_list() == list(range(2, 2 + len(table)))
    spans = ((byte - 1000, length) for byte, length in rows.select("byte", "length").iter_rows())
    records = [data[start : start + length].decode(encoding).rstrip("\r\n") for start, length in spans]
    assert records == pieces
    cells = rows.select(map(str, range(_WIDTH))).rows()
    assert [list(row) for row in cells] == [(row + [""] * _WIDTH)[:_WIDTH] for row in table]


_OF_ONE_WIDTH = st.lists(
    st.lists(st.text(alphabet='a",\né\ufeff', max_size=2), min_size=_WIDTH, max_size=_WIDTH),
    min_size=1,
    max_size=40,
)


@given(_OF_ONE_WIDTH, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_a_table_of_one_width_reads_alike_whether_its_columns_are_coded_or_not(
    table: list[list[str]], line_end: str, all_quoted: bool, uneven: bool
) -> None:
    if uneven:
        # On the average as wide as the header, so only a look at each record tells.
        table = [*table, ["x"] * (_WIDTH + 1), ["y"] * (_WIDTH - 1)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, csv.unix_dialect if all_quoted else csv.excel, lineterminator=line_end)
    writer.writerows(table)
    data = text.getvalue().encode()
    chunk = Chunk(n=0, offset=7, length=len(data), first_record=2, records=len(table))
    layout = Layout(dialect=Dialect(), header=("a", "b", "c"), constants={}, body_offset=7)

    plain, coded = (read(data, chunk, layout, range(_WIDTH), codable).rows for codable in ((), range(_WIDTH)))

    texts = coded.with_columns(pl.col(map(str, range(_WIDTH))).cast(pl.String))
    assert texts.equals(plain)
    assert plain["fields"].to_list() == [len(row) for row in table]
    assert plain.select(map(str, range(_WIDTH))).rows() == [
        tuple((row + [""] * _WIDTH)[:_WIDTH]) for row in table
    ]
    ends = [*plain["byte"][1:].to_list(), 7 + len(data)]
    assert (plain["byte"] + plain["length"]).to_list() == ends


def test_texts_that_repeat_are_coded_and_others_are_not() -> None:
    data = "".join(f"{n},{n % 5},\n" for n in range(100)).encode()
    chunk = Chunk(n=0, offset=0, length=len(data), first_record=1, records=100)
    layout = Layout(dialect=Dialect(), header=("a", "b", "c"), constants={}, body_offset=0)

    rows = read(data, chunk, layout, range(_WIDTH), range(_WIDTH)).rows

    kinds = [type(rows[name].dtype) for name in "012"]
    assert kinds == [pl.String, pl.Categorical, pl.Categorical]
    assert rows["2"].null_count() == 0
