"""Tests and their parts, catalogs, companion materials (QTI 3.0 information model, 3 and 5)."""

from typing import Final

TESTS: Final = """
qti-assessment-test | identifier:text! title! class tool-name tool-version xml:lang xml:base data-* |
    qti-context-declaration* qti-outcome-declaration* qti-time-limits? qti-stylesheet*
    qti-rubric-block/qti-test-rubric-block* qti-test-part+ qti-outcome-processing? qti-test-feedback*
qti-test-part | identifier! title class navigation-mode:navigation-mode!
    submission-mode:submission-mode! data-* | qti-pre-condition* qti-branch-rule*
    qti-item-session-control? qti-time-limits? qti-rubric-block/qti-test-rubric-block*
    qti-assessment-section/qti-assessment-section-ref+ qti-test-feedback*
qti-assessment-section | identifier! title! visible:boolean! class required:boolean fixed:boolean
    keep-together:boolean xml:lang xml:base data-* | qti-pre-condition* qti-branch-rule*
    qti-item-session-control? qti-time-limits? qti-adaptive-selection? qti-selection? qti-ordering?
    qti-rubric-block/qti-test-rubric-block* qti-companion-materials-info?
    qti-assessment-item-ref/qti-assessment-section/qti-assessment-section-ref/include*
qti-assessment-section-ref | identifier! href! class required:boolean fixed:boolean data-* |
    qti-pre-condition* qti-branch-rule* qti-item-session-control? qti-time-limits?
qti-assessment-item-ref | identifier! href! category class required:boolean fixed:boolean data-* |
    qti-pre-condition* qti-branch-rule* qti-item-session-control? qti-time-limits? qti-variable-mapping*
    qti-weight* qti-template-default*
qti-item-session-control | max-attempts:count show-feedback:boolean allow-review:boolean
    show-solution:boolean allow-comment:boolean allow-skipping:boolean validate-responses:boolean |
qti-time-limits | min-time:float max-time:float allow-late-submission:boolean |
qti-selection | select:count! with-replacement:boolean * | ...
qti-ordering | shuffle:boolean * | ...
qti-pre-condition | | %expression
qti-branch-rule | target! | %expression
qti-weight | identifier! value:float! |
qti-variable-mapping | source-identifier! target-identifier! |
qti-template-default | template-identifier! | %expression
qti-test-feedback | access:access! outcome-identifier! identifier! show-hide:show-hide! title +body |
    #text~2 qti-stylesheet* qti-content-body?~3 %flow*~2 qti-catalog-info?~3
qti-adaptive-selection | * | qti-adaptive-engine-ref qti-adaptive-settings-ref? qti-usagedata-ref?
    qti-metadata-ref?
qti-adaptive-engine-ref | identifier! href! |
qti-adaptive-settings-ref | identifier! href! |
qti-usagedata-ref | identifier! href! |
qti-metadata-ref | identifier! href! |
"""

ACCESSIBILITY: Final = """
qti-catalog-info | | qti-catalog+
qti-catalog | id! data-* | qti-card+
qti-card | support! xml:lang data-* | qti-html-content? qti-file-href* qti-card-entry*
qti-card-entry | xml:lang default:boolean data-* | qti-html-content? qti-file-href*
qti-html-content | +body | #text %flow*
qti-file-href | mime-type | #text
qti-companion-materials-info | |
    qti-calculator/qti-rule/qti-protractor/qti-digital-material/qti-physical-material*
qti-calculator | * | qti-calculator-type qti-description? qti-calculator-info?
qti-calculator-type | | #text
qti-calculator-info | * | #text qti-file-href? qti-resource-icon?
qti-description | | #text
qti-rule | * | qti-description? qti-rule-system-si/qti-rule-system-us*
qti-rule-system-si | * | qti-minimum-length qti-minor-increment? qti-major-increment
qti-rule-system-us | * | qti-minimum-length qti-minor-increment? qti-major-increment
qti-minimum-length | unit | #text
qti-minor-increment | unit | #text
qti-major-increment | unit | #text
qti-protractor | * | qti-description? qti-increment-si/qti-increment-us*
qti-increment-si | * | #text qti-minor-increment? qti-major-increment?
qti-increment-us | * | #text qti-minor-increment? qti-major-increment?
qti-digital-material | * | qti-file-href qti-resource-icon?
qti-physical-material | * | #text
qti-resource-icon | * | #text
"""
