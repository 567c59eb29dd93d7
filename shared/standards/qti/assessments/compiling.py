"""Documents of tests compiled for sessions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from shared.standards.qti.assessments.collecting import COLLECTORS
from shared.standards.qti.assessments.compiled_test import Branch, CompiledTest, Condition
from shared.standards.qti.assessments.counting import COUNTERS, responses_of
from shared.standards.qti.assessments.item_variables import ItemVariables
from shared.standards.qti.assessments.lookups import LOOKUPS
from shared.standards.qti.assessments.plan import ItemRef, Node, Plan
from shared.standards.qti.assessments.scope import AssessmentScope
from shared.standards.qti.assessments.subsets import subsets_of
from shared.standards.qti.assessments.targets import check_targets
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element, children, place_of
from shared.standards.qti.documents.noticing import refuse_errors
from shared.standards.qti.expressions.compiled import Operator, Run
from shared.standards.qti.expressions.operands import boolean
from shared.standards.qti.expressions.vendor import VENDOR_OPERATORS
from shared.standards.qti.faults import Invalid, Refused
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.limits import LIMITS, Limits
from shared.standards.qti.processing.registry import OUTCOME_RULES
from shared.standards.qti.processing.rules import Rule, Rules
from shared.standards.qti.values.types import BaseType, Value

_REF_RULE: Final = "QTI 3.0, AssessmentItemRef"
_COMPILERS: Final = {**COUNTERS, **COLLECTORS, **LOOKUPS}


def compile_test(
    plan: Plan,
    items: Mapping[str, CompiledItem],
    *,
    operators: Mapping[str, Operator] = VENDOR_OPERATORS,
    limits: Limits = LIMITS,
    strict: bool = False,
) -> CompiledTest:
    """Compile a test; `items` holds its items by the href of their references.

    Raises Invalid for an item that is missing and for rules that can't be run; with `strict` also for what
    breaks the standard but has an agreed meaning, which is a notice otherwise.

    >>> from shared.standards.qti import compile_item, parse, read_plan
    >>> item = compile_item(parse(b'''<assessmentItem identifier="i">
    ...   <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
    ... </assessmentItem>'''))
    >>> plan = read_plan(parse(
    ...     b'<assessmentTest identifier="t"><testPart identifier="p" navigationMode="linear"'
    ...     b' submissionMode="individual"><assessmentSection identifier="s" title="" visible="true">'
    ...     b'<assessmentItemRef identifier="i" href="i.xml"/></assessmentSection>'
    ...     b'</testPart></assessmentTest>'))
    >>> compile_test(plan, {"i.xml": item}).items["i"].identifier
    'i'
    """
    return compile_references(
        plan, _by_reference(plan, items), operators=operators, limits=limits, strict=strict
    )


def compile_references(
    plan: Plan,
    items: Mapping[str, CompiledItem],
    *,
    operators: Mapping[str, Operator] = VENDOR_OPERATORS,
    limits: Limits = LIMITS,
    strict: bool = False,
) -> CompiledTest:
    """Compile a test as `compile_test` does; `items` are by identifier of their references."""
    try:
        test = _compiled(plan, items, operators, limits)
    except RecursionError:
        raise Refused(
            "nested too deep", rule="limits.depth", place=place_of(plan.element, plan.file)
        ) from None
    if strict:
        refuse_errors(test.notices)
    return test


def _by_reference(plan: Plan, items: Mapping[str, CompiledItem]) -> dict[str, CompiledItem]:
    found: dict[str, CompiledItem] = {}
    for ref in plan.item_refs():
        item = items.get(ref.href)
        if item is None:
            raise Invalid(f"no item at {ref.href!r}", rule=_REF_RULE, place=place_of(ref.element, ref.file))
        found[ref.identifier] = item
    return found


def _compiled(
    plan: Plan, items: Mapping[str, CompiledItem], operators: Mapping[str, Operator], limits: Limits
) -> CompiledTest:
    scope = scope_of(plan, items, operators=operators, limits=limits)
    nodes, refs = list(plan.nodes()), scope.subsets.refs
    rules = _NodeRules(scope)
    check_targets(plan, scope)
    return CompiledTest(
        plan,
        items,
        {reference: responses_of(item) for reference, item in items.items()},
        scope.declarations,
        _initial(scope.declarations),
        tuple(name for name, declared in scope.declarations.items() if declared.kind == "outcome"),
        _processing(plan, scope),
        {node.identifier: rules.preconditions(node) for node in nodes if node.preconditions},
        {node.identifier: rules.branches(node) for node in nodes if node.branches},
        {
            name: rules.template_defaults(ref, items[name])
            for name, ref in refs.items()
            if ref.template_defaults
        },
        limits,
        (*plan.notices, *scope.notices),
    )


def scope_of(
    plan: Plan, items: Mapping[str, CompiledItem], *, operators: Mapping[str, Operator], limits: Limits
) -> AssessmentScope:
    """Return what expressions of a test are compiled for; `items` are by identifier of their references."""
    declared = {declaration.identifier: declaration for declaration in plan.declarations}
    refs = {ref.identifier: ref for ref in plan.item_refs()}
    return AssessmentScope(
        {**_durations(plan), **declared},
        ItemVariables(refs, items),
        subsets_of(plan),
        _COMPILERS,
        operators,
        limits,
        plan.file,
    )


def _initial(declarations: Mapping[str, Declaration]) -> dict[str, Value]:
    return {
        name: 0.0 if declared.kind == "response" else declared.initial
        for name, declared in declarations.items()
    }


def _processing(plan: Plan, scope: AssessmentScope) -> Rule | None:
    if plan.outcome_processing is None:
        return None
    return Rules("outcome", scope, OUTCOME_RULES).compile(children(plan.outcome_processing))


@dataclass(frozen=True, slots=True)
class _NodeRules:
    """Compiles the rules that parts, sections and references have."""

    scope: AssessmentScope

    def preconditions(self, node: Node) -> tuple[Condition, ...]:
        return tuple(self._condition(expression) for expression in node.preconditions)

    def branches(self, node: Node) -> tuple[Branch, ...]:
        return tuple(Branch(branch.target, self._condition(branch.element)) for branch in node.branches)

    def template_defaults(
        self, ref: ItemRef, item: CompiledItem
    ) -> tuple[tuple[Declaration, Run[Value]], ...]:
        return tuple(self._template_defaults(ref, item))

    def _template_defaults(
        self, ref: ItemRef, item: CompiledItem
    ) -> Iterator[tuple[Declaration, Run[Value]]]:
        for default in ref.template_defaults:
            declared = item.declarations.get(default.template_identifier)
            if declared is None or declared.kind != "template":
                message = f"{default.template_identifier} is no template variable of {ref.href}: left aside"
                self.scope.warn(default.element, message, rule="QTI 3.0, TemplateDefault")
            else:
                yield declared, self.scope.compile(default.element).run

    def _condition(self, expression: Element) -> Condition:
        return boolean(self.scope.compile(expression), expression, self.scope)


def _durations(plan: Plan) -> dict[str, Declaration]:
    """Declare the built-in durations of the test, its parts and sections (QTI 3.0, TimeLimits)."""
    named = [f"{node.identifier}.duration" for node in plan.nodes() if not isinstance(node, ItemRef)]
    return {name: _duration(name) for name in ("duration", *named)}


def _duration(name: str) -> Declaration:
    element = etree.Element("qti-response-declaration", identifier=name, cardinality="single")
    element.set("base-type", BaseType.DURATION)
    return Declaration("response", element)
