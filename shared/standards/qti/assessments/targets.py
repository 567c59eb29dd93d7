"""Where branch rules may lead (QTI 3.0, BranchRule): forward, in the same part, or out."""

from typing import Final

from shared.standards.qti.assessments.plan import BranchRule, Node, Plan
from shared.standards.qti.assessments.scope import AssessmentScope

EXIT_TEST: Final = "EXIT_TEST"
EXIT_PART: Final = "EXIT_TESTPART"
EXIT_SECTION: Final = "EXIT_SECTION"

_RULE: Final = "QTI 3.0, BranchRule"


def check_targets(plan: Plan, scope: AssessmentScope) -> None:
    """Note branch rules whose targets can't be jumped to; they never lead anywhere."""
    parts = {part.identifier for part in plan.parts}
    for part in plan.parts:
        _check(part, parts, (EXIT_TEST,), scope)
        nodes = list(part.nodes())
        names = {node.identifier for node in nodes}
        for node in nodes:
            _check(node, names, (EXIT_TEST, EXIT_PART, EXIT_SECTION), scope)


def _check(node: Node, names: set[str], exits: tuple[str, ...], scope: AssessmentScope) -> None:
    for branch in node.branches:
        if branch.target not in exits and branch.target not in names:
            _note(branch, node, scope)


def _note(branch: BranchRule, node: Node, scope: AssessmentScope) -> None:
    message = f"the branch from {node.identifier} to {branch.target} leads nowhere: it is left aside"
    scope.warn(branch.element, message, rule=_RULE)
