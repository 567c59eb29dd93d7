"""A table reads the same out of every container, however its bytes arrive."""

import codecs
import csv
import gzip
import io
import json
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from shared.ingestion.model import LineFormat
from shared.ingestion.staging import open_file
from tests.fixtures.staging import ShortReads, text_of, zipped
from tests.fixtures.workbooks import ods, xlsx

type Table = list[list[str]]

# Characters that XML can hold; a cell of blanks only may be taken for an empty one.
_CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters='\n\t",;'), max_size=12
).map(lambda text: f"_{text}_")
_TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1, max_size=6)
)
_LENGTHS = st.lists(st.integers(1, 5000), min_size=1, max_size=5).map(tuple)


def as_csv(table: Table, end: str = "\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(table)
    return out.getvalue().encode()


def as_records(table: Table) -> list[dict[str, str]]:
    return [{f"c{n}": cell for n, cell in enumerate(row)} for row in table]


def as_xml(table: Table) -> bytes:
    rows = "".join(
        f"<row>{''.join(f'<{key}>{escape(cell)}</{key}>' for key, cell in record.items())}</row>"
        for record in as_records(table)
    )
    return f"<rows>{rows}</rows>".encode()


CONTAINERS: dict[str, Callable[[Table], bytes]] = {
    "table.csv": as_csv,
    "table.csv.gz": lambda table: gzip.compress(as_csv(table), mtime=0),
    "table.zip": lambda table: zipped({"a/table.csv": as_csv(table)}),
    "marked.csv": lambda table: codecs.BOM_UTF8 + as_csv(table),
    "utf-16.csv": lambda table: codecs.BOM_UTF16_LE + as_csv(table).decode().encode("utf-16-le"),
    "table.xlsx": lambda table: xlsx({"S": table}),
    "table.ods": lambda table: ods({"S": table}),
    "list.json": lambda table: json.dumps(as_records(table), indent=1).encode(),
    "object.json": lambda table: json.dumps({"n": 1, "rows": as_records(table), "x": []}).encode(),
    "table.jsonl": lambda table: b"".join(json.dumps(row).encode() + b"\n" for row in as_records(table)),
    "table.xml": as_xml,
}


def cells(text: bytes, lines: LineFormat) -> Table:
    if lines is LineFormat.JSON_LINES:
        return [list(json.loads(line).values()) for line in text.decode().split("\n") if line]
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


@pytest.mark.parametrize("name", CONTAINERS)
@settings(max_examples=40)
@given(table=_TABLES, lengths=_LENGTHS)
async def test_a_table_has_the_same_cells_in_every_container(
    name: str, table: Table, lengths: tuple[int, ...]
) -> None:
    if name == "table.xml" and len(table) == 1:
        table *= 2  # a single element is taken apart by other rules
    file = ShortReads(name, CONTAINERS[name](table), lengths=lengths)

    found = await open_file(file)
    (member,) = found.members
    assert cells(await text_of(found, member), member.lines) == table


@settings(max_examples=40)
@given(table=_TABLES)
async def test_a_workbook_reads_as_another_reader_reads_it(table: Table) -> None:
    table = [[cell.replace("\t", "") for cell in row] for row in table]  # which the other loses in one format
    for name, content in (("x.xlsx", xlsx({"S": table})), ("x.ods", ods({"S": table}))):
        read = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        file = ShortReads(name, content, lengths=(1 << 20,))
        found = await open_file(file)
        (member,) = found.members
        assert cells(await text_of(found, member), member.lines) == read
