"""The lines of the model as rules, for one spelling of names each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from shared.standards.qti.validating.model.groups import GROUPS
from shared.standards.qti.validating.model.html import HTML
from shared.standards.qti.validating.model.items import INTERACTIONS, ITEMS
from shared.standards.qti.validating.model.processing import EXPRESSIONS, RULES
from shared.standards.qti.validating.model.tests import ACCESSIBILITY, TESTS
from shared.standards.qti.validating.model.values import check_of
from shared.standards.qti.vocabulary.elements import ELEMENTS
from shared.standards.qti.vocabulary.names import SPELLINGS

type Major = Literal["2", "3"]
type Check = Callable[[str], bool]

_BODY: Final = ("id", "class", "lang", "label", "dir", "role", "xml:lang", "xml:base")
_SHARED: Final = {
    "+body": _BODY,
    "+interaction": ("response-identifier!", *_BODY),
    "+choice": ("identifier!", "template-identifier", "show-hide:show-hide", *_BODY),
    "+subset": ("section-identifier", "include-category", "exclude-category"),
}
_TIMES: Final = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_OF_QTI: Final = frozenset(ELEMENTS)


@dataclass(frozen=True, slots=True)
class Particle:
    """A place in the content of an element: what may stand there, how often at least and at most."""

    label: str
    names: frozenset[str]
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What one element may have.

    `attributes` are spelled as the version spells them; `content` is None where anything may be inside.
    """

    name: str
    attributes: dict[str, Check | None]
    required: tuple[str, ...]
    any_attribute: bool
    content: tuple[Particle, ...] | None
    text: bool
    needs_content: bool


def rules_of(major: Major) -> dict[str, Rule]:
    """Return the rules of 2.x or 3.0 by the names of 3.0."""
    return _modern() if major == "3" else _legacy()


@cache
def _modern() -> dict[str, Rule]:
    return _rules("3")


@cache
def _legacy() -> dict[str, Rule]:
    return _rules("2")


def _rules(major: Major) -> dict[str, Rule]:
    lines = (ITEMS, INTERACTIONS, RULES, EXPRESSIONS, TESTS, ACCESSIBILITY, HTML)
    return {rule.name: rule for text in lines for line in _unfolded(text) for rule in [_rule(line, major)]}


def _unfolded(text: str) -> Iterator[str]:
    """Yield the lines; those that begin with white space go on with the one before."""
    line = ""
    for part in text.strip().splitlines():
        if line and not part.startswith(" "):
            yield line
            line = ""
        line += f" {part}" if line else part
    yield line


def _rule(line: str, major: Major) -> Rule:
    name, attributes, content = (part.split() for part in line.split("|"))
    terms = [shared for term in _of_version(attributes, major) for shared in _SHARED.get(term, (term,))]
    inside = list(_of_version(content, major))
    places = tuple(_particle(term) for term in inside if term not in {"#text", "..."})
    checks = dict(_attribute(term, _spelling(name[0], major)) for term in terms)
    return Rule(
        name=name[0],
        attributes=checks,
        required=tuple(key for term in terms if term.endswith("!") for key in [_key(term, name[0], major)]),
        any_attribute="*" in terms,
        content=None if inside == ["..."] else places,
        text="#text" in inside or inside == ["..."],
        needs_content=any(place.least for place in places),
    )


def _of_version(terms: list[str], major: Major) -> Iterator[str]:
    for term in terms:
        what, _, version = term.partition("~")
        if version in {"", major}:
            yield what


def _spelling(name: str, major: Major) -> Callable[[str], str]:
    """Return how a version spells the attributes of an element; HTML spells them alike in all."""
    return SPELLINGS.__getitem__ if major == "2" and name in _OF_QTI else str


def _key(term: str, name: str, major: Major) -> str:
    return _spelling(name, major)(term.rstrip("!").partition(":")[0])


def _attribute(term: str, spelling: Callable[[str], str]) -> tuple[str, Check | None]:
    name, _, kind = term.rstrip("!").partition(":")
    check = None if name == "xml" else check_of(name, kind)
    return spelling(name), check


def _particle(term: str) -> Particle:
    least, most = _TIMES.get(term[-1], (1, 1))
    label = term.rstrip("?*+")
    names = [one for part in _parts(label) for one in GROUPS.get(part.removeprefix("%"), (part,))]
    return Particle(label.replace("%", "any ").replace("/", " or "), frozenset(names), least, most)


def _parts(label: str) -> list[str]:
    """Return the alternatives of a term; a namespace in braces has slashes of its own."""
    return [label] if label.startswith("{") else label.split("/")
