"""What an interaction asks of a response before it may be submitted (QTI 3.0, ItemSessionControl).

How many choices, pairs, points or strings; which of them; how often each may be paired; where a slider may
stand; what text may look like. A response that breaks a constraint is scored all the same, unless the one who
runs the test holds it back.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

from shared.standards.qti.documents.element import place_of
from shared.standards.qti.expressions.patterns import Pattern
from shared.standards.qti.faults import Invalid
from shared.standards.qti.interactions.interaction import Choice, Interaction
from shared.standards.qti.limits import LIMITS, Limits
from shared.standards.qti.values.types import (
    Container,
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Value,
    is_container,
)

type Check = Callable[[Interaction, Container, Limits], Iterator[str]]


def broken_constraints(interaction: Interaction, value: Value, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Return what a response breaks of what its interaction asks for; nothing for interactions of vendors.

    Raises Invalid where the interaction states a bound or pattern that is none.

    >>> from shared.standards.qti import interactions_of, parse
    >>> item = parse(b'''<assessmentItem><itemBody>
    ...   <choiceInteraction responseIdentifier="R" maxChoices="2" minChoices="1">
    ...     <simpleChoice identifier="A"/><simpleChoice identifier="B"/><simpleChoice identifier="C"/>
    ...   </choiceInteraction></itemBody></assessmentItem>''')
    >>> broken_constraints(interactions_of(item)[0], ("A", "B", "D"))
    ('3 choices; at most 2 are asked for', 'D is no choice')
    >>> broken_constraints(interactions_of(item)[0], None)
    ('0 choices; at least 1 are asked for',)
    """
    check = _CHECKS.get(interaction.kind)
    if check is None:
        return ()
    members: Container = () if value is None else value if is_container(value) else _alone(value)
    strange = [member for member in members if not isinstance(member, _ANSWERS.get(interaction.kind, object))]
    if strange:
        return tuple(f"{member} is no answer to this interaction" for member in strange)
    return tuple(check(interaction, members, limits))


def _alone(value: Value) -> Container:
    if isinstance(value, dict):  # what was typed, with its parts
        return (value["stringValue"],) if "stringValue" in value else ()
    return cast("Container", (value,))


def _count(what: str, found: int, least: int, most: int) -> Iterator[str]:
    if found < least:
        yield f"{found} {what}; at least {least} are asked for"
    if 0 < most < found:
        yield f"{found} {what}; at most {most} are asked for"


def _chosen(interaction: Interaction, members: Container, default_max: int) -> Iterator[str]:
    least, most = interaction.whole("min-choices", 0), interaction.whole("max-choices", default_max)
    yield from _count("choices", len(members), least, most)
    known = {choice.identifier for choice in interaction.choices}
    yield from (f"{member} is no choice" for member in members if member not in known)
    yield from (
        f"{member} is chosen {times} times" for member, times in Counter(members).items() if times > 1
    )


def _choices(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    return _chosen(interaction, members, 1)


def _ordered(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    """Check an order: of all choices, unless the interaction says how many (OrderInteraction)."""
    yield from _chosen(interaction, members, 0)
    bounded = interaction.text("min-choices") or interaction.text("max-choices")
    if members and not bounded and len(members) < len(interaction.choices):
        yield f"{len(members)} of {len(interaction.choices)} choices are ordered"


def _inline(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    known = {choice.identifier for choice in interaction.choices}
    yield from (f"{member} is no choice" for member in members if member not in known)
    if not members and (interaction.flag("required", default=False) or interaction.whole("min-choices", 0)):
        yield "a choice is asked for"


def _paired(interaction: Interaction, members: Container, default_max: int) -> Iterator[str]:
    least, most = interaction.whole("min-associations", 0), interaction.whole("max-associations", default_max)
    yield from _count("associations", len(members), least, most)
    pairs = [cast("tuple[str, str]", member) for member in members]
    yield from (
        f"{' '.join(pair)} is paired {times} times" for pair, times in Counter(pairs).items() if times > 1
    )
    choices = {choice.identifier: choice for choice in interaction.choices}
    for pair in pairs:
        yield from _ends(pair, choices)
    yield from _used(pairs, interaction.choices)


def _ends(pair: tuple[str, str], choices: Mapping[str, Choice]) -> Iterator[str]:
    """Check where a pair begins and ends, and whether both ends may meet (match-group)."""
    ends = [choices.get(identifier) for identifier in pair]
    for identifier, choice, role in zip(pair, ends, ("source", "target"), strict=True):
        if choice is None or choice.role not in {role, "choice"}:
            yield f"{identifier} is no choice that a pair {'begins' if role == 'source' else 'ends'} with"
    first, second = ends
    if first is not None and second is not None and not _may_meet(first, second):
        yield f"{' '.join(pair)} are of groups that don't meet"


def _may_meet(first: Choice, second: Choice) -> bool:
    one = not first.match_group or second.identifier in first.match_group
    return one and (not second.match_group or first.identifier in second.match_group)


def _used(pairs: list[tuple[str, str]], choices: tuple[Choice, ...]) -> Iterator[str]:
    uses = Counter(identifier for pair in pairs for identifier in pair)
    for choice in choices:
        times = uses[choice.identifier]
        if choice.match_max is not None and times > choice.match_max:
            yield f"{choice.identifier} is paired {times} times, at most {choice.match_max} are allowed"
        if times < choice.match_min:
            yield f"{choice.identifier} is paired {times} times, at least {choice.match_min} are asked for"


def _associated(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    return _paired(interaction, members, 1)


def _gaps(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    """Check pairs of choices and gaps: no bound to their number unless one is stated."""
    return _paired(interaction, members, 0)


def _points(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    least, most = interaction.whole("min-choices", 0), interaction.whole("max-choices", 1)
    return _count("points", len(members), least, most)


def _slid(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    lower, upper = interaction.number("lower-bound"), interaction.number("upper-bound")
    step = interaction.number("step") or 0
    for value in members:
        number = cast("float", value)
        if (lower is not None and number < lower) or (upper is not None and number > upper):
            yield f"{number} lies outside of the slider"
        elif step > 0 and abs((steps := (number - (lower or 0)) / step) - round(steps)) > _NEAR:
            yield f"{number} lies between two steps of the slider"


def _text(interaction: Interaction, members: Container, limits: Limits) -> Iterator[str]:
    mask = interaction.text("pattern-mask")
    if mask is None:
        return
    try:
        pattern = Pattern(mask, limits)
    except ValueError as error:
        place = place_of(interaction.element)
        raise Invalid(f"pattern-mask: {error}", rule="QTI 3.0, pattern-mask", place=place) from error
    message = interaction.text("data-patternmask-message")
    for member in members:
        if not pattern.matches(str(member)):
            yield message or f"{str(member)[:80]!r} does not match {mask}"


def _texts(interaction: Interaction, members: Container, limits: Limits) -> Iterator[str]:
    yield from _count(
        "strings", len(members), interaction.whole("min-strings", 0), interaction.whole("max-strings", 0)
    )
    yield from _text(interaction, members, limits)


def _played(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    times = cast("int", members[0]) if members else 0
    return _count("plays", times, interaction.whole("min-plays", 0), interaction.whole("max-plays", 0))


def _uploaded(interaction: Interaction, members: Container, _: Limits) -> Iterator[str]:
    """Check the media type of a file against those the interaction accepts, where it says so."""
    accepted = (interaction.text("type") or "").replace(",", " ").split()
    for member in members:
        if isinstance(member, FileValue) and accepted and member.media_type not in accepted:
            yield f"{member.media_type} is none of {', '.join(accepted)}"


_NEAR: Final = 1e-9

_ANSWERS: Final[Mapping[str, type | tuple[type, ...]]] = {
    **dict.fromkeys(("associate", "gap-match", "graphic-associate"), (Pair, DirectedPair)),
    **dict.fromkeys(("graphic-gap-match", "match"), (Pair, DirectedPair)),
    **dict.fromkeys(("position-object", "select-point"), Point),
    "media": int,
    "slider": (int, float),
}
"""What an answer is, where a constraint counts on it: a response may be declared as something else."""

_CHECKS: Final[Mapping[str, Check]] = {
    "associate": _associated,
    "choice": _choices,
    "drawing": _uploaded,
    "extended-text": _texts,
    "gap-match": _gaps,
    "graphic-associate": _associated,
    "graphic-gap-match": _gaps,
    "graphic-order": _ordered,
    "hotspot": _choices,
    "hottext": _choices,
    "inline-choice": _inline,
    "match": _associated,
    "media": _played,
    "order": _ordered,
    "position-object": _points,
    "select-point": _points,
    "slider": _slid,
    "text-entry": _text,
    "upload": _uploaded,
}
"""By kind. A button that ends an attempt, and interactions of vendors, are answered as they are."""
