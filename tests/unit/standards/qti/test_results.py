"""Assessment results and usage data are read as they are found and written so that they read the same."""

import math
from contextlib import suppress
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid, Malformed, QtiError
from shared.standards.qti.results.model import (
    AssessmentResult,
    Context,
    ItemResult,
    ResultVariable,
    SessionIdentifier,
    VariableKind,
)
from shared.standards.qti.results.model import TestResult as ResultOfTest
from shared.standards.qti.results.reading import read_result
from shared.standards.qti.results.usage_data import (
    Statistic,
    StatisticMapping,
    Target,
    UsageData,
    read_usage_data,
    write_usage_data,
)
from shared.standards.qti.results.writing import NAMESPACES, ResultVersion, write_result
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Single,
    Value,
)

_WHEN = "2026-03-02T09:15:00"


def _item(variables: str, attributes: str = "") -> AssessmentResult:
    return read_result(
        parse(
            f"""<assessmentResult xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"><context/>
            <itemResult identifier="i1" datestamp="{_WHEN}" sessionStatus="final" {attributes}>
            {variables}</itemResult></assessmentResult>""".encode(),
            file="result.xml",
        )
    )


def _response(values: str, cardinality: str = "single", base_type: str = "integer") -> AssessmentResult:
    return _item(
        f'<responseVariable identifier="R" cardinality="{cardinality}" baseType="{base_type}">'
        f"<candidateResponse>{values}</candidateResponse></responseVariable>"
    )


def _outcome_of(types: str, values: str = "") -> str:
    variable = f'<outcomeVariable identifier="O" {types}>{values}</outcomeVariable>'
    item = '<itemResult identifier="i" datestamp="d" sessionStatus="final">'
    return f"<context/>{item}{variable}</itemResult>"


def test_results_in_the_namespace_of_items_are_read() -> None:
    result = _response('<value baseType="integer">7</value>', base_type="duration")
    assert result.items[0].value("R") == 7.0
    assert not result.notices


def test_empty_values_and_missing_responses_are_null() -> None:
    assert _response("<value></value>", "multiple", "identifier").items[0].value("R") is None
    missing = _item('<responseVariable identifier="R" cardinality="single" baseType="string"/>')
    assert missing.items[0].variables[0].value is None


def test_a_value_that_is_not_of_its_type_is_kept_as_text_with_a_notice() -> None:
    result = _response("<value>Regular</value>", base_type="float")
    assert result.items[0].value("R") == "Regular"
    assert [notice.severity for notice in result.notices] == ["error"]
    assert "result.xml, line 3" in str(result.notices[0].place)


def test_a_strict_reading_stops_at_what_a_lenient_one_notes() -> None:
    document = parse(b'<assessmentResult><context/><itemResult identifier="i"/></assessmentResult>')
    assert len(read_result(document).notices) == 2
    with pytest.raises(Invalid, match="datestamp"):
        read_result(document, strict=True)
    with pytest.raises(Malformed, match="no assessmentResult"):
        read_result(parse(b"<usageData/>"))


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("", "no context"),
        (
            '<context/><itemResult identifier="i" datestamp="d" sessionStatus="gone"/>',
            "'gone' is read as final",
        ),
        (
            '<context/><itemResult identifier="i" datestamp="d" sessionStatus="final" sequenceIndex="two"/>',
            "'two' is no integer",
        ),
        (_outcome_of('cardinality="single" baseType="number"'), "'number' is read as string"),
        (_outcome_of('cardinality="some" baseType="string"'), "'some' is read as single"),
        (
            _outcome_of('cardinality="single" baseType="integer"', "<value>1</value><value>2</value>"),
            "2 values of single cardinality",
        ),
    ],
)
def test_what_can_be_worked_around_is_noted_with_its_place(inside: str, message: str) -> None:
    document = parse(f"<assessmentResult>{inside}</assessmentResult>".encode(), file="r.xml")
    notices = read_result(document).notices
    assert any(message in notice.message and notice.place.file == "r.xml" for notice in notices)
    with pytest.raises(Invalid, match=message):
        read_result(document, strict=True)


def test_records_keep_the_types_of_their_fields() -> None:
    result = _response(
        '<value fieldIdentifier="a" baseType="integer">3</value>'
        '<value fieldIdentifier="b" baseType="string">x</value>',
        "record",
    )
    variable = result.items[0].variables[0]
    assert variable.value == {"a": 3, "b": "x"}
    assert variable.field_types == {"a": BaseType.INTEGER, "b": BaseType.STRING}


def test_attributes_and_elements_without_a_field_of_their_own_survive() -> None:
    read = _item(
        '<outcomeVariable identifier="SCORE" cardinality="single" baseType="float" view="tutor scorer"'
        ' manualScored="false" normalMaximum="3"><value>1</value></outcomeVariable>'
        '<candidateComment>hm</candidateComment><support name="glossary" assignment="assigned"/>',
        'currentItemIndex="3"',
    )
    again = read_result(parse(write_result(read, "2.2").content))
    assert again.items[0].attributes == {"current-item-index": "3"}
    assert again.items[0].variables == read.items[0].variables
    assert again.items[0].variables[0].attributes["normal-maximum"] == "3"
    assert [extension.get("name") for extension in again.items[0].extensions] == ["glossary"]
    assert again.items[0].comment == "hm"


def test_2_x_lists_what_it_has_no_place_for_and_3_0_spells_two_attributes_its_own_way() -> None:
    scored = ResultVariable(
        "outcome",
        "SCORE",
        Cardinality.SINGLE,
        BaseType.FLOAT,
        1.0,
        attributes={"external-scored": "human", "normal-maximum": "2"},
    )
    candidate: Value = {"candidateIdentifier": "c"}
    context = ResultVariable("context", "QTI_CONTEXT", Cardinality.RECORD, None, candidate)
    result = AssessmentResult(Context(), ResultOfTest("t", _WHEN, (scored, context)))
    old, new = write_result(result, "2.1"), write_result(result, "3.0")
    assert len(old.losses) == 2 and b"QTI_CONTEXT" not in old.content
    assert not new.losses
    assert b'external-scored="human"' in new.content and b'normalMaximum="2"' in new.content
    assert b'externalScored="human"' in write_result(result, "2.2").content


def test_characters_that_xml_has_no_place_for_are_a_loss() -> None:
    typed = ResultVariable("response", "R", Cardinality.SINGLE, BaseType.STRING, "a\x00b")
    item = ItemResult("i", _WHEN, "final", (typed,))
    written = write_result(AssessmentResult(Context(), items=(item,)))
    assert "1 control characters of R" in written.losses[0].message
    assert read_result(parse(written.content)).items[0].value("R") == "ab"


_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
_SINGLES: dict[BaseType, st.SearchStrategy[Single]] = {
    BaseType.BOOLEAN: st.booleans(),
    BaseType.INTEGER: st.integers(-(10**20), 10**20),
    BaseType.FLOAT: st.floats(allow_nan=False),
    BaseType.STRING: _TEXTS.filter(lambda text: "\ufffe" not in text and "\uffff" not in text),
    BaseType.IDENTIFIER: _NAMES,
    BaseType.DURATION: st.floats(0, 10**6),
    BaseType.POINT: st.builds(Point, st.integers(-999, 999), st.integers(-999, 999)),
    BaseType.PAIR: st.builds(lambda one, other: Pair((one, other)), _NAMES, _NAMES),
    BaseType.DIRECTED_PAIR: st.builds(DirectedPair, _NAMES, _NAMES),
    BaseType.FILE: st.builds(lambda name: FileValue("", "", name), _NAMES),
}


@st.composite
def _variables(draw: st.DrawFn) -> ResultVariable:
    kind = cast("VariableKind", draw(st.sampled_from(("response", "outcome", "template", "context"))))
    base_type = draw(st.sampled_from(list(_SINGLES)))
    cardinality = draw(st.sampled_from(Cardinality))
    single = _SINGLES[base_type]
    values: dict[Cardinality, st.SearchStrategy[Value]] = {
        Cardinality.SINGLE: single,
        Cardinality.MULTIPLE: st.lists(single, min_size=1, max_size=3).map(tuple),
        Cardinality.ORDERED: st.lists(single, min_size=1, max_size=3).map(tuple),
        Cardinality.RECORD: st.dictionaries(_NAMES, single, min_size=1, max_size=3),
    }
    value = draw(st.none() | values[cardinality])
    is_record = cardinality is Cardinality.RECORD
    return ResultVariable(
        kind,
        draw(_NAMES),
        cardinality,
        None if is_record else base_type,
        value,
        draw(st.none() | values[cardinality]) if kind == "response" and not is_record else None,
        dict.fromkeys(value, base_type) if isinstance(value, dict) else {},
        draw(st.dictionaries(st.sampled_from(("view", "choice-sequence", "interpretation")), _NAMES)),
    )


_ITEMS = st.builds(
    ItemResult,
    _NAMES,
    st.just(_WHEN),
    st.sampled_from(("final", "initial", "pendingExternalScoring")),
    st.lists(_variables(), max_size=3).map(tuple),
    st.none() | st.integers(1, 99),
    st.none() | st.just("a comment"),
)
_RESULTS = st.builds(
    AssessmentResult,
    st.builds(Context, st.none() | _NAMES, st.lists(st.builds(SessionIdentifier, _NAMES, _NAMES)).map(tuple)),
    st.none()
    | st.builds(ResultOfTest, _NAMES, st.just(_WHEN), st.lists(_variables(), max_size=2).map(tuple)),
    st.lists(_ITEMS, max_size=3).map(tuple),
)


@given(_RESULTS)
def test_every_result_reads_as_it_was_written(result: AssessmentResult) -> None:
    written = write_result(result, "3.0")
    again = read_result(parse(written.content), strict=True)
    assert again == result
    assert not written.losses and not again.notices


@pytest.mark.parametrize("version", list(NAMESPACES))
def test_each_version_has_its_namespace(version: ResultVersion) -> None:
    root = etree.fromstring(write_result(AssessmentResult(Context()), version).content)
    assert etree.QName(root).namespace == NAMESPACES[version]


def test_usage_data_reads_as_it_was_written() -> None:
    usage = UsageData(
        (
            Statistic("p", "http://x.org/a", (Target("i1"), Target("i2", "A", "choice")), 0.25, 120),
            Statistic(
                "d",
                "http://x.org/b",
                (Target("i1"),),
                StatisticMapping((("0", 10.0), ("1", -math.inf)), 0.0, None, 1.5),
                attributes={"std-error": "0.1", "last-updated": "2026-01-01"},
            ),
        ),
        "http://x.org/glossary",
    )
    for version in NAMESPACES:
        assert read_usage_data(parse(write_usage_data(usage, version)), strict=True) == usage


def test_usage_data_notes_what_is_no_statistic_and_refuses_what_has_no_number() -> None:
    with pytest.raises(Malformed, match="no usageData"):
        read_usage_data(parse(b"<assessmentResult/>"))
    usage = read_usage_data(parse(b"<usageData><itemStatistic/></usageData>"))
    assert ["itemStatistic is no statistic" in notice.message for notice in usage.notices] == [True]
    mapping = b'<mapping lowerBound="low"><mapEntry mapKey="1"/></mapping>'
    statistic = b'<categorizedStatistic name="p" context="c">' + mapping + b"</categorizedStatistic>"
    with pytest.raises(Invalid, match="without a number"):
        read_usage_data(parse(b"<usageData>" + statistic + b"</usageData>"))


def test_a_statistic_without_a_number_names_its_place() -> None:
    statistic = b'<ordinaryStatistic name="p" context="c"><value>high</value></ordinaryStatistic>'
    with pytest.raises(Invalid, match=r"line 2.*'high'"):
        read_usage_data(parse(b"<usageData>\n" + statistic + b"</usageData>"))


_WRITTEN = write_result(
    AssessmentResult(
        Context("c1"),
        None,
        (
            ItemResult(
                "i1",
                _WHEN,
                "final",
                (
                    ResultVariable("response", "R", Cardinality.MULTIPLE, BaseType.POINT, (Point(1, 2),)),
                    ResultVariable("outcome", "O", Cardinality.SINGLE, BaseType.INTEGER, 3),
                ),
                4,
            ),
        ),
    )
).content


@given(
    st.integers(0, len(_WRITTEN)), st.integers(0, 12), st.sampled_from((b"", b"9" * 5_000, b"-", b"\xc2\xb2"))
)
def test_a_result_that_was_tampered_with_is_read_or_refused_in_words_of_the_library(
    place: int, length: int, put: bytes
) -> None:
    with suppress(QtiError):
        write_result(read_result(parse(_WRITTEN[:place] + put + _WRITTEN[place + length :])))
