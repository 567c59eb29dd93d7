"""Nothing that reveals an answer leaves: a mark in every place that may hold a key is never in a view."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.delivery.view import candidate_view
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.vocabulary.namespaces import MATHML, QTI_30, SVG

SECRET = "MARK7"
"""What must never be seen, wherever it stands."""

_DECLARATIONS = (
    '<qti-correct-response interpretation="MARK7"><qti-value>MARK7</qti-value></qti-correct-response>',
    "<qti-default-value><qti-value>MARK7</qti-value></qti-default-value>",
    '<qti-mapping default-value="0"><qti-map-entry map-key="MARK7" mapped-value="1"/></qti-mapping>',
    '<qti-correct-response><qti-value field-identifier="MARK7">MARK7</qti-value></qti-correct-response>',
)
_MORE_DECLARATIONS = (
    (
        '<qti-outcome-declaration identifier="LEVEL" cardinality="single" base-type="string">'
        "<qti-match-table "
        'default-value="MARK7"><qti-match-table-entry source-value="1" target-value="MARK7"/>'
        "</qti-match-table>"
        "</qti-outcome-declaration>"
    ),
    (
        '<qti-outcome-declaration identifier="X" cardinality="single" base-type="string" '
        'interpretation="MARK7" '
        'long-interpretation="MARK7"/>'
    ),
    (
        '<qti-template-declaration identifier="T" cardinality="single" base-type="string"><qti-default-value>'
        "<qti-value>MARK7</qti-value></qti-default-value></qti-template-declaration>"
    ),
    (
        '<qti-context-declaration identifier="C" cardinality="single" base-type="string"><qti-default-value>'
        "<qti-value>MARK7</qti-value></qti-default-value></qti-context-declaration>"
    ),
    (
        '<qti-template-processing><qti-set-correct-response identifier="R0"><qti-base-value '
        'base-type="string">MARK7'
        "</qti-base-value></qti-set-correct-response></qti-template-processing>"
    ),
    (
        "<qti-response-processing><qti-response-condition><qti-response-if><qti-string-match "
        'case-sensitive="true">'
        '<qti-variable identifier="R0"/><qti-base-value base-type="string">MARK7</qti-base-value>'
        "</qti-string-match>"
        "</qti-response-if></qti-response-condition></qti-response-processing>"
    ),
    (
        '<qti-modal-feedback outcome-identifier="F" identifier="right" show-hide="show" title="MARK7">'
        "<qti-content-body>MARK7</qti-content-body></qti-modal-feedback>"
    ),
)
_HIDDEN = (
    (
        '<qti-feedback-block outcome-identifier="F" identifier="right" show-hide="show">'
        "<qti-content-body>MARK7"
        "</qti-content-body></qti-feedback-block>"
    ),
    (
        '<p>a<qti-feedback-inline outcome-identifier="F" identifier="right" show-hide="show">MARK7'
        "</qti-feedback-inline></p>"
    ),
    (
        '<qti-template-block template-identifier="T" identifier="case2" show-hide="show">'
        "<qti-content-body>MARK7"
        "</qti-content-body></qti-template-block>"
    ),
    (
        '<qti-rubric-block view="scorer" use="instructions">'
        "<qti-content-body>MARK7</qti-content-body></qti-rubric-block>"
    ),
    '<qti-rubric-block view="tutor author"><qti-content-body>MARK7</qti-content-body></qti-rubric-block>',
    (
        '<qti-rubric-block view="candidate" use="scoring">'
        "<qti-content-body>MARK7</qti-content-body></qti-rubric-block>"
    ),
    "<!-- MARK7 -->",
    "<?key MARK7?>",
    "<p>b<!-- MARK7 --></p>",
    (
        '<div data-answer="MARK7" data-interaction="MARK7" style="content: MARK7" onclick="MARK7" '
        'label="MARK7">c</div>'
    ),
    '<v:key xmlns:v="urn:vendor">MARK7</v:key>',
    "<answer>MARK7</answer>",
    '<v:p xmlns:v="urn:vendor">MARK7</v:p>',
    '<v:contentBody xmlns:v="urn:vendor">MARK7</v:contentBody>',
    "<script>MARK7</script>",
    '<object data="a.png" type="image/png">a<!-- MARK7 --><script>MARK7</script></object>',
    '<img src="data:MARK7" alt="a"/>',
    "<style>MARK7</style>",
    '<form action="MARK7"><input value="MARK7"/></form>',
    (
        f'<p><math xmlns="{MATHML}"><semantics><mi>x</mi><annotation encoding="TeX">MARK7</annotation>'
        '<annotation-xml encoding="text/html"><p>MARK7</p></annotation-xml></semantics></math></p>'
    ),
    f'<p><svg xmlns="{SVG}"><metadata>MARK7</metadata><style>MARK7</style><path d="M0 0"/></svg></p>',
    '<p><qti-printed-variable identifier="R0"/><qti-printed-variable identifier="C"/></p>',
    '<object data="a.bin" type="application/x-key"><param name="MARK7" value="MARK7"/></object>',
)
_CHOICE = 'identifier="A" fixed="false" label="MARK7" data-key="MARK7"'
_INTERACTIONS = (
    (
        f"<qti-choice-interaction {{}}><qti-simple-choice {_CHOICE}>one<qti-feedback-inline "
        f"outcome-identifier="
        '"F" identifier="right" show-hide="show">MARK7</qti-feedback-inline></qti-simple-choice>'
        "<qti-simple-choice "
        'identifier="B" template-identifier="T" show-hide="show">MARK7</qti-simple-choice>'
        "</qti-choice-interaction>"
    ),
    (
        f"<qti-order-interaction {{}}><qti-simple-choice {_CHOICE}>one</qti-simple-choice>"
        f"</qti-order-interaction>"
    ),
    (
        f"<p><qti-inline-choice-interaction {{}}><qti-inline-choice {_CHOICE}>one</qti-inline-choice>"
        "</qti-inline-choice-interaction></p>"
    ),
    '<p><qti-text-entry-interaction {} data-correct="MARK7"/></p>',
    (
        "<qti-extended-text-interaction {}><!-- MARK7 --><qti-prompt>p<?x MARK7?></qti-prompt>"
        "</qti-extended-text-interaction>"
    ),
    (
        f"<qti-gap-match-interaction {{}}><qti-gap-text {_CHOICE} match-max='1'>one</qti-gap-text>"
        f"<p><qti-gap "
        f"{_CHOICE}/></p></qti-gap-match-interaction>"
    ),
    (
        f"<qti-hottext-interaction {{}}><p><qti-hottext {_CHOICE}>one</qti-hottext></p>"
        f"</qti-hottext-interaction>"
    ),
    (
        f"<qti-match-interaction {{}}><qti-simple-match-set><qti-simple-associable-choice {_CHOICE}>one"
        "</qti-simple-associable-choice></qti-simple-match-set><qti-simple-match-set/>"
        "</qti-match-interaction>"
    ),
    (
        f"<qti-hotspot-interaction {{}}><img src='a.png' alt='a'/><qti-hotspot-choice {_CHOICE} "
        f"shape='default' "
        "coords=''/></qti-hotspot-interaction>"
    ),
    "<qti-select-point-interaction {}><img src='a.png' alt='a'/></qti-select-point-interaction>",
    "<qti-custom-interaction {}><key>MARK7</key>MARK7</qti-custom-interaction>",
    "<qti-slider-interaction {} lower-bound='0' upper-bound='10'/>",
)


@st.composite
def items(draw: st.DrawFn) -> str:
    """Draw an item whose every part with a key is marked."""
    interactions = draw(st.lists(st.sampled_from(_INTERACTIONS), max_size=4))
    declared = "".join(
        f'<qti-response-declaration identifier="R{number}" cardinality="multiple" base-type="string">'
        f"{draw(st.sampled_from(_DECLARATIONS))}</qti-response-declaration>"
        for number in range(len(interactions))
    )
    areas = (
        '<qti-response-declaration identifier="P" cardinality="single" base-type="point"><qti-area-mapping>'
        '<qti-area-map-entry shape="rect" coords="7777,7777,7777,7777" mapped-value="1"/></qti-area-mapping>'
        "</qti-response-declaration>"
    )
    shown = [
        body.format(f'response-identifier="R{number}" shuffle="{draw(st.sampled_from(["true", "false"]))}"')
        for number, body in enumerate(interactions)
    ]
    parts = draw(
        st.permutations([*shown, *draw(st.lists(st.sampled_from(_HIDDEN), max_size=6, unique=True))])
    )
    if draw(st.booleans()):
        parts = [f"<div><section>{part}</section></div>" for part in parts]
    others = "".join(draw(st.lists(st.sampled_from(_MORE_DECLARATIONS), unique=True)))
    return (
        f'<qti-assessment-item xmlns="{QTI_30}" identifier="i" title="t" label="MARK7" '
        f'tool-name="MARK7">{declared}'
        f"{areas}{others}<qti-item-body>{''.join(parts)}</qti-item-body></qti-assessment-item>"
    )


def seen(document: Document, seed: int = 0) -> str:
    """Return all that leaves."""
    return json.dumps(candidate_view(document, seed=seed).as_json())


@given(items(), st.integers(0, 9))
def test_no_key_is_seen_wherever_it_stands(item: str, seed: int) -> None:
    text = seen(parse(item.encode()), seed)
    assert SECRET not in text and "7777" not in text


@given(items())
def test_no_key_is_seen_in_the_versions_before_either(item: str) -> None:
    text = seen(to_2_x(parse(item.encode()), "2.1").document)
    assert SECRET not in text and "7777" not in text


@pytest.mark.parametrize("hidden", _HIDDEN)
def test_what_is_around_hidden_content_is_seen(hidden: str) -> None:
    body = f"<qti-item-body>before {hidden} after</qti-item-body>"
    item = f'<qti-assessment-item xmlns="{QTI_30}">{body}</qti-assessment-item>'
    text = seen(parse(item.encode()))
    assert SECRET not in text
    assert "before" in text and "after" in text


@pytest.mark.parametrize("interaction", _INTERACTIONS)
def test_an_interaction_is_described_without_its_key(interaction: str) -> None:
    body = interaction.format('response-identifier="R0"')
    item = (
        f'<qti-assessment-item xmlns="{QTI_30}"><qti-item-body>{body}</qti-item-body></qti-assessment-item>'
    )
    view = candidate_view(parse(item.encode()))
    assert [each["responseIdentifier"] for each in view.interactions] == ["R0"]
    assert 'data-interaction="0"' in view.html
    assert SECRET not in json.dumps(view.as_json())
