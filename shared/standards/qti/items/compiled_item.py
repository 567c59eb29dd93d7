"""An item compiled for scoring."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from shared.standards.qti.declarations.declaration import Declaration, Kind
from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Frame
from shared.standards.qti.faults import Invalid, Notice
from shared.standards.qti.items.built_in import ATTEMPTS, BUILT_IN, COMPLETION
from shared.standards.qti.limits import Limits
from shared.standards.qti.processing.rules import Rule
from shared.standards.qti.processing.template_processing import TemplateProcessing
from shared.standards.qti.values.json_form import read_json
from shared.standards.qti.values.types import Value

type Values = Mapping[str, Value]

_NONE: Values = {}


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring gives: all outcomes, what was noticed, and the outcomes that wait for a human or machine.

    >>> Scored({"SCORE": 1.0}, notices=(), pending=()).outcomes["SCORE"]
    1.0
    """

    outcomes: dict[str, Value]
    notices: tuple[Notice, ...]
    pending: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """An item ready to be scored, any number of times, by any number of callers; it never changes.

    `declarations` are those of the item; `external` are the outcomes that are scored outside (QTI 3.0,
    OutcomeDeclaration, external-scored); `released` are the buttons that end attempts, as they are until one
    does. Made by `compile_item`.

    >>> from shared.standards.qti import compile_item, parse
    >>> item: CompiledItem = compile_item(parse(b'<assessmentItem identifier="i1"/>'))
    >>> item.identifier
    'i1'
    """

    identifier: str
    adaptive: bool
    element: Element
    declarations: Mapping[str, Declaration]
    external: tuple[str, ...]
    notices: tuple[Notice, ...]
    limits: Limits
    initial: dict[str, Value]
    outcomes: tuple[str, ...]
    released: dict[str, Value]
    template: TemplateProcessing | None
    respond: Rule | None

    def score(
        self,
        responses: Values,
        *,
        seed: int = 0,
        template_values: Values | None = None,
        context: Values | None = None,
        human: Values | None = None,
    ) -> Scored:
        """Return the outcomes of one attempt with these responses; those not given keep their defaults.

        `seed` decides all chance. `template_values` replace defaults of template variables (QTI 3.0,
        TemplateDefault). `human` are outcomes that a human scored, which no rule changes. Raises Refused when
        processing breaks a limit.
        """
        frame = self.begin(seed, template_values or _NONE, context or _NONE)
        notices = self.take(frame, responses)
        if human:
            self.fix(frame, human)
        self.attempt(frame, seed)
        return self.scored(frame, notices)

    def read_responses(self, forms: Mapping[str, object]) -> dict[str, Value]:
        """Return the values of responses that JSON states. Raises Invalid for what does not fit its type."""
        return self.read_values(forms)

    def read_values(self, forms: Mapping[str, object]) -> dict[str, Value]:
        """Return the values of variables that JSON states. Raises Invalid for what does not fit its type."""
        return {name: self._read(name, form) for name, form in forms.items()}

    def frame(self, seed: int) -> Frame:
        """Return the values that all sessions begin with, before template processing."""
        return Frame(self.initial.copy(), seed, self.limits.repeats)

    def begin(self, seed: int, template_values: Values = _NONE, context: Values = _NONE) -> Frame:
        """Return the values of a session that begins, template processing done."""
        frame = self.frame(seed)
        if template_values or context:
            self._replace(frame, template_values, "template")
            self._replace(frame, context, "context")
        if self.template is not None:
            self.template(frame)
            frame.values.update(frame.defaults)
        return frame

    def take(self, frame: Frame, responses: Values) -> list[Notice]:
        """Put responses in their variables; what is no response of the item is passed over with a notice."""
        notices = []
        for name, value in responses.items():
            declared = self.declarations.get(name)
            if declared is not None and declared.kind == "response":
                frame.values[name] = value
            else:
                message = f"{name} is no response of the item and passed over"
                notices.append(Notice(message, "QTI 3.0, ResponseDeclaration"))
        return notices

    def fix(self, frame: Frame, human: Values) -> None:
        """Set outcomes that a human scored; no rule changes them any more. Raises Invalid for other names."""
        strange = human.keys() - set(self.outcomes)
        if strange:
            raise Invalid(f"{min(strange)} is no outcome of {self.identifier}", rule="human scores")
        frame.values.update(human)
        frame.fixed |= frozenset(human)

    def attempt(self, frame: Frame, seed: int) -> None:
        """Begin a further attempt and process its responses; a non-adaptive item is complete then."""
        values = frame.values
        values[ATTEMPTS] = attempts = cast("int", values[ATTEMPTS]) + 1
        if values[COMPLETION] == "not_attempted":
            values[COMPLETION] = "unknown"
        # Each attempt draws anew, and the same whether or not the session was stored in between.
        frame.begin_anew(seed + (attempts << 64), self.limits.repeats)
        if self.respond is not None:
            self.respond(frame)
        if not self.adaptive and values[COMPLETION] == "unknown":
            values[COMPLETION] = "completed"

    def scored(self, frame: Frame, notices: list[Notice] | None = None) -> Scored:
        """Return the outcomes as they are now."""
        values = frame.values
        return Scored(
            {name: values[name] for name in self.outcomes},
            (*self.notices, *notices) if notices else self.notices,
            tuple(name for name in self.external if name not in frame.fixed) if self.external else (),
        )

    def initial_value(self, name: str, frame: Frame) -> Value:
        """Return what a variable holds before an attempt: its default, as template processing left it."""
        return frame.defaults[name] if name in frame.defaults else self.initial[name]

    def _replace(self, frame: Frame, values: Values, kind: Kind) -> None:
        """Replace defaults of variables of one kind. Raises Invalid for the name of another."""
        for name in values:
            declared = self.declarations.get(name) or BUILT_IN.get(name)
            if declared is None or declared.kind != kind:
                raise Invalid(f"{name} is no {kind} variable", rule=f"QTI 3.0, {kind} declarations")
        frame.values.update(values)

    def _read(self, name: str, form: object) -> Value:
        declared = self.declarations.get(name) or BUILT_IN.get(name)
        if declared is None:
            raise Invalid(f"{name} is not declared", rule="QTI 3.0, ResponseDeclaration")
        try:
            return read_json(form, declared.base_type, declared.cardinality)
        except ValueError as error:
            raise Invalid(f"{name}: {error}", rule="QTI 3.0, ResponseDeclaration") from error
