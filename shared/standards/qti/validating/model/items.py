"""Items, stimuli, declarations, feedback and rubrics (QTI 3.0 information model, 3 and 5)."""

from typing import Final

ITEMS: Final = """
qti-assessment-item | identifier:text! title! label language tool-name tool-version adaptive:boolean
    time-dependent:boolean! xml:lang xml:base data-* | qti-context-declaration*
    qti-response-declaration* qti-outcome-declaration* qti-template-declaration*
    qti-template-processing? qti-assessment-stimulus-ref* qti-companion-materials-info? qti-stylesheet*
    qti-item-body? qti-catalog-info? qti-response-processing? qti-modal-feedback*
qti-assessment-stimulus | identifier:text! title! label language tool-name tool-version xml:lang
    xml:base data-* | qti-stylesheet* qti-stimulus-body qti-catalog-info?
qti-assessment-stimulus-ref | identifier! href! title |
qti-stylesheet | href! type! media title |
qti-item-body | +body | %block+
qti-stimulus-body | +body | #text %flow*
qti-content-body | +body | #text %flow*
qti-context-declaration | identifier! cardinality:cardinality! base-type:base-type | qti-default-value?
qti-response-declaration | identifier! cardinality:cardinality! base-type:base-type | qti-default-value?
    qti-correct-response? qti-mapping? qti-area-mapping?
qti-outcome-declaration | identifier! cardinality:cardinality! base-type:base-type view:views
    interpretation long-interpretation normal-maximum:float normal-minimum:float mastery-value:float
    external-scored variable-identifier-ref | qti-default-value?
    qti-match-table/qti-interpolation-table?
qti-template-declaration | identifier! cardinality:cardinality! base-type:base-type
    param-variable:boolean math-variable:boolean | qti-default-value?
qti-default-value | interpretation | qti-value+
qti-correct-response | interpretation | qti-value+
qti-value | field-identifier base-type:base-type | #text
qti-mapping | lower-bound:float upper-bound:float default-value:float | qti-map-entry+
qti-map-entry | map-key! mapped-value:float! case-sensitive:boolean |
qti-area-mapping | lower-bound:float upper-bound:float default-value:float | qti-area-map-entry+
qti-area-map-entry | shape:shape! coords:coords! mapped-value:float! |
qti-match-table | default-value | qti-match-table-entry+
qti-match-table-entry | source-value:integer! target-value! |
qti-interpolation-table | default-value | qti-interpolation-table-entry+
qti-interpolation-table-entry | source-value:float! include-boundary:boolean target-value! |
qti-modal-feedback | outcome-identifier! identifier! show-hide:show-hide! title +body | #text~2
    qti-stylesheet* qti-content-body?~3 %flow*~2 qti-catalog-info?~3
qti-feedback-block | outcome-identifier! identifier! show-hide:show-hide! +body | #text~2
    qti-stylesheet* qti-content-body?~3 %flow*~2 qti-catalog-info?~3
qti-template-block | template-identifier! identifier! show-hide:show-hide! +body | #text~2
    qti-stylesheet* qti-content-body?~3 %flow*~2 qti-catalog-info?~3
qti-rubric-block | view:views! use +body | #text~2 qti-stylesheet* qti-content-body?~3 %flow*~2
    qti-catalog-info?~3
qti-test-rubric-block | view:views! use +body | #text~2 qti-stylesheet* qti-content-body?~3 %flow*~2
    qti-catalog-info?~3
qti-feedback-inline | outcome-identifier! identifier! show-hide:show-hide! +body | #text %flow*
qti-template-inline | template-identifier! identifier! show-hide:show-hide! +body | #text %inlineStatic*
qti-template-block-feedback | * | ...
qti-printed-variable | identifier! format base power-form:boolean index field delimiter
    mapping-indicator +body |
qti-info-control | title! +body | #text %flowStatic*
qti-prompt | +body | #text %flowStatic*
qti-prompt-image | +body | %picture*
"""

INTERACTIONS: Final = """
qti-choice-interaction | +interaction shuffle:boolean max-choices:count min-choices:count
    orientation:orientation | qti-prompt? qti-simple-choice+
qti-order-interaction | +interaction shuffle:boolean max-choices:count min-choices:count
    orientation:orientation | qti-prompt? qti-simple-choice+
qti-associate-interaction | +interaction shuffle:boolean max-associations:count min-associations:count |
    qti-prompt? qti-simple-associable-choice+
qti-match-interaction | +interaction shuffle:boolean max-associations:count min-associations:count |
    qti-prompt? qti-simple-match-set qti-simple-match-set
qti-gap-match-interaction | +interaction shuffle:boolean max-associations:count min-associations:count |
    qti-prompt? qti-gap-text/qti-gap-img+ %block+
qti-inline-choice-interaction | +interaction shuffle:boolean required:boolean min-choices:count
    max-choices:count | qti-prompt?~3 qti-inline-choice+
qti-text-entry-interaction | +interaction base:integer string-identifier expected-length:count
    pattern-mask placeholder-text format |
qti-extended-text-interaction | +interaction base:integer string-identifier expected-length:count
    pattern-mask placeholder-text max-strings:count min-strings:count expected-lines:count format |
    qti-prompt?
qti-hottext-interaction | +interaction max-choices:count min-choices:count | qti-prompt? %block+
qti-hotspot-interaction | +interaction max-choices:count min-choices:count | qti-prompt? %picture
    qti-hotspot-choice+
qti-select-point-interaction | +interaction max-choices:count min-choices:count | qti-prompt? %picture
qti-graphic-order-interaction | +interaction max-choices:count min-choices:count | qti-prompt? %picture
    qti-hotspot-choice+
qti-graphic-associate-interaction | +interaction max-associations:count min-associations:count |
    qti-prompt? %picture qti-associable-hotspot+
qti-graphic-gap-match-interaction | +interaction max-associations:count min-associations:count |
    qti-prompt? %picture qti-gap-img/qti-gap-text+ qti-associable-hotspot+
qti-position-object-stage | +body | %picture qti-position-object-interaction+
qti-position-object-interaction | +interaction center-point:boolean max-choices:count min-choices:count
    | %picture
qti-slider-interaction | +interaction lower-bound:float! upper-bound:float! step:float
    step-label:boolean orientation:orientation reverse:boolean | qti-prompt?
qti-media-interaction | +interaction autostart:boolean! min-plays:count max-plays:count loop:boolean
    coords:coords | qti-prompt? object/audio/video
qti-drawing-interaction | +interaction | qti-prompt? %picture
qti-upload-interaction | +interaction type | qti-prompt?
qti-end-attempt-interaction | +interaction title! count-attempt:boolean |
qti-custom-interaction | * | ...
qti-portable-custom-interaction | +interaction custom-interaction-type-identifier module | qti-prompt?
    qti-interaction-modules? qti-interaction-markup? qti-template-variable* qti-context-variable*
    qti-stylesheet* qti-catalog-info?
qti-interaction-modules | primary-configuration secondary-configuration | qti-interaction-module*
qti-interaction-module | id! primary-path fallback-path |
qti-interaction-markup | +body | ...
qti-template-variable | template-identifier! |
qti-context-variable | identifier! |
qti-stylesheet-ref | href! type |
qti-simple-choice | +choice fixed:boolean | #text %flowStatic*
qti-simple-associable-choice | +choice fixed:boolean match-group match-max:count! match-min:count |
    #text %flowStatic*
qti-simple-match-set | +body | qti-simple-associable-choice*
qti-gap | +choice match-group required:boolean |
qti-gap-text | +choice match-group match-max:count! match-min:count fixed:boolean | #text %inlineStatic*
qti-gap-img | +choice match-group match-max:count! match-min:count fixed:boolean object-label top left |
    %picture
qti-associable-hotspot | +choice match-group match-max:count! match-min:count shape:shape!
    coords:coords! hotspot-label |
qti-hotspot-choice | +choice shape:shape! coords:coords! hotspot-label |
qti-hottext | +choice | #text %inlineStatic*
qti-inline-choice | +choice fixed:boolean | #text %inlineStatic*
qti-choice-content | * | ...
"""
