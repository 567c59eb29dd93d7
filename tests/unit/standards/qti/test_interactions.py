"""All 22 interactions: their choices, what they may be bound to, what they ask of a response."""

import pytest

from shared.standards.qti.declarations.declaration import declarations_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.interactions.bindings import check_binding
from shared.standards.qti.interactions.constraints import broken_constraints
from shared.standards.qti.interactions.interaction import Interaction, interactions_of
from shared.standards.qti.values.types import (
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Value,
)
from shared.standards.qti.vocabulary.elements import INTERACTIONS
from shared.standards.qti.vocabulary.names import LEGACY

_R = 'responseIdentifier="RESPONSE"'


def _choices(name: str, *identifiers: str, attributes: str = "") -> str:
    return "".join(f'<{name} identifier="{each}" {attributes}/>' for each in identifiers)


_GAPS = '<p><gap identifier="G"/><gap identifier="H" required="true"/></p>'
_SETS = "".join(
    f"<simpleMatchSet>{_choices('simpleAssociableChoice', *names, attributes=bound)}</simpleMatchSet>"
    for names, bound in (("AB", 'matchMax="1"'), ("XY", 'matchMax="0"'))
)
_ASSOCIABLE = _choices("simpleAssociableChoice", "A", "B", "C", attributes='matchMax="1"')
_SPOTS = _choices("hotspotChoice", "A", "B", "C", attributes='shape="circle" coords="1,1,1"')
_ASSOCIABLE_SPOTS = _choices("associableHotspot", "A", "B", "C", attributes='matchMax="1" matchMin="0"')
_GAP_TEXTS = _choices("gapText", "A", "B", attributes='matchMax="1"')
_FILE = FileValue("a.png", "image/png", "somewhere")

# kind: attributes, inside, type of response, identifiers of choices, a good response, a bad one, what is bad
_KINDS: dict[str, tuple[str, str, str, str, Value, Value, str]] = {
    "associate": (
        'maxAssociations="1"',
        _ASSOCIABLE,
        "multiple pair",
        "ABC",
        (Pair(("A", "B")),),
        (Pair(("A", "B")), Pair(("B", "C"))),
        "2 associations; at most 1|B is paired 2 times, at most 1",
    ),
    "choice": (
        'maxChoices="1" minChoices="1"',
        _choices("simpleChoice", "A", "B"),
        "single identifier",
        "AB",
        "A",
        None,
        "0 choices; at least 1",
    ),
    "custom": ("", "", "record", "", {"any": 1}, None, ""),
    "drawing": ("", "", "single file", "", _FILE, None, ""),
    "end-attempt": ('title="t"', "", "single boolean", "", True, None, ""),
    "extended-text": (
        'maxStrings="2" minStrings="1"',
        "",
        "multiple string",
        "",
        ("one", "two"),
        ("one", "two", "three"),
        "3 strings; at most 2",
    ),
    "gap-match": (
        "",
        _GAP_TEXTS + _GAPS,
        "multiple directedPair",
        "ABGH",
        (DirectedPair("A", "H"),),
        (DirectedPair("A", "G"), DirectedPair("B", "G"), DirectedPair("H", "B")),
        "G is paired 2 times|H is no choice that a pair begins with|B is no choice that a pair ends with",
    ),
    "graphic-associate": (
        'maxAssociations="0"',
        _ASSOCIABLE_SPOTS,
        "multiple pair",
        "ABC",
        (Pair(("A", "C")),),
        (Pair(("A", "D")),),
        "D is no choice",
    ),
    "graphic-gap-match": (
        "",
        _choices("gapImg", "P", attributes='matchMax="2"') + _ASSOCIABLE_SPOTS,
        "multiple directedPair",
        "PABC",
        (DirectedPair("P", "A"), DirectedPair("P", "B")),
        (DirectedPair("P", "A"), DirectedPair("P", "B"), DirectedPair("P", "C")),
        "P is paired 3 times, at most 2",
    ),
    "graphic-order": (
        "",
        _SPOTS,
        "ordered identifier",
        "ABC",
        ("C", "A", "B"),
        ("C", "A"),
        "2 of 3 choices are ordered",
    ),
    "hotspot": (
        'maxChoices="2"',
        _SPOTS,
        "multiple identifier",
        "ABC",
        ("A", "B"),
        ("A", "A"),
        "A is chosen 2",
    ),
    "hottext": (
        'maxChoices="0"',
        f"<p>{_choices('hottext', 'A', 'B')}</p>",
        "multiple identifier",
        "AB",
        ("A", "B"),
        ("C",),
        "C is no choice",
    ),
    "inline-choice": (
        'required="true"',
        _choices("inlineChoice", "A", "B"),
        "single identifier",
        "AB",
        "B",
        None,
        "a choice is asked for",
    ),
    "match": (
        'maxAssociations="2"',
        _SETS,
        "multiple directedPair",
        "ABXY",
        (DirectedPair("A", "X"), DirectedPair("B", "X")),
        (DirectedPair("X", "A"),),
        "X is no choice that a pair begins with|A is no choice that a pair ends with",
    ),
    "media": ('minPlays="1" maxPlays="2"', "", "single integer", "", 2, 3, "3 plays; at most 2"),
    "order": (
        'minChoices="1" maxChoices="2"',
        _choices("simpleChoice", "A", "B", "C"),
        "ordered identifier",
        "ABC",
        ("B", "A"),
        ("A", "B", "C"),
        "3 choices; at most 2",
    ),
    "portable-custom": ("", "", "single string", "", "any", None, ""),
    "position-object": (
        'maxChoices="1"',
        "",
        "multiple point",
        "",
        (Point(1, 1),),
        (Point(1, 1), Point(2, 2)),
        "2 points; at most 1",
    ),
    "select-point": ('minChoices="1"', "", "single point", "", Point(1, 1), None, "0 points; at least 1"),
    "slider": (
        'lowerBound="1" upperBound="9" step="2"',
        "",
        "single float",
        "",
        3.0,
        4.0,
        "between two steps",
    ),
    "text-entry": ('patternMask="[a-z]+"', "", "single string", "", "abc", "ABC", "does not match"),
    "upload": (
        'type="image/png"',
        "",
        "single file",
        "",
        _FILE,
        FileValue("a", "text/csv", "x"),
        "text/csv is none",
    ),
}


def _interaction(kind: str, attributes: str, inside: str) -> Interaction:
    name = LEGACY[f"qti-{kind}-interaction"]
    body = f"<itemBody><div><{name} {_R} {attributes}>{inside}</{name}></div></itemBody>"
    (found,) = interactions_of(parse(f"<assessmentItem>{body}</assessmentItem>".encode()))
    return found


def _declaration(typed: str) -> str:
    cardinality, _, base_type = typed.partition(" ")
    base = f'baseType="{base_type}"' if base_type else ""
    return f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" {base}/>'


def test_every_interaction_of_the_standard_is_here() -> None:
    assert {f"qti-{kind}-interaction" for kind in _KINDS} == set(INTERACTIONS)


@pytest.mark.parametrize("kind", _KINDS)
def test_an_interaction_shows_its_kind_its_response_and_its_choices(kind: str) -> None:
    attributes, inside, _, identifiers, *_ = _KINDS[kind]
    found = _interaction(kind, attributes, inside)
    assert (found.kind, found.response_identifier) == (kind, "RESPONSE")
    assert "".join(choice.identifier for choice in found.choices) == identifiers


@pytest.mark.parametrize("kind", _KINDS)
def test_an_interaction_is_bound_to_its_type_and_no_other(kind: str) -> None:
    attributes, inside, typed, *_ = _KINDS[kind]
    found = _interaction(kind, attributes, inside)
    declared = {
        each: next(declarations_of(parse(f"<i>{_declaration(each)}</i>".encode()).root))
        for each in (typed, "multiple duration")
    }
    assert check_binding(found, declared[typed]) is None
    other = check_binding(found, declared["multiple duration"])
    assert (other is None) == (kind in {"custom", "portable-custom"})
    undeclared = check_binding(found, None)
    assert undeclared is not None and "no declared response" in undeclared.message


@pytest.mark.parametrize("kind", _KINDS)
def test_an_interaction_says_what_a_response_breaks(kind: str) -> None:
    attributes, inside, _, _, good, bad, broken = _KINDS[kind]
    found = _interaction(kind, attributes, inside)
    assert broken_constraints(found, good) == ()
    told = broken_constraints(found, bad)
    for message in filter(None, broken.split("|")):
        assert any(message in each for each in told), told
    assert bool(told) == bool(broken)


def test_a_gap_that_is_required_has_to_be_filled() -> None:
    found = _interaction("gap-match", "", _GAP_TEXTS + _GAPS)
    assert broken_constraints(found, None) == ("H is paired 0 times, at least 1 are asked for",)


def test_groups_say_which_choices_may_meet() -> None:
    text = '<gapText identifier="A" matchMax="1" matchGroup="G"/>'
    inside = f'{text}<p><gap identifier="G"/><gap identifier="H"/></p>'
    found = _interaction("gap-match", "", inside)
    assert broken_constraints(found, (DirectedPair("A", "G"),)) == ()
    assert broken_constraints(found, (DirectedPair("A", "H"),)) == ("A H are of groups that don't meet",)


def test_what_was_typed_into_a_record_is_held_against_the_pattern() -> None:
    found = _interaction("text-entry", 'patternMask="[0-9]+" data-patternmask-message="digits only"', "")
    assert broken_constraints(found, {"stringValue": "12"}) == ()
    assert broken_constraints(found, {"stringValue": "12a"}) == ("digits only",)
    assert broken_constraints(found, {"floatValue": 1.0}) == ()


def test_a_slider_stands_within_its_bounds() -> None:
    found = _interaction("slider", 'lowerBound="1" upperBound="9"', "")
    assert broken_constraints(found, 9.5) == ("9.5 lies outside of the slider",)


@pytest.mark.parametrize("kind", ["slider", "gap-match", "select-point", "media"])
def test_an_answer_of_another_kind_is_none(kind: str) -> None:
    found = _interaction(kind, "", "")
    assert broken_constraints(found, "text") == ("text is no answer to this interaction",)


@pytest.mark.parametrize(
    ("kind", "attributes", "inside", "message"),
    [
        ("choice", 'maxChoices="many"', "", "not a count"),
        ("slider", 'lowerBound="low"', "", "not a number"),
        ("text-entry", 'patternMask="["', "", "pattern-mask"),
        ("choice", "", "<simpleChoice/>", "identifier is missing"),
    ],
)
def test_what_is_stated_wrong_is_named_with_its_place(
    kind: str, attributes: str, inside: str, message: str
) -> None:
    with pytest.raises(Invalid, match=message) as caught:
        broken_constraints(_interaction(kind, attributes, inside), "x" if kind != "slider" else 1.0)
    assert caught.value.place.xpath


def test_an_interaction_without_a_response_is_an_error() -> None:
    with pytest.raises(Invalid, match="response-identifier is missing"):
        interactions_of(parse(b"<assessmentItem><itemBody><uploadInteraction/></itemBody></assessmentItem>"))
