"""How the form of a table is found out from its first records."""

import pytest

from shared.ingestion.reading.sniffing import text_head
from shared.ingestion.recognising.members import MemberHead
from shared.ingestion.recognising.table_forms import TableForm, form_of


def form(text: str) -> TableForm:
    return form_of(MemberHead("x.csv", text_head(text.encode(), len(text.encode()))))


@pytest.mark.parametrize(
    ("text", "separator", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";", 2),
        ("a\tb\tc\n1\t2,3\t4\n", "\t", 3),
        ("a|b\n1|2\n", "|", 2),
        ('a;b\n"x,y,z";1\n', ";", 2),
        ("one\ntwo\nthree, four\n", ",", 1),
    ],
)
def test_the_separator_is_the_one_that_most_records_agree_on(text: str, separator: str, width: int) -> None:
    assert (form(text).separator, form(text).width) == (separator, width)


@pytest.mark.parametrize(
    ("text", "separator", "width"),
    [
        ('a, b, c\n1, "x, y", 3\n4, , 6\n', ", ", 3),
        ("a; b\n1; 2\n", "; ", 2),
        ("a,b\n1, 2\n3,4\n", ",", 2),
        ('name,age\n"Poe, Ann",3\n', ",", 2),
        ("name;age\nPoe, Ann;3\nRay, Bo;4\n", ";", 2),
        ('a b c\n1 "x, y" 3\n4 "z" 6\n', " ", 3),
        ('one "two" three\nand more\n', ",", 1),
        ("one two three\nfour five six\n", ",", 1),
    ],
)
def test_blanks_part_cells_where_nearly_all_records_have_them_so(
    text: str, separator: str, width: int
) -> None:
    assert (form(text).separator, form(text).width) == (separator, width)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("name,note\n'Poe, Ann','It''s \"good\"'\n'Ray, Bo',fine\n", "'"),
        ("'name';'age'\n'Ann';3\n'Bo';4\n", "'"),
        ("name,note\nAnn,It's\nBo,'no'\n", '"'),
        ("name,note\nAnn,'no'\n'Ray, Bo',fine\n", '"'),
        ("'name','note'\n\"Poe, Ann\",'x'\n\"Ray, Bo\",'y'\n", '"'),
        ("'one'\n'two, three'\n'four, five'\n", '"'),
    ],
)
def test_cells_are_quoted_by_single_quotes_only_where_that_is_sure(text: str, quote: str) -> None:
    assert form(text).quote == quote


def test_the_labels_of_a_table_in_single_quotes_stand_without_them() -> None:
    assert form("'a ''x''','b \"y\"'\n'p','q'\n'r','s'\n").header == ("a 'x'", 'b "y"')


def test_of_equally_common_widths_the_first_counts() -> None:
    assert form("id,name,age\n1,x\n2,y,3,4\n").width == 3


@pytest.mark.parametrize(
    ("text", "header", "first_record"),
    [
        ("name,score\nAnn,3\n", ("name", "score"), 2),
        ("Ann,3\nBo,4\n", (), 1),
        ("28/01/2018,x\n29/01/2018,y\n", (), 1),
        ("$74.69,x\n$29.81,y\n", (), 1),
        ("Report\n\n,\nname,score\nAnn,3\nBo,4\n", ("name", "score"), 4),
        ("Ann,3\nname,score\nBo,4\n", (), 1),
        (",,\n,,\n", (), 1),
    ],
)
def test_the_header_is_the_first_filled_record_unless_it_holds_data(
    text: str, header: tuple[str, ...], first_record: int
) -> None:
    assert (form(text).header, form(text).first_record) == (header, first_record)


def test_lines_of_one_length_without_columns_are_fixed_width() -> None:
    assert form("0041ANN      POE  0612\n0042BO       RAY  0598\n").container == "fixed-width"
    assert form("a\tb\n1\t2\n").container == "tsv"
