"""The view has what a candidate needs, as HTML that can do no harm and JSON that tells how to respond."""

import json

import pytest

from shared.standards.qti.delivery.view import CandidateView, candidate_view
from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import Value
from shared.standards.qti.vocabulary.namespaces import MATHML, QTI_30, SSML, SVG

_DECLARED = """<qti-response-declaration identifier="R" cardinality="single" base-type="identifier"/>
<qti-outcome-declaration identifier="F" cardinality="multiple" base-type="identifier"/>
<qti-template-declaration identifier="N" cardinality="single" base-type="float" math-variable="true"/>"""


def view(
    body: str, *, before: str = "", after: str = "", seed: int = 0, values: dict[str, Value] | None = None
) -> CandidateView:
    item = (
        f'<qti-assessment-item xmlns="{QTI_30}" identifier="i" title="t" xml:lang="en">{_DECLARED}{before}'
        f"<qti-item-body>{body}</qti-item-body>{after}</qti-assessment-item>"
    )
    return candidate_view(parse(item.encode(), file="i.xml"), seed=seed, values=values)


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ('<p onclick="x()" onmouseover="x()">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer">a</a>'),
        (
            '<a href=" java&#10;script:x()">a</a>',
            '<a rel="noopener noreferrer">a</a>',
        ),
        (
            '<a href="https://a.example/">a</a>',
            '<a href="https://a.example/" rel="noopener noreferrer">a</a>',
        ),
        ('<img src="data:image/svg+xml,x" alt="a"/>', '<img alt="a">'),
        ('<img src="a.png" srcset="//e.example/b 2x" alt="a"/>', '<img src="a.png" alt="a">'),
        ('<p style="background:url(//e.example/)">a</p>', "<p>a</p>"),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ('<img src="\\\\e.example/b" alt="a"/>', '<img alt="a">'),
        ('<a href="#note">a</a>', '<a href="#note" rel="noopener noreferrer">a</a>'),
        ('<iframe src="//e.example/">a</iframe>', ""),
        ('<form action="/x"><input name="a"/></form>b', "b"),
        ('<base href="//e.example/"/><link rel="stylesheet" href="x"/><meta charset="x"/>', ""),
        ('<video poster="javascript:x()" src="a.mp4"></video>', '<video src="a.mp4"></video>'),
        ("<p>&lt;script&gt;x&lt;/script&gt;</p>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        (
            f'<svg xmlns="{SVG}"><script>x</script><a href="javascript:x()"><path d="M0"/></a></svg>',
            "<svg></svg>",
        ),
        (
            f'<svg xmlns="{SVG}"><foreignObject><p>x</p></foreignObject><use href="//e/"/></svg>',
            "<svg></svg>",
        ),
        (f'<math xmlns="{MATHML}"><maction actiontype="x"><mi>a</mi></maction></math>', "<math></math>"),
        (
            f'<math xmlns="{MATHML}"><mtext><img xmlns="{QTI_30}" src="x" alt=""/>a</mtext></math>',
            "<math><mtext>a</mtext></math>",
        ),
    ],
)
def test_what_could_do_harm_is_gone(hostile: str, clean: str) -> None:
    assert view(hostile).html == clean


def test_what_was_left_out_is_noticed_with_its_place() -> None:
    notices = view("<p>a</p><blink>b</blink>").notices
    assert [notice.message for notice in notices] == ["blink is left out of the view"]
    assert notices[0].place.file == "i.xml" and notices[0].place.line


def test_html_formulas_drawings_and_media_are_shown() -> None:
    content = (
        f'<p class="c" id="p" xml:lang="nl" aria-label="l" data-catalog-idref="k">a<br/><math '
        f'xmlns="{MATHML}">'
        f'<semantics><mfrac><mi>x</mi><mn>2</mn></mfrac></semantics></math><svg xmlns="{SVG}" '
        f'viewBox="0 0 9 9">'
        f'<circle cx="1" cy="1" r="1"/></svg><s:sub xmlns:s="{SSML}" alias="z">b</s:sub></p>'
        '<object data="a.png" type="image/png" width="9">A <b>cat</b></object>'
        '<object data="a.mp3" type="audio/mpeg">no sound</object>'
    )
    shown = view(content)
    assert shown.html == (
        '<p class="c" id="p" lang="nl" aria-label="l" data-catalog-idref="k">a<br><math><mfrac>'
        "<mi>x</mi><mn>2</mn>"
        '</mfrac></math><svg viewBox="0 0 9 9"><circle cx="1" cy="1" r="1"></circle></svg>b</p>'
        '<img alt="A cat" src="a.png" width="9"><audio controls="" src="a.mp3">no sound</audio>'
    )
    assert not shown.notices


def test_feedback_is_shown_by_the_values_of_the_session() -> None:
    block = (
        '<qti-feedback-inline outcome-identifier="F" identifier="{}" show-hide="{}">{}</qti-feedback-inline>'
    )
    content = (
        block.format("x", "show", "well ")
        + block.format("x", "hide", "not ")
        + block.format("y", "show", "z")
    )
    shown_by = 'outcome-identifier="F" identifier="x" show-hide="show"'
    modal = f'<qti-modal-feedback {shown_by} title="T">m</qti-modal-feedback>'
    before = view(content, after=modal)
    after = view(content, after=modal, values={"F": ("x",)})
    assert before.html == '<span class="qti-feedback-inline">not </span>' and before.feedback == ()
    assert after.html == '<span class="qti-feedback-inline">well </span>'
    assert after.feedback == ({"title": "T", "html": "m"},)


def test_modal_feedback_waits_for_an_attempt_and_responses_are_never_printed() -> None:
    modal = (
        '<qti-modal-feedback outcome-identifier="F" identifier="x" show-hide="hide">m</qti-modal-feedback>'
    )
    assert view("<p/>", after=modal).feedback == ()
    assert view("<p/>", after=modal, values={}).feedback == ({"title": None, "html": "m"},)
    printed = '<p>a<qti-printed-variable identifier="R"/></p>'
    assert view(printed, values={"R": "key"}).html == '<p>a<span class="qti-printed-variable"></span></p>'


def test_values_of_templates_are_printed_and_stand_in_formulas() -> None:
    content = (
        '<p><qti-printed-variable identifier="N" format="%.2f"/> <qti-printed-variable '
        'identifier="L" index="2"/>'
        f' <math xmlns="{MATHML}"><mi>N</mi><mi>k</mi></math></p>'
    )
    shown = view(content, values={"N": 2.5, "L": ("a", "b")})
    assert shown.html == (
        '<p><span class="qti-printed-variable">2.50</span> <span class="qti-printed-variable">b</span>'
        " <math><mn>2.5</mn><mi>k</mi></math></p>"
    )


def test_rubrics_for_candidates_and_details_are_shown() -> None:
    shown = view(
        '<qti-rubric-block view="candidate"><qti-content-body>r</qti-content-body></qti-rubric-block>'
    )
    assert shown.html == '<div class="qti-rubric-block">r</div>'
    old = b'<assessmentItem><itemBody><infoControl title="T">i</infoControl></itemBody></assessmentItem>'
    assert candidate_view(parse(old)).html == "<details><summary>T</summary>i</details>"


_CHOICES = "".join(
    f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABCDEFGH"
)


def _order(seed: int, attributes: str = 'shuffle="true"', choices: str = _CHOICES) -> str:
    interaction = (
        f'<qti-choice-interaction response-identifier="R" {attributes}>{choices}</qti-choice-interaction>'
    )
    described = view(interaction, seed=seed).interactions[0]["choices"]
    assert isinstance(described, list)
    return "".join(choice["identifier"] for choice in described)


def test_choices_are_shuffled_by_the_seed_and_always_the_same() -> None:
    assert _order(1) == _order(1) != "ABCDEFGH"
    assert len({_order(seed) for seed in range(20)}) > 15
    assert _order(1, "") == _order(1, 'shuffle="false"') == "ABCDEFGH"
    assert sorted(_order(1)) == list("ABCDEFGH")


def test_fixed_choices_keep_their_place() -> None:
    fixed = _CHOICES.replace('identifier="C"', 'identifier="C" fixed="true"')
    orders = [_order(seed, choices=fixed) for seed in range(20)]
    assert {order[2] for order in orders} == {"C"} and len(set(orders)) > 15


def test_the_same_item_is_shuffled_alike_in_all_versions() -> None:
    old = (
        '<assessmentItem identifier="i"><itemBody><choiceInteraction responseIdentifier="R" shuffle="true">'
        f"{_CHOICES.replace('qti-simple-choice', 'simpleChoice')}</choiceInteraction></itemBody>"
        f"</assessmentItem>"
    )
    described = candidate_view(parse(old.encode()), seed=5).interactions[0]["choices"]
    assert isinstance(described, list)
    assert "".join(choice["identifier"] for choice in described) == _order(5)


def test_an_interaction_is_described_with_its_constraints_in_their_types() -> None:
    interaction = (
        '<qti-choice-interaction response-identifier="R" max-choices="2" min-choices="x" '
        'orientation="horizontal" '
        'data-max-selections-message="two"><qti-prompt>Which <b>one</b>?</qti-prompt>'
        '<qti-simple-choice identifier="A"><p>a</p></qti-simple-choice></qti-choice-interaction>'
    )
    assert view(interaction).interactions == (
        {
            "kind": "choice",
            "responseIdentifier": "R",
            "baseType": "identifier",
            "cardinality": "single",
            "dataMaxSelectionsMessage": "two",
            "maxChoices": 2,
            "orientation": "horizontal",
            "prompt": "Which <b>one</b>?",
            "choices": [{"identifier": "A", "html": "<p>a</p>"}],
        },
    )


def test_inline_interactions_stay_within_their_text() -> None:
    shown = view(
        '<p>a <qti-text-entry-interaction response-identifier="R" expected-length="5" class="w"/> b</p>'
    )
    assert shown.html == '<p>a <span class="qti-text-entry-interaction w" data-interaction="0"></span> b</p>'
    assert shown.interactions[0]["expectedLength"] == 5


def test_an_object_is_placed_on_the_image_of_its_stage() -> None:
    shown = view(
        '<qti-position-object-stage><img src="map.png" alt="map"/><qti-position-object-interaction '
        'response-identifier="R"><img src="pin.png" alt="pin"/></qti-position-object-interaction>'
        "</qti-position-object-stage>"
    )
    described = shown.interactions[0]
    assert described["image"] == '<img src="map.png" alt="map">'
    assert described["object"] == '<img src="pin.png" alt="pin">'


def test_portable_custom_interactions_are_marked_for_a_sandbox() -> None:
    shown = view(
        '<qti-portable-custom-interaction response-identifier="R" module="m" '
        'custom-interaction-type-identifier="u" '
        'data-level="5"><qti-interaction-modules primary-configuration="javascript:x()">'
        "<qti-interaction-module "
        'id="m" primary-path="m.js" fallback-path="data:text/javascript,x"/></qti-interaction-modules>'
        '<qti-template-variable template-identifier="N"/><qti-interaction-markup><div onclick="x()">d</div>'
        "</qti-interaction-markup></qti-portable-custom-interaction>",
        values={"N": 3.0},
    )
    described = shown.interactions[0]
    assert described["sandbox"] is True
    assert described["modules"] == [{"id": "m", "paths": ["m.js"]}]
    assert (described["configuration"], described["markup"]) == (None, "<div>d</div>")
    assert (described["properties"], described["templateValues"]) == ({"level": "5"}, {"N": 3.0})


def test_references_are_pointed_to_where_files_are_served() -> None:
    item = (
        f'<qti-assessment-item xmlns="{QTI_30}"><qti-assessment-stimulus-ref identifier="s" href="s.xml"/>'
        '<qti-stylesheet href="a.css"/><qti-stylesheet href="javascript:x()"/><qti-item-body><img '
        'src="a.png" '
        'alt="a"/><img src="secret.png" alt="b"/></qti-item-body></qti-assessment-item>'
    )
    shown = candidate_view(
        parse(item.encode()),
        resolve=lambda path: None if path == "secret.png" else f"https://c.example/{path}",
    )
    assert shown.html == '<img src="https://c.example/a.png" alt="a"><img alt="b">'
    assert shown.stylesheets == ("https://c.example/a.css",)
    assert shown.stimuli == ({"identifier": "s", "href": "https://c.example/s.xml", "title": ""},)


@pytest.mark.parametrize(
    ("base", "source"),
    [
        ("media/", "media/a.png"),
        ("https://c.example/", "https://c.example/a.png"),
        ("data:x,", "a.png"),
    ],
)
def test_references_follow_the_base_that_html_does_not_know(base: str, source: str) -> None:
    shown = view(f'<div xml:base="{base}"><img src="a.png" alt="a"/></div>')
    assert shown.html == f'<div><img src="{source}" alt="a"></div>'


def test_assistive_content_is_shown_by_catalog() -> None:
    catalog = (
        '<qti-catalog-info><qti-catalog id="k"><qti-card support="spoken"><qti-card-entry '
        'xml:lang="nl"><qti-html-content>'
        '<p onclick="x()">s</p></qti-html-content></qti-card-entry><qti-card-entry><qti-file-href '
        'mime-type="audio/mpeg">'
        "a.mp3</qti-file-href></qti-card-entry></qti-card></qti-catalog></qti-catalog-info>"
    )
    assert view('<p data-catalog-idref="k"/>', after=catalog).catalogs == {
        "k": [
            {"support": "spoken", "language": "nl", "html": "<p>s</p>", "files": []},
            {
                "support": "spoken",
                "language": "",
                "html": "",
                "files": ["a.mp3"],
            },
        ]
    }


def test_catalogs_are_shown_for_what_is_shown_choices_and_catalogs_among_it() -> None:
    card = '<qti-card support="spoken"><qti-html-content>{}</qti-html-content></qti-card>'
    inside = {"a": '<p data-catalog-idref="b">x</p>', "b": "y", "c": "z"}
    catalogs = "".join(
        f'<qti-catalog id="{name}">{card.format(text)}</qti-catalog>' for name, text in inside.items()
    )
    info = f"<qti-catalog-info>{catalogs}</qti-catalog-info>"
    shown_by = 'outcome-identifier="F" identifier="x" data-catalog-idref="c"'
    hidden = f"<qti-feedback-inline {shown_by}>h</qti-feedback-inline>"
    choice = '<qti-simple-choice identifier="A" data-catalog-idref="a">one</qti-simple-choice>'
    body = f'<p>{hidden}</p><qti-choice-interaction response-identifier="R">{choice}</qti-choice-interaction>'
    shown = view(body, after=info)
    assert set(shown.catalogs) == {"a", "b"}
    assert shown.interactions[0]["choices"] == [{"identifier": "A", "catalog": "a", "html": "one"}]


def test_an_error_of_who_resolves_references_is_not_swallowed() -> None:
    def resolve(path: str) -> str:
        raise LookupError(path)

    with pytest.raises(LookupError, match=r"a\.png"):
        candidate_view(
            parse(b"<assessmentItem><itemBody><img src='a.png'/></itemBody></assessmentItem>"),
            resolve=resolve,
        )


def test_a_stimulus_has_a_view_and_a_test_has_none() -> None:
    stimulus = b"<assessmentStimulus><stimulusBody><p>a</p></stimulusBody></assessmentStimulus>"
    assert candidate_view(parse(stimulus)).html == "<p>a</p>"
    with pytest.raises(Invalid, match="no item or stimulus"):
        candidate_view(parse(b"<assessmentTest/>"))


def test_content_as_deep_as_it_may_be_read_has_a_view() -> None:
    assert view("<div>" * 240 + "x" + "</div>" * 240).html.count("<div>") == 240


def test_the_view_is_plain_json() -> None:
    data = view('<qti-slider-interaction response-identifier="R" lower-bound="0" upper-bound="1"/>').as_json()
    assert json.loads(json.dumps(data))["interactions"][0]["lowerBound"] == 0.0
    assert "notices" not in data


def test_companion_materials_are_named() -> None:
    calculator = (
        "<qti-companion-materials-info><qti-calculator><qti-calculator-type>basic</qti-calculator-type>"
        "<qti-description>d</qti-description></qti-calculator></qti-companion-materials-info>"
    )
    assert view("<p/>", before=calculator).companions == (
        {"kind": "calculator", "type": "basic", "description": "d", "files": []},
    )
