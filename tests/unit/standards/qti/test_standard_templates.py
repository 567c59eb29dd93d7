"""Standard response processing templates, under the addresses of every version (ResponseProcessing)."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.items.compiled_item import Scored
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.types import Point, Value
from tests.unit.standards.qti.items import SCORE, constant, declared, item, response, set_score, source

_HOMES = [
    "http://www.imsglobal.org/question/qti_v2p0/rptemplates/{}",
    "http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}.xml",
    "http://www.imsglobal.org/question/qti_v2p2/rptemplates/{}",
    "https://www.imsglobal.org/question/qti_v3p0/rptemplates/{}.xml",
    "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
]
_OUTCOMES = (
    SCORE,
    declared("outcome", "MAXSCORE", "float", "<defaultValue><value>5</value></defaultValue>"),
    declared("outcome", "FEEDBACK", "identifier"),
    declared("outcome", "FEEDBACKBASIC", "identifier"),
)
_MAPPING = '<mapping><mapEntry mapKey="A" mappedValue="5"/><mapEntry mapKey="B" mappedValue="2"/></mapping>'
_AREAS = '<areaMapping><areaMapEntry shape="circle" coords="10,10,5" mappedValue="2"/></areaMapping>'
_CHOICE = response("single", "identifier", "A", inside=_MAPPING)


def _scored(home: str, name: str, answer: Value, declaration: str = _CHOICE) -> Scored:
    processing = f'<responseProcessing template="{home.format(name)}"/>'
    return item(declaration, *_OUTCOMES, processing).score({"RESPONSE": answer})


@pytest.mark.parametrize("home", _HOMES)
@pytest.mark.parametrize(
    ("name", "answer", "score"),
    [
        ("match_correct", "A", 1.0),
        ("match_correct", "B", 0.0),
        ("match_correct", None, 0.0),
        ("map_response", "B", 2.0),
        ("map_response", None, 0.0),
        ("match_nothing", None, 1.0),
        ("match_nothing", "A", 0.0),
    ],
)
def test_a_template_scores_the_same_in_every_version(
    home: str, name: str, answer: Value, score: float
) -> None:
    assert _scored(home, name, answer).outcomes["SCORE"] == score


@pytest.mark.parametrize(("answer", "score"), [(Point(11, 11), 2.0), (Point(50, 50), 0.0), (None, 0.0)])
def test_map_response_point_scores_the_area_of_a_point(answer: Value, score: float) -> None:
    declaration = response("single", "point", inside=_AREAS)
    assert _scored(_HOMES[0], "map_response_point", answer, declaration).outcomes["SCORE"] == score


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("CC2_match_basic", "A", (5.0, None, "correct")),
        ("CC2_match_basic", "B", (0.0, None, "incorrect")),
        ("CC2_match", "A", (5.0, "A", None)),
        ("CC2_match", "B", (0.0, "B", None)),
        ("CC2_map_response", "A", (5.0, "correct", None)),
        ("CC2_map_response", "B", (2.0, "incorrect", None)),
        ("CC2_map_response", None, (0.0, "incorrect", None)),
    ],
)
def test_templates_of_common_cartridge_give_points_of_maxscore_and_feedback(
    name: str, answer: Value, expected: tuple[float, str | None, str | None]
) -> None:
    outcomes = _scored(_HOMES[2], name, answer).outcomes
    assert (outcomes["SCORE"], outcomes["FEEDBACK"], outcomes["FEEDBACKBASIC"]) == expected


def test_cc2_match_of_3_0_gives_one_point_and_no_feedback() -> None:
    outcomes = _scored(_HOMES[4], "CC2_match", "A").outcomes
    assert (outcomes["SCORE"], outcomes["FEEDBACK"]) == (1.0, None)


def test_a_template_of_the_package_is_used_by_its_address() -> None:
    template = parse(f"<responseProcessing>{set_score(constant(3))}</responseProcessing>".encode())
    document = parse(source(SCORE, '<responseProcessing template="rp/three.xml"/>'))
    assert compile_item(document, templates={"rp/three.xml": template}).score({}).outcomes["SCORE"] == 3.0


def test_rules_beside_an_unknown_template_run_with_a_notice() -> None:
    rules = f'<responseProcessing template="http://x/y">{set_score(constant(2))}</responseProcessing>'
    scored = item(SCORE, rules).score({})
    assert scored.outcomes["SCORE"] == 2.0
    assert "not known" in scored.notices[0].message


def test_a_known_template_takes_precedence_over_rules_beside_it() -> None:
    address = _HOMES[1].format("match_correct")
    rules = f'<responseProcessing template="{address}">{set_score(constant(2))}</responseProcessing>'
    assert item(_CHOICE, SCORE, rules).score({"RESPONSE": "A"}).outcomes["SCORE"] == 1.0


def test_an_unknown_template_alone_is_an_error() -> None:
    with pytest.raises(Invalid, match="neither a standard one nor given"):
        item(SCORE, '<responseProcessing template="http://x/rptemplates/other"/>')


def test_a_template_that_is_something_else_is_an_error() -> None:
    document = parse(source(SCORE, '<responseProcessing template="t"/>'))
    with pytest.raises(Invalid, match="no response processing"):
        compile_item(document, templates={"t": parse(b"<assessmentItem/>")})
