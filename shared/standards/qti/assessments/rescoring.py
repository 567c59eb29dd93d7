"""Results scored anew: the responses that a report holds, through items and test, to its totals.

What a human scored stays: outcomes that an item leaves to external scoring are taken from the report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.frames import SelectedItem
from shared.standards.qti.assessments.plan import ItemRef, Part
from shared.standards.qti.assessments.routes import Step, instance_of
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.expressions.compiled import Frame
from shared.standards.qti.faults import Notice
from shared.standards.qti.items.built_in import ATTEMPTS, BUILT_IN, DURATION
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.processing.fitting import fit
from shared.standards.qti.results.model import AssessmentResult, ItemResult, ResultVariable, TestResult
from shared.standards.qti.values.types import Value

_RULE: Final = "Results Reporting 3.0"
_UNSUBMITTED: Final = frozenset(("initial", "pendingSubmission"))


@dataclass(frozen=True, slots=True)
class _Rescored:
    selected: SelectedItem
    outcomes: dict[str, Value]


def rescore(result: AssessmentResult, test: CompiledTest) -> AssessmentResult:
    """Return a report with the outcomes that items and test give for its responses.

    Of several reports of one item the last in time counts for the test. Items that the test does not have are
    left as they are, with a notice. Whatever else the report holds stays.

    >>> from shared.standards.qti import compile_item, compile_test, parse, read_plan, read_result
    >>> item = compile_item(parse(b'''<assessmentItem identifier="i">
    ...   <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="integer"/>
    ...   <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
    ...   <responseProcessing><setOutcomeValue identifier="SCORE"><variable identifier="RESPONSE"/>
    ...   </setOutcomeValue></responseProcessing></assessmentItem>'''))
    >>> test = compile_test(read_plan(parse(b'''<assessmentTest identifier="t">
    ...   <outcomeDeclaration identifier="TOTAL" cardinality="single" baseType="float"/>
    ...   <testPart identifier="p" navigationMode="linear" submissionMode="individual">
    ...   <assessmentSection identifier="s"><assessmentItemRef identifier="i" href="i.xml"/>
    ...   </assessmentSection></testPart>
    ...   <outcomeProcessing><setOutcomeValue identifier="TOTAL"><sum><testVariables
    ...   variableIdentifier="SCORE"/></sum></setOutcomeValue></outcomeProcessing>
    ... </assessmentTest>''')), {"i.xml": item})
    >>> report = read_result(parse(b'''<assessmentResult><context/>
    ...   <itemResult identifier="i" datestamp="2026-01-01T10:00:00" sessionStatus="final">
    ...   <responseVariable identifier="RESPONSE" cardinality="single" baseType="integer">
    ...   <candidateResponse><value>3</value></candidateResponse></responseVariable></itemResult>
    ... </assessmentResult>'''))
    >>> [(one.identifier, one.value) for one in rescore(report, test).test.variables]
    [('TOTAL', 3.0)]
    """
    places = _places(test)
    rescored = [_item(item, _place(item.identifier, places), test) for item in result.items]
    strange = [item.identifier for item, scored in zip(result.items, rescored, strict=True) if scored is None]
    return replace(
        result,
        test=_test(result, test, _last(result.items, rescored)),
        items=tuple(
            item if scored is None else _with_outcomes(item, scored, test)
            for item, scored in zip(result.items, rescored, strict=True)
        ),
        notices=(*result.notices, *(_strange(identifier, test) for identifier in strange)),
    )


def _strange(identifier: str, test: CompiledTest) -> Notice:
    message = f"item {identifier} is none of test {test.plan.identifier}: not scored"
    return Notice(message, _RULE, severity="error")


def _last(items: Sequence[ItemResult], rescored: Sequence[_Rescored | None]) -> list[SelectedItem]:
    """Return of each item what was reported last, in the order of the report.

    The place of a submission among all is that of its time.
    """
    times = sorted(item.datestamp for item in items)
    last: dict[str, tuple[str, SelectedItem]] = {}
    for item, scored in zip(items, rescored, strict=True):
        if scored is not None and last.get(item.identifier, ("",))[0] <= item.datestamp:
            submitted = times.index(item.datestamp) + 1 if scored.selected.attempts else 0
            last[item.identifier] = item.datestamp, replace(scored.selected, submitted=submitted)
    return [selected for _, selected in last.values()]


@dataclass(frozen=True, slots=True)
class _Place:
    ref: ItemRef
    part: Part
    instance: int = 1


def _places(test: CompiledTest) -> dict[str, _Place]:
    return {
        node.identifier: _Place(node, part)
        for part in test.plan.parts
        for node in part.nodes()
        if isinstance(node, ItemRef)
    }


def _place(identifier: str, places: Mapping[str, _Place]) -> _Place | None:
    """Return what a report calls `Q01`, or `Q01.2` for the second of several instances."""
    reference, _, number = identifier.rpartition(".")
    instance = instance_of(number)
    if identifier not in places and reference in places and instance is not None:
        return replace(places[reference], instance=instance)
    return places.get(identifier)


def _item(result: ItemResult, place: _Place | None, test: CompiledTest) -> _Rescored | None:
    if place is None:
        return None
    item = test.items[place.ref.identifier]
    reported = {variable.identifier: variable for variable in result.variables}
    frame = item.begin(0)
    _restore(frame, item, reported)
    is_submitted = result.status not in _UNSUBMITTED
    if is_submitted:
        item.attempt(frame, 0)
    attempts = _fitted(reported.get(ATTEMPTS), BUILT_IN[ATTEMPTS])
    if isinstance(attempts, int):
        frame.values[ATTEMPTS] = attempts
    step = Step(result.identifier, place.ref, place.instance, place.part, ())
    return _Rescored(
        SelectedItem(
            step,
            frame.values,
            frame.corrects,
            frame.defaults,
            result.status != "initial",
            int(is_submitted),
            0,
        ),
        {name: frame.values[name] for name in item.outcomes} if is_submitted else {},
    )


def _restore(frame: Frame, item: CompiledItem, reported: Mapping[str, ResultVariable]) -> None:
    """Put back what the session held: responses, duration, drawn templates, what humans scored."""
    human: dict[str, Value] = {}
    for name, declared in item.declarations.items():
        variable = reported.get(name)
        if variable is None:
            continue
        value = _fitted(variable, declared)
        if declared.kind in {"response", "template"}:
            frame.values[name] = value
        elif name in item.external and value is not None:
            human[name] = value
        if item.template is not None and variable.correct is not None:
            frame.corrects[name] = fit(variable.correct, declared.base_type, declared.cardinality)
    frame.values[DURATION] = _fitted(reported.get(DURATION), BUILT_IN[DURATION])
    item.fix(frame, human)


def _fitted(variable: ResultVariable | None, declared: Declaration) -> Value:
    return None if variable is None else fit(variable.value, declared.base_type, declared.cardinality)


def _test(result: AssessmentResult, test: CompiledTest, selected: list[SelectedItem]) -> TestResult:
    known = result.test or TestResult(
        test.plan.identifier, max((item.datestamp for item in result.items), default="")
    )
    durations = {
        name: _fitted(variable, declared)
        for variable in known.variables
        if (name := variable.identifier) in test.initial
        and (declared := test.declarations[name]).kind == "response"
    }
    outcomes = test.process(selected, given=durations)
    variables = tuple(_outcomes(known.variables, outcomes, test.declarations))
    return replace(known, variables=variables)


def _with_outcomes(item: ItemResult, scored: _Rescored, test: CompiledTest) -> ItemResult:
    declared = {**BUILT_IN, **test.items[scored.selected.step.ref.identifier].declarations}
    return replace(item, variables=tuple(_outcomes(item.variables, scored.outcomes, declared)))


def _outcomes(
    reported: Iterable[ResultVariable], outcomes: Mapping[str, Value], declared: Mapping[str, Declaration]
) -> Iterable[ResultVariable]:
    """Yield what is reported, with outcomes as they are now, and after it the outcomes that were not."""
    known = set()
    for variable in reported:
        known.add(variable.identifier)
        name = variable.identifier
        if name in outcomes and variable.kind == "outcome":
            types = declared[name]
            yield replace(
                variable,
                value=outcomes[name],
                base_type=types.base_type,
                cardinality=types.cardinality,
            )
        else:
            yield variable
    for name, value in outcomes.items():
        if name not in known:
            types = declared[name]
            yield ResultVariable("outcome", name, types.cardinality, types.base_type, value)
