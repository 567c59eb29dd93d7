"""The element names of QTI 3.0.1, grouped as the information model groups them."""

from typing import Final

_STRUCTURE: Final = """
qti-assessment-item qti-assessment-test qti-assessment-section qti-assessment-stimulus qti-test-part
qti-item-body qti-stimulus-body qti-content-body qti-assessment-item-ref qti-assessment-section-ref
qti-assessment-stimulus-ref qti-stylesheet qti-rubric-block qti-modal-feedback qti-test-feedback
qti-feedback-block qti-feedback-inline qti-template-block qti-template-inline qti-template-block-feedback
qti-printed-variable qti-prompt qti-prompt-image qti-position-object-stage qti-info-control
"""

_TESTS: Final = """
qti-item-session-control qti-time-limits qti-selection qti-ordering qti-pre-condition qti-branch-rule
qti-weight qti-variable-mapping qti-template-default qti-test-rubric-block qti-adaptive-selection
qti-adaptive-engine-ref qti-adaptive-settings-ref qti-usagedata-ref qti-metadata-ref
"""

_DECLARATIONS: Final = """
qti-context-declaration qti-response-declaration qti-outcome-declaration qti-template-declaration
qti-default-value qti-correct-response qti-value qti-mapping qti-map-entry qti-area-mapping qti-area-map-entry
qti-match-table qti-match-table-entry qti-interpolation-table qti-interpolation-table-entry
"""

_INTERACTIONS: Final = """
qti-associate-interaction qti-choice-interaction qti-custom-interaction qti-drawing-interaction
qti-end-attempt-interaction qti-extended-text-interaction qti-gap-match-interaction
qti-graphic-associate-interaction qti-graphic-gap-match-interaction qti-graphic-order-interaction
qti-hotspot-interaction qti-hottext-interaction qti-inline-choice-interaction qti-match-interaction
qti-media-interaction qti-order-interaction qti-portable-custom-interaction qti-position-object-interaction
qti-select-point-interaction qti-slider-interaction qti-text-entry-interaction qti-upload-interaction
"""

_CHOICES: Final = """
qti-simple-choice qti-simple-associable-choice qti-simple-match-set qti-gap qti-gap-text qti-gap-img
qti-associable-hotspot qti-hotspot-choice qti-hottext qti-inline-choice qti-choice-content
"""

_CUSTOM: Final = """
qti-interaction-markup qti-interaction-modules qti-interaction-module qti-template-variable
qti-context-variable qti-stylesheet-ref
"""

_ACCESSIBILITY: Final = """
qti-catalog-info qti-catalog qti-card qti-card-entry qti-html-content qti-file-href
qti-companion-materials-info qti-calculator qti-calculator-type qti-calculator-info qti-description
qti-rule qti-rule-system-si qti-rule-system-us qti-minimum-length qti-minor-increment qti-major-increment
qti-protractor qti-increment-si qti-increment-us qti-digital-material qti-physical-material qti-resource-icon
"""

_RULES: Final = """
qti-response-processing qti-outcome-processing qti-template-processing qti-response-condition qti-response-if
qti-response-else-if qti-response-else qti-outcome-condition qti-outcome-if qti-outcome-else-if
qti-outcome-else qti-template-condition qti-template-if qti-template-else-if qti-template-else
qti-set-outcome-value qti-set-correct-response qti-set-default-value qti-set-template-value
qti-lookup-outcome-value qti-exit-response qti-exit-template qti-exit-test qti-template-constraint
qti-response-processing-fragment qti-outcome-processing-fragment
"""

_EXPRESSIONS: Final = """
and any-n base-value container-size contains correct custom-operator default delete divide duration-gte
duration-lt equal equal-rounded field-value gcd gt gte index inside integer-divide integer-modulus
integer-to-float is-null lcm lt lte map-response map-response-point match math-constant math-operator max
member min multiple not null number-correct number-incorrect number-presented number-responded
number-selected or ordered outcome-maximum outcome-minimum pattern-match power product random random-float
random-integer repeat round round-to stats-operator string-match substring subtract sum test-variables
truncate variable
"""

EXPRESSIONS: Final = tuple(f"qti-{name}" for name in _EXPRESSIONS.split())
"""The 64 expressions."""

INTERACTIONS: Final = tuple(_INTERACTIONS.split())
"""The 22 interactions."""

CHOICES: Final = tuple(_CHOICES.split())
"""What a candidate chooses, orders or pairs in interactions."""

ELEMENTS: Final = (
    *_STRUCTURE.split(),
    *_TESTS.split(),
    *_DECLARATIONS.split(),
    *INTERACTIONS,
    *CHOICES,
    *_CUSTOM.split(),
    *_ACCESSIBILITY.split(),
    *_RULES.split(),
    *EXPRESSIONS,
)
