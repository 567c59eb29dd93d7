"""How an item of QTI 1.2 is marked: its steps, its points, and by which rule of its vendor they count."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Self

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.areas import area_of, image_of
from shared.standards.qti.questestinterop.brightspace import RIGHT, WRONG, grading_of, total
from shared.standards.qti.questestinterop.building import (
    assign,
    call,
    declare,
    make,
    number_text,
    values,
    variable,
)
from shared.standards.qti.questestinterop.calculated import is_right
from shared.standards.qti.questestinterop.conditions import Conditions
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.kinds import Kind, is_human_scored
from shared.standards.qti.questestinterop.names import below, given, identifier, inside
from shared.standards.qti.questestinterop.points import (
    Points,
    Variable,
    declared_points,
    points_of,
    variables_of,
)
from shared.standards.qti.questestinterop.processing import SCORE, Change, Step, steps_of
from shared.standards.qti.questestinterop.responses import Response, Sort
from shared.standards.qti.questestinterop.scoring import FEEDBACK, Rules, all_or_nothing, bounded
from shared.standards.qti.questestinterop.sources import Source

_KINDS: Final = {"string": "string", "enumerated": "string", "boolean": "boolean"}
_PARTIAL: Final = ("PartialScore", "PartialDeep")


@dataclass(frozen=True, slots=True)
class Marking:
    """The marking of one item. `score` names the variable that is its score; empty where several are."""

    kind: Kind
    steps: list[Step]
    points: Points
    score: str
    declared: dict[str, Variable]
    changed: tuple[str, ...]
    feedback: dict[str, str]
    areas: tuple[Element, ...]
    algorithm: str
    grading: str
    human: bool
    conditions: Conditions

    @classmethod
    def of(cls, source: Source, conditions: Conditions, findings: Findings) -> Self:
        """Return the marking of an item."""
        item, kind, metadata, dialect = source.element, source.kind, source.metadata, source.dialect
        declared = variables_of(item)
        highest = {name: each.high for name, each in declared.items() if each.high is not None}
        steps = steps_of(item, conditions, highest, findings)
        changes = [change for step in steps for change in step.changes]
        changed = tuple(dict.fromkeys(change.variable for change in changes))
        score = _score(changed)
        own = [change for change in changes if change.variable == score]
        worth = declared_points(metadata, dialect)
        points = points_of(declared.get(score, Variable(score)), own, worth, dialect, findings)
        feedback = {
            given(each, "ident"): identifier(given(each, "ident")) for each in inside(item, "itemfeedback")
        }
        algorithm = metadata.get("scoring_algorithm", "")
        areas = tuple(_areas(item, points, findings)) if kind is Kind.HOT_SPOT and not changes else ()
        if kind is Kind.MULTIPLE_ANSWERS and dialect.is_canvas and not algorithm:
            message = "Canvas gives parts of the points here; the file says all or nothing, and so it is"
            if any(change.action == "Set" for change in own):
                findings.warn(item, message, rule="Canvas, multiple answers")
        human = is_human_scored(item) and not areas and kind not in {Kind.TEXT, Kind.STIMULUS}
        _tell_missing(steps, feedback, findings)
        _refuse_words(changes, declared, findings)
        return cls(
            kind,
            steps,
            points,
            score,
            declared,
            changed,
            feedback,
            areas,
            algorithm,
            grading_of(item),
            human,
            conditions,
        )

    @property
    def by_parts(self) -> bool:
        """Whether each right choice gives a part, and each wrong one takes one (Canvas New Quizzes)."""
        return (
            self.kind is Kind.MULTIPLE_ANSWERS and self.algorithm in _PARTIAL and self.points.most is not None
        )

    @property
    def _named(self) -> tuple[str, ...]:
        """The variables that are declared or changed; both of Brightspace's, where there is one."""
        more = (RIGHT, WRONG) if RIGHT in self.changed else ()
        return tuple(dict.fromkeys((*self.declared, *self.changed, *more)))

    @property
    def _outcomes(self) -> dict[str, str]:
        names = {name: identifier(name) for name in self._named}
        if self.score:
            names.pop(self.score, None)
            taken = {name: f"OTHER_{each}" if each == SCORE else each for name, each in names.items()}
            return taken | {self.score: SCORE}
        return names

    @property
    def _types(self) -> dict[str, str]:
        return {
            name: _KINDS.get(self.declared[name].kind, "float") if name in self.declared else "float"
            for name in (*self._named, self.score)
        }

    def declarations(self) -> Iterator[Element]:
        """Yield the declarations of outcomes: the score in points, its maximum, feedback, and the others."""
        if self.kind in {Kind.TEXT, Kind.STIMULUS}:
            return
        most = self.points.most
        attributes = {} if most is None else {"normal-maximum": number_text(float(most))}
        if self.human:
            attributes["external-scored"] = "human"
        yield _outcome(SCORE, "float", self._start(), attributes)
        if most is not None:
            yield _outcome("MAXSCORE", "float", number_text(float(most)), {})
        for name, outcome in self._outcomes.items():
            if outcome != SCORE:
                yield _outcome(outcome, self._types[name], self._default(name), {})
        if self.feedback:
            yield declare("outcome", FEEDBACK, "identifier", "multiple")

    def _start(self) -> str:
        declared = self.declared.get(self.score)
        return number_text(float(self.points.factor * declared.start)) if declared is not None else "0"

    def _default(self, name: str) -> str:
        declared = self.declared.get(name)
        if declared is None or (self._types[name] == "float" and number_of(declared.default) is None):
            return ""
        return declared.default

    def mapping(self, response: Response, correct: list[str]) -> list[Element]:
        """Return the mapping of a response whose score is a sum of parts or areas; none for others."""
        if self.areas and response.sort is Sort.POINT:
            return [make("qti-area-mapping", {"default-value": "0"}, *self.areas)]
        if not self.by_parts or self.points.most is None or not correct:
            return []
        part = self.points.most / len(correct)
        entries = (
            make(
                "qti-map-entry",
                {"map-key": each.identifier, "mapped-value": _signed(part, each.identifier in correct)},
            )
            for each in response.labels
        )
        bounds = {
            "default-value": "0",
            "lower-bound": "0",
            "upper-bound": number_text(float(self.points.most)),
        }
        return [make("qti-mapping", bounds, *entries)]

    def rules(self, is_formula: bool) -> list[Element]:
        """Return the rules of response processing."""
        steps = self._formula_steps() if is_formula else self.steps
        if self.by_parts:
            mapped = assign(SCORE, make("qti-map-response", {"identifier": "RESPONSE"}))
            return [*self._rules(_unscored(steps, self.score)), mapped]
        if self.areas:
            return [assign(SCORE, make("qti-map-response-point", {"identifier": "RESPONSE"}))]
        return [*self._rules(steps), *self._in_the_end()]

    def _rules(self, steps: list[Step]) -> list[Element]:
        return Rules(self.points, self._outcomes, self._types, self.feedback).of(steps)

    def _in_the_end(self) -> list[Element]:
        adds = any(change.action != "Set" for step in self.steps for change in step.changes)
        if RIGHT in self.changed and not self.score:
            return total(self.grading, self.points.most or Fraction(1))
        if not self.score and len(self.changed) > 1:
            return [assign(SCORE, call("sum", *(variable(self._outcomes[name]) for name in self.changed)))]
        if self.algorithm == "AllOrNothing" and adds and self.points.most:
            return all_or_nothing(self.points.most)
        return bounded(self.points)

    def _formula_steps(self) -> list[Step]:
        """Return the steps of a formula question, where `other` that gives points means a right answer."""
        found = []
        for step in self.steps:
            if not step.changes:
                found.append(step)
            elif step.gain > 0:
                found.append(replace(step, test=is_right()))
            else:
                wrong = call("not", is_right())
                found.append(replace(step, test=wrong, changes=(), stops=False))
        return found


def _score(changed: tuple[str, ...]) -> str:
    if SCORE in changed or not changed:
        return SCORE
    return changed[0] if len(changed) == 1 and changed[0] not in {RIGHT, WRONG} else ""


def _outcome(name: str, base_type: str, default: str, attributes: dict[str, str]) -> Element:
    parts = [values("qti-default-value", default)] if default else []
    typed = {"identifier": name, "cardinality": "single", "base-type": base_type}
    return make("qti-outcome-declaration", typed | attributes, *parts)


def _signed(part: Fraction, right: bool) -> str:
    return number_text(float(part if right else -part))


def _unscored(steps: list[Step], score: str) -> list[Step]:
    return [
        replace(step, changes=tuple(change for change in step.changes if change.variable != score))
        for step in steps
    ]


def _areas(item: Element, points: Points, findings: Findings) -> Iterator[Element]:
    worth = number_text(float(points.most if points.most is not None else 1))
    for response in below(item, "response_xy"):
        image = image_of(response, findings)
        for label in below(response, "response_label"):
            area = area_of(label, image, findings)
            if area is not None:
                attributes = {"shape": area[0], "coords": area[1], "mapped-value": worth}
                yield make("qti-area-map-entry", attributes)


def _refuse_words(changes: list[Change], declared: dict[str, Variable], findings: Findings) -> None:
    """Raise Invalid where a number is set to a word; a default that is one counts as none."""
    for change in changes:
        kind = declared[change.variable].kind if change.variable in declared else ""
        if change.number is None and (kind not in _KINDS or change.action != "Set"):
            message = f"{change.text[:40]!r} is no number"
            raise findings.invalid(change.element, message, rule="QTI 1.2 ASI, setvar")


def _tell_missing(steps: list[Step], feedback: dict[str, str], findings: Findings) -> None:
    for step in steps:
        for ident in step.shown:
            if ident not in feedback:
                message = f"feedback {ident!r}, which is not there, is not shown"
                findings.warn(step.element, message, rule="QTI 1.2 ASI, displayfeedback")
