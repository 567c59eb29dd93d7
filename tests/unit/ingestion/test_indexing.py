"""The index finds each record's place and fields as the csv module does, without parsing cells."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.indexing import index
from shared.ingestion.reading.records import split_record

CELL = st.text(alphabet='ab",\n;é ', max_size=6)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=10)


@given(TABLE, st.sampled_from(["\n", "\r\n"]), st.sampled_from(",;"), st.booleans())
def test_places_and_fields_are_those_of_the_csv_module(
    table: list[list[str]],
    line_end: str,
    separator: str,
    blank_lines: bool,
) -> None:
    records = []
    for row in table:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=separator, lineterminator=line_end).writerow(row)
        records.append(text.getvalue())
    data = "".join(record + line_end * blank_lines for record in records).encode()

    found = index(data, "utf-8", separator)

    assert found.records["fields"].to_list() == [len(row) for row in table]
    places = found.records.select("byte", "length").iter_rows()
    pieces = [data[byte : byte + length].decode().rstrip("\r\n") for byte, length in places]
    assert [split_record(piece, separator) for piece in pieces] == table
    assert found.text == "".join(records).encode()


def test_offsets_count_the_bytes_of_the_file_not_of_its_translation() -> None:
    found = index("é,é\nb,c\n".encode("cp1252"), "cp1252", ",")

    assert found.records.rows() == [(0, 4, 2), (4, 4, 2)]
    assert found.text == "é,é\nb,c\n".encode()


def test_a_text_without_records_has_none() -> None:
    assert index(b"", "utf-8", ",").records.is_empty()
    assert index(b"\n\r\n", "utf-8", ",").records.is_empty()
