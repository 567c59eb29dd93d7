"""Which rules each kind of processing has."""

from collections.abc import Mapping
from typing import Final

from shared.standards.qti.processing import leaving, setting
from shared.standards.qti.processing.conditions import compile_condition
from shared.standards.qti.processing.rules import RuleCompiler

RESPONSE_RULES: Final[Mapping[str, RuleCompiler]] = {
    "qti-response-condition": compile_condition,
    "qti-set-outcome-value": setting.compile_set_outcome_value,
    "qti-lookup-outcome-value": setting.compile_lookup_outcome_value,
    "qti-exit-response": leaving.compile_exit,
    "qti-response-processing-fragment": leaving.compile_fragment,
}

OUTCOME_RULES: Final[Mapping[str, RuleCompiler]] = {
    "qti-outcome-condition": compile_condition,
    "qti-set-outcome-value": setting.compile_set_outcome_value,
    "qti-lookup-outcome-value": setting.compile_lookup_outcome_value,
    "qti-exit-test": leaving.compile_exit,
    "qti-outcome-processing-fragment": leaving.compile_fragment,
}

TEMPLATE_RULES: Final[Mapping[str, RuleCompiler]] = {
    "qti-template-condition": compile_condition,
    "qti-set-template-value": setting.compile_set_template_value,
    "qti-set-correct-response": setting.compile_set_correct_response,
    "qti-set-default-value": setting.compile_set_default_value,
    "qti-template-constraint": leaving.compile_template_constraint,
    "qti-exit-template": leaving.compile_exit,
}
