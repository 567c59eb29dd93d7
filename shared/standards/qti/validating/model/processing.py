"""Rules and expressions (QTI 3.0 information model, 5)."""

from typing import Final

RULES: Final = """
qti-response-processing | template template-location xml:base data-* | %responseRule*
qti-response-processing-fragment | * | %responseRule*
qti-response-condition | | qti-response-if qti-response-else-if* qti-response-else?
qti-response-if | | %expression %responseRule*
qti-response-else-if | | %expression %responseRule*
qti-response-else | | %responseRule*
qti-set-outcome-value | identifier! | %expression
qti-lookup-outcome-value | identifier! | %expression
qti-exit-response | |
qti-outcome-processing | data-* | %outcomeRule*
qti-outcome-processing-fragment | * | %outcomeRule*
qti-outcome-condition | | qti-outcome-if qti-outcome-else-if* qti-outcome-else?
qti-outcome-if | | %expression %outcomeRule*
qti-outcome-else-if | | %expression %outcomeRule*
qti-outcome-else | | %outcomeRule*
qti-exit-test | |
qti-template-processing | data-* | %templateRule+
qti-template-condition | | qti-template-if qti-template-else-if* qti-template-else?
qti-template-if | | %expression %templateRule*
qti-template-else-if | | %expression %templateRule*
qti-template-else | | %templateRule*
qti-set-template-value | identifier! | %expression
qti-set-correct-response | identifier! | %expression
qti-set-default-value | identifier! | %expression
qti-template-constraint | | %expression
qti-exit-template | |
"""

_NO_OPERANDS: Final = """
qti-base-value | base-type:base-type! | #text
qti-variable | identifier! weight-identifier |
qti-default | identifier! |
qti-correct | identifier! |
qti-map-response | identifier! |
qti-map-response-point | identifier! |
qti-math-constant | name! |
qti-null | |
qti-random-integer | min max! step |
qti-random-float | min max! |
qti-number-correct | +subset |
qti-number-incorrect | +subset |
qti-number-presented | +subset |
qti-number-responded | +subset |
qti-number-selected | +subset |
qti-outcome-minimum | +subset outcome-identifier! weight-identifier |
qti-outcome-maximum | +subset outcome-identifier! weight-identifier |
qti-test-variables | +subset variable-identifier! weight-identifier base-type:base-type |
"""

_ONE_OPERAND: Final = """
qti-not | | %expression
qti-is-null | | %expression
qti-integer-to-float | | %expression
qti-truncate | | %expression
qti-round | | %expression
qti-round-to | rounding-mode:rounding-mode figures! | %expression
qti-random | | %expression
qti-container-size | | %expression
qti-field-value | field-identifier! | %expression
qti-pattern-match | pattern! | %expression
qti-inside | shape:shape! coords:coords! | %expression
qti-stats-operator | name! | %expression
qti-index | n! | %expression
"""

_TWO_OPERANDS: Final = """
qti-match | | %expression %expression
qti-contains | | %expression %expression
qti-member | | %expression %expression
qti-delete | | %expression %expression
qti-string-match | case-sensitive:boolean! substring:boolean | %expression %expression
qti-substring | case-sensitive:boolean | %expression %expression
qti-equal | tolerance-mode:tolerance-mode tolerance include-lower-bound:boolean
    include-upper-bound:boolean | %expression %expression
qti-equal-rounded | rounding-mode:rounding-mode figures! | %expression %expression
qti-gt | | %expression %expression
qti-gte | | %expression %expression
qti-lt | | %expression %expression
qti-lte | | %expression %expression
qti-duration-gte | | %expression %expression
qti-duration-lt | | %expression %expression
qti-subtract | | %expression %expression
qti-divide | | %expression %expression
qti-power | | %expression %expression
qti-integer-divide | | %expression %expression
qti-integer-modulus | | %expression %expression
"""

_MANY_OPERANDS: Final = """
qti-and | | %expression+
qti-or | | %expression+
qti-any-n | min! max! | %expression+
qti-sum | | %expression+
qti-product | | %expression+
qti-max | | %expression+
qti-min | | %expression+
qti-gcd | | %expression+
qti-lcm | | %expression+
qti-math-operator | name! | %expression+
qti-repeat | number-repeats! | %expression+
qti-multiple | | %expression*
qti-ordered | | %expression*
qti-custom-operator | * | ...
"""

EXPRESSIONS: Final = _NO_OPERANDS + _ONE_OPERAND + _TWO_OPERANDS + _MANY_OPERANDS
"""The 64 expressions by how many operands they have."""
