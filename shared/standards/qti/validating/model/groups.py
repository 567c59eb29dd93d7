"""Groups of elements that may stand for each other: the classes of the information model by names of 3.0."""

from typing import Final

from shared.standards.qti.vocabulary.elements import EXPRESSIONS, INTERACTIONS
from shared.standards.qti.vocabulary.namespaces import MATHML, SSML, SVG, XINCLUDE

INLINE_INTERACTIONS: Final = (
    "qti-end-attempt-interaction",
    "qti-inline-choice-interaction",
    "qti-text-entry-interaction",
    "qti-custom-interaction",
    "qti-portable-custom-interaction",
)
_BLOCK_INTERACTIONS: Final = tuple(
    name
    for name in INTERACTIONS
    if name not in INLINE_INTERACTIONS[:3] and name != "qti-position-object-interaction"
)
_INLINE_HTML: Final = """
a abbr acronym audio b bdi bdo big br cite code dfn em i img kbd label object picture q ruby rb rp
rt rtc s samp small span strong sub sup time tt u var video mark source track
"""
_BLOCK_HTML: Final = """
address article aside audio blockquote center details div dl figure footer h1 h2 h3 h4 h5 h6 header
hr nav object ol p pre section table ul video
"""
_FOREIGN: Final = (
    f"{{{MATHML}}}math",
    "{http://www.w3.org/2010/Math/MathML}math",
    f"{{{SVG}}}svg",
    f"{{{XINCLUDE}}}include",
    "include",
    "math",
    "svg",
)
_SPEECH: Final = (
    *(
        f"{{{SSML}}}{name}"
        for name in ("break", "emphasis", "phoneme", "prosody", "say-as", "sub", "voice", "audio")
    ),
    *(f"{{{SSML}}}{name}" for name in ("p", "s", "mark", "desc", "lexicon", "metadata", "meta")),
)
_INLINE_STATIC: Final = (
    *_INLINE_HTML.split(),
    *_FOREIGN,
    *_SPEECH,
    "qti-feedback-inline",
    "qti-gap",
    "qti-hottext",
    "qti-printed-variable",
    "qti-template-inline",
)
_BLOCK_STATIC: Final = (
    *_BLOCK_HTML.split(),
    *_FOREIGN,
    "qti-feedback-block",
    "qti-info-control",
    "qti-rubric-block",
    "qti-template-block",
)
_BLOCK: Final = (*_BLOCK_STATIC, *_BLOCK_INTERACTIONS, "qti-position-object-stage")
_INLINE: Final = (*_INLINE_STATIC, *INLINE_INTERACTIONS)
_RESPONSE_RULES: Final = (
    "qti-exit-response",
    "qti-lookup-outcome-value",
    "qti-response-condition",
    "qti-response-processing-fragment",
    "qti-set-outcome-value",
    *_FOREIGN[3:5],
)
_OUTCOME_RULES: Final = (
    "qti-exit-test",
    "qti-lookup-outcome-value",
    "qti-outcome-condition",
    "qti-outcome-processing-fragment",
    "qti-set-outcome-value",
    *_FOREIGN[3:5],
)
_TEMPLATE_RULES: Final = (
    "qti-exit-template",
    "qti-set-correct-response",
    "qti-set-default-value",
    "qti-set-template-value",
    "qti-template-condition",
    "qti-template-constraint",
)

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "inlineStatic": _INLINE_STATIC,
    "inline": _INLINE,
    "blockStatic": _BLOCK_STATIC,
    "block": _BLOCK,
    "flowStatic": tuple(dict.fromkeys((*_BLOCK_STATIC, *_INLINE_STATIC))),
    "flow": tuple(dict.fromkeys((*_BLOCK, *_INLINE))),
    "expression": EXPRESSIONS,
    "responseRule": _RESPONSE_RULES,
    "outcomeRule": _OUTCOME_RULES,
    "templateRule": _TEMPLATE_RULES,
    "picture": ("object", "img", "picture", f"{{{SVG}}}svg", "svg"),
}
"""The members of each group that content names with a `%`."""
