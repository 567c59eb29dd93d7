"""The variables that every item has (QTI 3.0 information model, Built-in variables)."""

from typing import Final

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.documents.document import parse

COMPLETION: Final = "completionStatus"
ATTEMPTS: Final = "numAttempts"
DURATION: Final = "duration"
CONTEXT: Final = "QTI_CONTEXT"

_DECLARED: Final = f"""<qti-assessment-item>
<qti-response-declaration identifier="{ATTEMPTS}" cardinality="single" base-type="integer"/>
<qti-response-declaration identifier="{DURATION}" cardinality="single" base-type="duration"/>
<qti-outcome-declaration identifier="{COMPLETION}" cardinality="single" base-type="identifier">
<qti-default-value><qti-value>not_attempted</qti-value></qti-default-value>
</qti-outcome-declaration>
<qti-context-declaration identifier="{CONTEXT}" cardinality="record"/></qti-assessment-item>"""

BUILT_IN: Final[dict[str, Declaration]] = {
    declared.identifier: declared for declared in declarations_of(parse(_DECLARED.encode()).root)
}
