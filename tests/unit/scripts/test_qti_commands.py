"""scripts/qti: what its commands print, and with which status they end."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.lib.qti.__main__ import main

_ITEM = """<assessmentItem identifier="i" title="t" timeDependent="false">
  <responseDeclaration identifier="RESPONSE" cardinality="multiple" baseType="identifier">
    <correctResponse><value>A</value><value>B</value></correctResponse>
  </responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <outcomeDeclaration identifier="ECHO" cardinality="multiple" baseType="identifier"/>
  <itemBody><p/>{body}</itemBody>
  <responseProcessing>
    <setOutcomeValue identifier="ECHO"><variable identifier="RESPONSE"/></setOutcomeValue>
    <responseCondition>
      <responseIf>
        <match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
      </responseIf>
    </responseCondition>
  </responseProcessing>
</assessmentItem>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "item.xml").write_text(_ITEM.format(body=""), encoding="utf-8")
    lenient = _ITEM.format(body='<textEntryInteraction responseIdentifier="RESPONSE"/>')
    (tmp_path / "lenient.xml").write_text(lenient, encoding="utf-8")
    return tmp_path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any]]:
    status = main([str(argument) for argument in arguments])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_score_prints_outcomes_and_notices(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    responses = '{"RESPONSE": ["B", "A"]}'
    status, printed = _run(capsys, "score", folder / "item.xml", "--responses", responses)
    assert (status, printed[0]["item"]) == (0, "i")
    assert printed[0]["outcomes"] == {"completionStatus": "completed", "SCORE": 1.0, "ECHO": ["B", "A"]}
    assert (printed[0]["pending"], printed[0]["notices"]) == ([], [])


def test_score_takes_responses_from_a_file_and_outcomes_of_a_human(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "responses.json").write_text('{"RESPONSE": "A"}', encoding="utf-8")
    arguments = ("--responses", folder / "responses.json", "--human", '{"SCORE": 0.5}')
    _, printed = _run(capsys, "score", folder / "item.xml", *arguments)
    assert printed[0]["outcomes"]["SCORE"] == 0.5


def test_score_finds_a_template_that_lies_beside_the_item(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = _ITEM.format(body="")
    start, end = whole.index("<responseProcessing>"), whole.index("</assessmentItem>")
    named = whole[:start] + '<responseProcessing template="rules.xml"/>' + whole[end:]
    (folder / "item.xml").write_text(named, encoding="utf-8")
    (folder / "rules.xml").write_text(whole[start:end], encoding="utf-8")
    _, printed = _run(capsys, "score", folder / "item.xml", "--responses", '{"RESPONSE": ["A", "B"]}')
    assert printed[0]["outcomes"]["SCORE"] == 1.0


def test_score_prints_what_is_wrong_with_content(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.xml").write_text("<assessmentItem>", encoding="utf-8")
    status, printed = _run(capsys, "score", folder / "broken.xml", folder / "item.xml")
    assert status == 1
    assert printed[0]["error"]["kind"] == "Malformed"
    assert "outcomes" in printed[1]


def test_a_path_that_cannot_be_read_ends_with_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(folder / "none.xml")]) == 2
    assert "none.xml" in capsys.readouterr().err


def test_responses_that_are_no_object_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "responses.json").write_text("[]", encoding="utf-8")
    assert main(["score", str(folder / "item.xml"), "--responses", str(folder / "responses.json")]) == 2
    assert "no JSON object" in capsys.readouterr().err


_OF_1_2 = """<questestinterop>{items}</questestinterop>"""
_ITEM_OF_1_2 = """<item ident="{ident}">
  <presentation>
    <response_lid ident="response1" rcardinality="Single"><render_choice>
      <response_label ident="a"><material><mattext>yes</mattext></material></response_label>
      <response_label ident="b"><material><mattext>no</mattext></material></response_label>
    </render_choice></response_lid>
  </presentation>
  <resprocessing>
    <outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>
    <respcondition continue="No">
      <conditionvar><varequal respident="response1">a</varequal></conditionvar>
      <setvar action="Set" varname="SCORE">100</setvar>
    </respcondition>
  </resprocessing>
</item>"""


def test_items_of_1_2_are_scored_by_the_same_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = "".join(_ITEM_OF_1_2.format(ident=ident) for ident in ("one", "two"))
    (folder / "old.xml").write_text(_OF_1_2.format(items=items), encoding="utf-8")
    answer = ("--responses", '{"RESPONSE": "a"}')
    status, printed = _run(capsys, "score", folder / "old.xml", *answer)
    assert (status, [each["item"] for each in printed]) == (0, ["one", "two"])
    assert [each["outcomes"]["SCORE"] for each in printed] == [100.0, 100.0]
    _, printed = _run(capsys, "score", folder / "old.xml", *answer, "--item", "two")
    assert [each["item"] for each in printed] == ["two"]
    assert main(["score", str(folder / "old.xml"), "--item", "three"]) == 2


def test_a_vector_is_about_one_item_of_any_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for count in (1, 2):
        items = "".join(_ITEM_OF_1_2.format(ident=f"i{n}") for n in range(count))
        (folder / f"old{count}.xml").write_text(_OF_1_2.format(items=items), encoding="utf-8")
    row: dict[str, object] = {"responses": {"RESPONSE": "a"}, "expect": {"SCORE": 100}}
    table = _vectors(folder, row | {"file": "old1.xml"}, row | {"file": "old2.xml"})
    _, printed = _run(capsys, "vectors", table, "--turns", 1)
    assert (printed[0]["id"], "2 items" in printed[0]["wrong"]) == ("v1", True)


def _vectors(folder: Path, *rows: dict[str, object]) -> Path:
    table = folder / "vectors.json"
    named = [{"id": f"v{n}", "tier": "gold", "file": "item.xml"} | row for n, row in enumerate(rows)]
    table.write_text(json.dumps({"vectors": named}), encoding="utf-8")
    return table


def test_vectors_compares_bags_numbers_and_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = _vectors(
        folder,
        {"responses": {"RESPONSE": ["A", "B"]}, "expect": {"SCORE": 1.0000001, "ECHO": ["B", "A"]}},
        {"responses": {"RESPONSE": []}, "expect": {"SCORE": 0, "ECHO": ""}},
    )
    status, printed = _run(capsys, "vectors", table, "--turns", 1)
    assert status == 0
    assert printed[0]["tiers"] == {"gold": {"right": 2, "wrong": 0}}
    assert printed[0]["rates"]["cold"] > 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"responses": {"RESPONSE": ["A"]}, "expect": {"SCORE": 1}}, "SCORE is 0.0, not 1"),
        ({"responses": {"RESPONSE": ["A"]}, "expect": {"SCORE": False}}, "SCORE is 0.0, not false"),
        ({"responses": {"RESPONSE": ["A"]}, "expect": {"ECHO": ["A", "B"]}}, "ECHO is"),
        ({"responses": {"RESPONSE": ["A"]}, "expect": {"ECHO": None}}, "ECHO is"),
        ({"responses": {"NONE": "A"}, "expect": {}}, "NONE is not declared"),
    ],
)
def test_vectors_says_why_a_gold_vector_is_wrong_and_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str], row: dict[str, object], why: str
) -> None:
    status, printed = _run(capsys, "vectors", _vectors(folder, row), "--turns", 1)
    assert status == 1
    assert (printed[0]["id"], why in printed[0]["wrong"]) == ("v0", True)
    assert printed[1]["tiers"] == {"gold": {"right": 0, "wrong": 1}}


def test_a_lenient_vector_is_right_only_with_a_notice(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row: dict[str, object] = {"tier": "lenient", "responses": {"RESPONSE": ["A"]}, "expect": {"SCORE": 0}}
    status, printed = _run(
        capsys, "vectors", _vectors(folder, row, row | {"file": "lenient.xml"}), "--turns", 1
    )
    assert status == 0
    assert "no notice" in printed[0]["wrong"]
    assert printed[1]["tiers"] == {"lenient": {"right": 1, "wrong": 1}}


_TEST = """<assessmentTest identifier="t">
  <outcomeDeclaration identifier="TOTAL" cardinality="single" baseType="float"/>
  <testPart identifier="p" navigationMode="linear" submissionMode="individual">
    <assessmentSection identifier="s" title="s" visible="true">
      <assessmentItemRef identifier="a" href="item.xml"><weight identifier="W" value="3"/></assessmentItemRef>
    </assessmentSection>
  </testPart>
  <outcomeProcessing><setOutcomeValue identifier="TOTAL"><sum>
    <testVariables variableIdentifier="SCORE" weightIdentifier="W"/>
  </sum></setOutcomeValue></outcomeProcessing>
</assessmentTest>"""
_RESULT = """<assessmentResult><context/>
  <itemResult identifier="a" datestamp="2026-01-01T10:00:00" sessionStatus="final">
    <responseVariable identifier="RESPONSE" cardinality="multiple" baseType="identifier">
      <candidateResponse><value>A</value><value>B</value></candidateResponse>
    </responseVariable>
  </itemResult>
</assessmentResult>"""


def test_rescore_prints_the_outcomes_of_a_result(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "test.xml").write_text(_TEST, encoding="utf-8")
    result, broken = folder.parent / "result.xml", folder.parent / "broken.xml"
    result.write_text(_RESULT, encoding="utf-8")
    broken.write_text("<usageData/>", encoding="utf-8")
    status, printed = _run(capsys, "rescore", result, broken, "--package", folder)
    assert status == 1
    assert printed[0]["outcomes"] == {"TOTAL": 3.0}
    assert printed[0]["items"][0]["outcomes"]["SCORE"] == 1.0
    assert printed[1]["error"]["kind"] == "Malformed"


def test_rescore_asks_which_test_of_several_is_meant(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "test.xml").write_text(_TEST, encoding="utf-8")
    (folder / "again.xml").write_text(_TEST, encoding="utf-8")
    result = folder.parent / "result.xml"
    result.write_text(_RESULT, encoding="utf-8")
    assert main(["rescore", str(result), "--package", str(folder)]) != 0
    assert "2 tests" in capsys.readouterr().err
    status, _ = _run(capsys, "rescore", result, "--package", folder, "--test", "again.xml")
    assert status == 0
