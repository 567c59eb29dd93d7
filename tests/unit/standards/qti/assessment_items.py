"""Items for the tests of test sessions, one for each thing that a session has to mind."""

from typing import Final

from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.compiling import compile_test
from shared.standards.qti.assessments.plan import Plan
from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.compiling import compile_item
from tests.unit.standards.qti.assessment_xml import plan_of

_SCORE: Final = (
    '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
)
_RESPONSE: Final = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
    "<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
)
_TEMPLATE: Final = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"
_MATCHED: Final = f'<qti-response-processing template="{_TEMPLATE}"/>'


def _set(outcome: str, expression: str) -> str:
    return f'<qti-set-outcome-value identifier="{outcome}">{expression}</qti-set-outcome-value>'


def _identifier(value: str) -> str:
    return f'<qti-base-value base-type="identifier">{value}</qti-base-value>'


def _float(value: str) -> str:
    return f'<qti-base-value base-type="float">{value}</qti-base-value>'


_ADAPTIVE: Final = (
    "<qti-response-processing><qti-response-condition><qti-response-if><qti-match>"
    '<qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>'
    + _set("SCORE", _float("1"))
    + _set("completionStatus", _identifier("completed"))
    + "</qti-response-if></qti-response-condition></qti-response-processing>"
)
_TEMPLATED: Final = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="integer"/>'
    '<qti-template-declaration identifier="N" cardinality="single" base-type="integer">'
    "<qti-default-value><qti-value>0</qti-value></qti-default-value></qti-template-declaration>"
    '<qti-template-declaration identifier="DRAWN" cardinality="single" base-type="integer"/>'
    + _SCORE
    + "<qti-template-processing>"
    '<qti-set-template-value identifier="DRAWN"><qti-random-integer max="1000000"/></qti-set-template-value>'
    '<qti-set-correct-response identifier="RESPONSE"><qti-variable identifier="N"/>'
    "</qti-set-correct-response>"
    "</qti-template-processing>" + _MATCHED
)

_BODY: Final = (
    '<qti-item-body><qti-choice-interaction response-identifier="RESPONSE" min-choices="1">'
    '<qti-simple-choice identifier="A">a</qti-simple-choice>'
    '<qti-simple-choice identifier="B">b</qti-simple-choice></qti-choice-interaction></qti-item-body>'
)

_SOURCES: Final = {
    "choice": ("", _RESPONSE + _SCORE + _MATCHED + _BODY),
    "essay": (
        "",
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>'
        + _SCORE.replace("/>", ' external-scored="human"/>'),
    ),
    "information": ("", _SCORE),
    "adaptive": ('adaptive="true"', _RESPONSE + _SCORE + _ADAPTIVE),
    "templated": ("", _TEMPLATED),
}


def _compiled(identifier: str, attributes: str, inside: str) -> CompiledItem:
    start = f'<qti-assessment-item identifier="{identifier}" {attributes}>'
    return compile_item(parse(f"{start}{inside}</qti-assessment-item>".encode()))


ITEMS: Final = {name: _compiled(name, attributes, inside) for name, (attributes, inside) in _SOURCES.items()}
"""`choice` is right with A, `essay` is scored by humans, `information` asks nothing, `adaptive` ends with A,
`templated` is right with what the test sets as N and draws DRAWN."""

TOTAL: Final = '<qti-outcome-declaration identifier="TOTAL" cardinality="single" base-type="float"/>'
SUM: Final = (
    "<qti-outcome-processing>"
    + _set("TOTAL", '<qti-sum><qti-test-variables variable-identifier="SCORE"/></qti-sum>')
    + "</qti-outcome-processing>"
)


def compiled(plan: Plan) -> CompiledTest:
    """Compile a plan; a reference `essay1` or `essay_x` is one to the item `essay`, any other to `choice`."""
    return compile_test(plan, {ref.href: _item_for(ref.identifier) for ref in plan.item_refs()})


def summing(parts: str, after: str = "", before: str = "") -> CompiledTest:
    """Compile a test whose TOTAL is the sum of the scores."""
    return compiled(plan_of(parts, TOTAL + before, SUM + after))


def _item_for(identifier: str) -> CompiledItem:
    return next((item for name, item in ITEMS.items() if identifier.startswith(name)), ITEMS["choice"])
