"""Responses of all 22 interactions are scored by their types, in the spellings of 2.x and of 3.0."""

import pytest

from shared.standards.qti.converting.to_3_0 import to_3_0
from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.vocabulary.elements import INTERACTIONS
from shared.standards.qti.vocabulary.names import LEGACY
from tests.unit.standards.qti.items import SCORE, response, source

_MATCH = "match_correct"
_FILE = {"name": "a.png", "mediaType": "image/png", "reference": "x"}

# interaction: type, what is correct, right answers, wrong ones
_KINDS: dict[str, tuple[str, tuple[str, ...], list[object], list[object]]] = {
    "associate": (
        "multiple pair",
        ("A B", "C D"),
        [["B A", "C D"], ["D C", "A B"]],
        [["A B"], ["A C", "B D"]],
    ),
    "choice": ("single identifier", ("A",), ["A", ["A"]], ["B", "a", None, ""]),
    "custom": ("single string", ("x",), ["x"], ["y", None]),
    "end-attempt": ("single boolean", ("true",), [True], [False, None]),
    "extended-text": ("single string", ("a b",), ["a b"], ["A b", "a b ", None]),
    "gap-match": ("multiple directedPair", ("A G", "B H"), [["B H", "A G"]], [["G A", "B H"], ["A G"], []]),
    "graphic-associate": ("single pair", ("A B",), ["A B", "B A"], ["A C", None]),
    "graphic-gap-match": ("single directedPair", ("A G",), ["A G"], ["G A", None]),
    "graphic-order": ("ordered identifier", ("A", "B"), [["A", "B"]], [["B", "A"], ["A"], []]),
    "hotspot": (
        "multiple identifier",
        ("A", "B"),
        [["A", "B"], ["B", "A"]],
        [["A"], ["A", "B", "C"], ["A", "A"]],
    ),
    "hottext": ("single identifier", ("A",), ["A"], ["B", None]),
    "inline-choice": ("single identifier", ("A",), ["A"], ["B", None]),
    "match": ("multiple directedPair", ("A X", "B X"), [["B X", "A X"]], [["X A", "B X"], []]),
    "media": ("single integer", ("2",), [2, "2"], [1, None]),
    "order": ("ordered identifier", ("A", "B", "C"), [["A", "B", "C"]], [["C", "B", "A"], None]),
    "portable-custom": (
        "multiple integer",
        ("1", "2"),
        [[2, 1], {"list": {"integer": [1, 2]}}],
        [[1], {"list": {"integer": [1, 3]}}],
    ),
    "slider": ("single float", ("2.5",), [2.5, "2.5"], [2, None]),
    "text-entry": ("single integer", ("42",), [42, "42", " 42 "], [41, None]),
}
_POINTS = ("position-object", "select-point")
_FILES = ("drawing", "upload")


def _item(kind: str, typed: str, correct: tuple[str, ...], template: str = _MATCH, inside: str = "") -> bytes:
    cardinality, base_type = typed.split(" ")
    name = LEGACY[f"qti-{kind}-interaction"]
    return source(
        response(cardinality, base_type, *correct, inside=inside),
        SCORE,
        f'<itemBody><p><{name} responseIdentifier="RESPONSE"/></p></itemBody>',
        f'<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{template}"/>',
    )


def _scores(content: bytes, answer: object) -> list[object]:
    """Score an item of 2.x, and the same in the spelling of 3.0."""
    document = parse(content)
    items = [compile_item(each) for each in (document, to_3_0(document).document)]
    return [item.score(item.read_responses({"RESPONSE": answer})).outcomes["SCORE"] for item in items]


def test_every_interaction_is_scored_here() -> None:
    assert {f"qti-{kind}-interaction" for kind in (*_KINDS, *_POINTS, *_FILES)} == set(INTERACTIONS)


@pytest.mark.parametrize("kind", _KINDS)
def test_the_correct_response_scores_and_no_other(kind: str) -> None:
    typed, correct, right, wrong = _KINDS[kind]
    content = _item(kind, typed, correct)
    assert [_scores(content, answer) for answer in right] == [[1.0, 1.0]] * len(right)
    assert [_scores(content, answer) for answer in wrong] == [[0.0, 0.0]] * len(wrong)


_AREAS = """<areaMapping defaultValue="-1" lowerBound="0">
  <areaMapEntry shape="rect" coords="0,0,10,10" mappedValue="2"/>
  <areaMapEntry shape="circle" coords="50,50,5" mappedValue="3"/>
</areaMapping>"""


@pytest.mark.parametrize("kind", _POINTS)
@pytest.mark.parametrize(
    ("answer", "score"), [(["5 5", "50 52"], 5.0), (["5 5", "6 6"], 2.0), (["5 5", "99 99"], 1.0), ([], 0.0)]
)
def test_points_score_the_areas_that_they_lie_in_each_once(kind: str, answer: object, score: float) -> None:
    content = _item(kind, "multiple point", (), "map_response_point", _AREAS)
    assert _scores(content, answer) == [score, score]


@pytest.mark.parametrize("kind", _FILES)
def test_a_file_counts_as_a_response(kind: str) -> None:
    content = _item(kind, "single file", (), "match_nothing")
    assert (_scores(content, _FILE), _scores(content, None)) == ([0.0, 0.0], [1.0, 1.0])
