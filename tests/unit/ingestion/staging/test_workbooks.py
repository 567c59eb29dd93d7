"""How the sheets of workbooks become CSV."""

import io
import zipfile
from dataclasses import replace

import pytest

from shared.ingestion.reading.containers import Container
from shared.ingestion.refusal import FailureCode
from shared.ingestion.staging import Limits, open_file
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import Counted, members_of, opened, refusal_of, text_of, zipped
from tests.fixtures.workbooks import Raw, Table, ods, xlsx


async def csv(content: bytes) -> str:
    (text,) = (await opened(MemoryFile("x", content))).values()
    return text.decode()


async def test_each_sheet_that_is_not_empty_is_a_member() -> None:
    sheets: dict[str, Table] = {"Users": [["id"], ["007"]], "Blank": [[]], "Notes": [["", ""], ["", "x"]]}

    file = MemoryFile("book.xlsx", xlsx(sheets, hidden=["Notes"]))
    users, notes = await members_of(file)
    assert (users.name, users.container, users.in_place) == ("book.xlsx#Users", Container.XLSX, False)
    assert notes.warnings == ("the sheet 'Notes' is hidden in the workbook",)
    assert await opened(file) == {"book.xlsx#Users": b"id\n007\n", "book.xlsx#Notes": b"x\n"}
    assert await opened(MemoryFile("book.ods", ods(sheets))) == {
        "book.ods#Users": b"id\n007\n",
        "book.ods#Notes": b"x\n",
    }


async def test_sheets_of_one_name_are_refused_and_none_stands_for_another() -> None:
    content = xlsx({"A": [["1"]], "B": [["2"]]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).replace(b'name="B"', b'name="A"') for name in archive.namelist()}

    refused = await refusal_of(MemoryFile("x.xlsx", zipped(parts)))
    assert refused.failure.code is FailureCode.DAMAGED
    assert "the name 'A'" in str(refused.failure.violations[0].message)


async def test_what_the_sheets_of_a_workbook_share_is_read_once_for_all_of_them() -> None:
    texts = [[f"{n:032x}" for n in range(at, at + 10)] for at in range(0, 20_000, 10)]
    file = Counted("x.xlsx", xlsx({"Texts": texts, **{f"S{n}": [["a"]] for n in range(50)}}))

    found = await open_file(file)
    for member in found.members:
        await found.head(member)
        await text_of(found, member)
    assert file.given < 6 * file.size


@pytest.mark.parametrize(
    "content",
    [
        ods({f"S{n}": [["x" * 5000]] for n in range(8)}),
        xlsx({f"S{n}": [[Raw(f'<c t="str"><v>{"x" * 40_000}</v></c>')]] for n in range(8)}, in_one_part=True),
    ],
    ids=["open-document", "excel"],
)
async def test_sheets_in_one_part_count_as_often_as_it_is_gone_through(content: bytes) -> None:
    limits = Limits(workbook=100_000, sheets=200_000)

    refused = await refusal_of(MemoryFile("x", content), limits)
    assert refused.failure.code is FailureCode.TOO_LARGE
    assert len(await opened(MemoryFile("x", content), replace(limits, sheets=400_000))) == 8


@pytest.mark.parametrize("write", [xlsx, ods])
async def test_rows_are_as_wide_as_the_sheet_and_quoted_where_they_must_be(write: object) -> None:
    table = [["", "Report"], [], ["", 'a "b"', "c,d", "e\nf"], ["", "007"]]

    assert await csv((xlsx if write is xlsx else ods)({"S": table})) == (
        'Report,,\n"a ""b""","c,d","e\nf"\n007,,\n'
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>5</v></c>", "5"),
        ("<c><v>57.0</v></c>", "57"),
        ("<c><v>4.2000000000000002</v></c>", "4.2"),
        ("<c><v>1.25E+19</v></c>", "12500000000000000000"),
        ("<c><v>-1E-3</v></c>", "-0.001"),
        ("<c><v>1E300</v></c>", "1E+300"),
        ("<c><v>-0</v></c>", "0"),
        ('<c s="1"><v>0.57</v></c>', "57%"),
        ('<c s="1"><v>0.125</v></c>', "12.5%"),
        ('<c s="2"><v>45292</v></c>', "2024-01-01"),
        ('<c s="2"><v>45292.75</v></c>', "2024-01-01T18:00:00"),
        ('<c s="2"><v>1</v></c>', "1900-01-01"),
        ('<c s="2"><v>-1</v></c>', "-1"),
        ('<c s="3"><v>0.5</v></c>', "12:00:00"),
        ('<c s="3"><v>1.5</v></c>', "36:00:00"),
        ('<c s="4"><v>45292</v></c>', "45292"),
        ('<c s="99"><v>7</v></c>', "7"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="str"><f>A1</f><v>=x</v></c>', "=x"),
        ('<c t="d"><v>2024-01-01</v></c>', "2024-01-01"),
        ("<c><f>SUM(A1:A9)</f></c>", "=SUM(A1:A9)"),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><t>_x000D_b</t></r><rPh><t>c</t></rPh></is></c>', '"a\rb"'),
    ],
)
async def test_the_value_of_a_cell_of_excel(cell: str, text: str) -> None:
    formats = ["0.0%", "yyyy\\-mm\\-dd", "[h]:mm:ss", '"day" 0']

    assert await csv(xlsx({"S": [[Raw(cell)]]}, formats=formats)) == f"{text}\n"


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("0000", "13", "0013"),
        ("0000", "0", "0000"),
        ("0000", "1.3E1", "0013"),
        ("0000", "123456", "123456"),
        ("00000-0000", "12345678", "01234-5678"),
        ("000\\-00\\-0000", "12345678", "012-34-5678"),
        ('"S"0000;"S"-0000', "13", "S0013"),
        ("[$-409]000;[Red]-000", "7", "007"),
        ("0000", "13.5", "13.5"),
        ("0000", "-13", "-13"),
        ("00.00", "5.5", "5.5"),
        ("0,000", "13", "13"),
        ("[<=99]0000;000000", "13", "13"),
        ("0", "13", "13"),
        ("0" * 256, "13", "13"),
    ],
)
async def test_a_code_of_excel_keeps_the_zeros_that_its_format_shows(
    code: str, number: str, text: str
) -> None:
    cell = Raw(f'<c s="1"><v>{number}</v></c>')

    assert await csv(xlsx({"S": [[cell]]}, formats=[code])) == f"{text}\n"


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        ("13", "0013", "0013"),
        ("13.0", "0013", "0013"),
        ("0", "0000", "0000"),
        ("12345678", "01234-5678", "01234-5678"),
        ("130", "00130", "00130"),
        ("13.4", "0013", "13.4"),
        ("1013", "0013", "1013"),
        ("1013", "1,013", "1013"),
        ("2.4999", "2.5", "2.4999"),
        ("-13", "-0013", "-13"),
    ],
)
async def test_a_code_of_open_document_keeps_the_zeros_that_are_shown(
    value: str, shown: str, text: str
) -> None:
    cell = Raw(
        f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )

    assert await csv(ods({"S": [[cell]]})) == f"{text}\n"


async def test_days_may_be_counted_from_1904() -> None:
    table = [[Raw('<c s="1"><v>43830</v></c>')]]

    assert await csv(xlsx({"S": table}, formats=["d.m.yy"], since_1904=True)) == "2024-01-01\n"


async def test_cells_lie_where_they_say() -> None:
    rows = (
        '<row r="3"><c r="D3"><v>1</v></c><c r="B3"><v>2</v></c></row><row r="9"><c r="C9"><v>3</v></c></row>'
    )

    assert await csv(xlsx({"S": rows})) == "2,,1\n,3,\n"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ('office:value-type="float" office:value="57.0"', "57"),
        ('office:value-type="percentage" office:value="0.57"', "57%"),
        ('office:value-type="currency" office:value="1.5"', "1.5"),
        ('office:value-type="date" office:date-value="2024-01-01T00:00:00"', "2024-01-01"),
        ('office:value-type="date" office:date-value="2024-01-01T08:30:00"', "2024-01-01T08:30:00"),
        ('office:value-type="time" office:time-value="PT08H30M00S"', "08:30:00"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="string" office:string-value="007"', "007"),
        ('office:value-type="float" office:value="1" table:number-columns-repeated="3"', "1,1,1"),
    ],
)
async def test_the_value_of_a_cell_of_open_document(attributes: str, text: str) -> None:
    cell = Raw(f"<table:table-cell {attributes}><text:p>shown</text:p></table:table-cell>")

    assert await csv(ods({"S": [[cell]]})) == f"{text}\n"


async def test_the_text_of_a_cell_of_open_document_keeps_its_blanks_and_no_comment() -> None:
    cell = Raw(
        "<table:table-cell><text:p>a<text:s text:c='3'/>b<text:span>c</text:span></text:p>"
        "<office:annotation><text:p>note</text:p></office:annotation></table:table-cell>"
    )

    assert await csv(ods({"S": [[cell]]})) == "a   bc\n"


async def test_two_cells_at_the_ends_of_a_sheet_cost_nothing_that_they_do_not_fill() -> None:
    corner = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'

    assert (await csv(xlsx({"S": corner}))).count(",") == 2 * 16_383


MANY_ROWS = '<row><c r="XFD1"><v>1</v></c><c r="A1"><v>1</v></c></row>' * 99
MANY_COLUMNS = Raw(
    '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16385"/>'
)


@pytest.mark.parametrize("content", [xlsx({"S": MANY_ROWS}), ods({"S": [[MANY_COLUMNS]]})])
async def test_a_sheet_of_too_many_cells_is_refused(content: bytes) -> None:
    assert (await refusal_of(MemoryFile("x", content), Limits(cells=1_000_000))).failure.code == "too-large"


LONG = "x" * 10_000
IN_PIECES = "".join(f"<r><t>{n:04}</t></r>" for n in range(200))
REPEATED_CELL = Raw(
    '<table:table-cell office:value-type="string" office:string-value="xxxxxxxxxx"'
    ' table:number-columns-repeated="1000"/>'
)
PARAGRAPHS = Raw(f"<table:table-cell>{'<text:p/>' * 200}</table:table-cell>")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(xlsx({"S": [[LONG]]}), id="shared string"),
        pytest.param(xlsx({"S": [["x" * 90] * 100]}), id="one shared string, many times in a row"),
        pytest.param(xlsx({"S": f'<row><c t="str"><v>{LONG}</v></c></row>'}), id="value"),
        pytest.param(xlsx({"S": f"<row><c><f>{LONG}</f></c></row>"}), id="formula"),
        pytest.param(xlsx({"S": f'<row><c t="inlineStr"><is>{IN_PIECES}</is></c></row>'}), id="pieces"),
        pytest.param(ods({"S": [[LONG]]}), id="paragraph"),
        pytest.param(ods({"S": [[PARAGRAPHS]]}), id="empty paragraphs"),
        pytest.param(ods({"S": [[REPEATED_CELL]]}), id="repeated cell"),
    ],
)
async def test_a_row_of_a_sheet_that_no_worker_shall_hold_is_refused_with_its_part(content: bytes) -> None:
    refused = await refusal_of(MemoryFile("x", content), Limits(record=8_000))

    assert refused.failure.code == "record-too-long"
    assert refused.violations[0].place.startswith(("x/xl/", "x/content.xml, byte "))


async def test_rows_that_are_repeated_count_each_time_against_the_length_of_a_sheet() -> None:
    rows = '<table:table-row table:number-rows-repeated="{}"><table:table-cell office:value-type="string">'
    rows += "<text:p>0123456789</text:p></table:table-cell></table:table-row>"
    limits = Limits(workbook=10_000)

    taken = MemoryFile("x", ods({"S": rows.format(1000)}))
    assert len((await opened(taken, limits))["x#S"]) == 11 * 1000
    assert (
        await refusal_of(MemoryFile("x", ods({"S": rows.format(1001)})), limits)
    ).failure.code == "too-large"


async def test_a_workbook_that_unpacks_to_too_much_is_refused_by_its_directory() -> None:
    content = xlsx({"S": [["x"] * 1000]})

    for limits in (Limits(workbook=100), Limits(strings=10)):
        assert (await refusal_of(MemoryFile("x", content), limits)).failure.code == "too-large"


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c t="s"><v>7</v></c></row>',
        '<row><c t="s"><v>-1</v></c></row>',
        '<row><c r="AAAA1"><v>7</v></c></row>',
        '<row><c r="XFE1"><v>7</v></c></row>',
        "<row><c>",
    ],
)
async def test_a_damaged_sheet_is_refused_with_its_part(rows: str) -> None:
    refused = await refusal_of(MemoryFile("x", xlsx({"S": rows})))

    assert refused.failure.code == "damaged-file"
    assert refused.violations[0].place.startswith("x/xl/worksheets/sheet1.xml, byte ")


async def test_a_document_type_in_a_workbook_is_refused() -> None:
    content = zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        }
    )

    assert (await refusal_of(MemoryFile("x", content))).failure.code == "unsafe-xml"


async def test_an_empty_workbook_and_other_kinds_are_refused_as_what_they_are() -> None:
    text = zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})

    assert (await refusal_of(MemoryFile("x", xlsx({"S": [[]]})))).failure.code == "empty-file"
    assert "no spreadsheet" in str(await refusal_of(MemoryFile("x", text)))
    assert "no part" in str(await refusal_of(MemoryFile("x", zipped({"xl/a": b"1"}))))
