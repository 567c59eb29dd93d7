"""A session of a test as an assessment result (Results Reporting 3.0)."""

from collections.abc import Iterator, Mapping

from shared.standards.qti.assessments.routes import Step
from shared.standards.qti.assessments.session import TestSession
from shared.standards.qti.assessments.shown import status_of
from shared.standards.qti.assessments.standing import Standing
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.items.built_in import BUILT_IN
from shared.standards.qti.items.compiled_item import Values
from shared.standards.qti.results.model import (
    AssessmentResult,
    Context,
    ItemResult,
    ResultVariable,
    TestResult,
)


def report_of(session: TestSession, *, datestamp: str, context: Context | None = None) -> AssessmentResult:
    """Return the result of a session as it is now: of the test, and of each item selected for the candidate.

    `datestamp` is an ISO 8601 time; `context` says whose result it is.

    >>> from shared.standards.qti import TestSession, compile_item, compile_test, parse, read_plan
    >>> item = compile_item(parse(b'<assessmentItem identifier="i"/>'))
    >>> test = compile_test(read_plan(parse(
    ...     b'<assessmentTest identifier="t"><testPart identifier="p" navigationMode="linear"'
    ...     b' submissionMode="individual"><assessmentSection identifier="s">'
    ...     b'<assessmentItemRef identifier="i" href="i.xml"/></assessmentSection>'
    ...     b'</testPart></assessmentTest>')), {"i.xml": item})
    >>> session = TestSession.start(test, seed=1, now=0)
    >>> report_of(session, datestamp="2026-01-01T10:00:00").items[0].status
    'pendingSubmission'
    """
    standing = session.standing
    durations = standing.durations()
    declared = {name: standing.test.declarations[name] for name in (*durations, *standing.outcomes)}
    variables = tuple(_variables({**durations, **standing.outcomes}, declared))
    return AssessmentResult(
        context or Context(),
        TestResult(standing.test.plan.identifier, datestamp, variables),
        tuple(_item(standing, step, position, datestamp) for position, step in enumerate(standing.steps, 1)),
    )


def _item(standing: Standing, step: Step, position: int, datestamp: str) -> ItemResult:
    taken, item = standing.taken.get(step.key), standing.item(step)
    values = item.initial if taken is None else taken.session.values
    return ItemResult(
        step.key,
        datestamp,
        status_of(standing, step),
        tuple(_variables(values, {**BUILT_IN, **item.declarations})),
        position,
        None if taken is None else taken.comment,
    )


def _variables(values: Values, declared: Mapping[str, Declaration]) -> Iterator[ResultVariable]:
    for name, declaration in declared.items():
        yield ResultVariable(
            declaration.kind, name, declaration.cardinality, declaration.base_type, values[name]
        )
