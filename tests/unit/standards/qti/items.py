"""Items for tests: what they declare, and how they are scored."""

from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiled_item import CompiledItem, Scored
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.types import Value

SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def response(
    cardinality: str, base_type: str, *correct: str, inside: str = "", identifier: str = "RESPONSE"
) -> str:
    values = "".join(f"<value>{value}</value>" for value in correct)
    stated = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{identifier}" cardinality="{cardinality}" baseType="{base_type}">'
        f"{stated}{inside}</responseDeclaration>"
    )


def declared(
    kind: str, identifier: str, base_type: str, inside: str = "", cardinality: str = "single"
) -> str:
    return (
        f'<{kind}Declaration identifier="{identifier}" cardinality="{cardinality}" baseType="{base_type}">'
        f"{inside}</{kind}Declaration>"
    )


def item(*parts: str, attributes: str = "") -> CompiledItem:
    return compile_item(parse(source(*parts, attributes=attributes), file="item.xml"))


def source(*parts: str, attributes: str = "") -> bytes:
    return f'<assessmentItem identifier="i" {attributes}>{"".join(parts)}</assessmentItem>'.encode()


def processed(rules: str, *declarations: str, **responses: Value) -> Scored:
    """Score an item whose response processing has these rules."""
    return item(SCORE, *declarations, f"<responseProcessing>{rules}</responseProcessing>").score(responses)


def set_score(expression: str) -> str:
    return f'<setOutcomeValue identifier="SCORE">{expression}</setOutcomeValue>'


def constant(value: object, base_type: str = "float") -> str:
    return f'<baseValue baseType="{base_type}">{value}</baseValue>'


def variable(identifier: str) -> str:
    return f'<variable identifier="{identifier}"/>'
