"""Files of QTI 1.2 as vendors write them, in small."""

from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.reading import Imported, read_questestinterop
from shared.standards.qti.values.types import Value


def fields(**entries: str) -> str:
    """Return metadata as Canvas writes it."""
    each = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in entries.items()
    )
    return f"<itemmetadata><qtimetadata>{each}</qtimetadata></itemmetadata>"


def text(content: str, kind: str = "text/html") -> str:
    """Return material with text."""
    return f'<material><mattext texttype="{kind}">{content}</mattext></material>'


def choices(ident: str, labels: dict[str, str], cardinality: str = "Single", stem: str = "") -> str:
    """Return a response to choose for."""
    each = "".join(
        f'<response_label ident="{label}">{text(content, "text/plain")}</response_label>'
        for label, content in labels.items()
    )
    render = f"<render_choice>{each}</render_choice>"
    return f'<response_lid ident="{ident}" rcardinality="{cardinality}">{stem}{render}</response_lid>'


def blank(ident: str, kind: str = "String") -> str:
    """Return a response to write."""
    render = f'<render_fib fibtype="{kind}"><response_label ident="answer1"/></render_fib>'
    return f'<response_str ident="{ident}" rcardinality="Single">{render}</response_str>'


def when(condition: str, *actions: str, goes_on: str = "") -> str:
    """Return a respcondition."""
    given = f' continue="{goes_on}"' if goes_on else ""
    return f"<respcondition{given}><conditionvar>{condition}</conditionvar>{''.join(actions)}</respcondition>"


def equal(ident: str, value: str, attributes: str = "") -> str:
    """Return a varequal."""
    return f'<varequal respident="{ident}"{attributes}>{value}</varequal>'


def score(amount: str, action: str = "Set", name: str = "SCORE") -> str:
    """Return a setvar."""
    return f'<setvar varname="{name}" action="{action}">{amount}</setvar>'


def item(
    presentation: str,
    *conditions: str,
    metadata: str = "",
    bounds: str = 'minvalue="0" maxvalue="100"',
    more: str = "",
) -> str:
    """Return an item with its processing."""
    outcomes = f'<outcomes><decvar varname="SCORE" vartype="Decimal" {bounds}/></outcomes>'
    processing = f"<resprocessing>{outcomes}{''.join(conditions)}</resprocessing>" if conditions else ""
    shown = f"<presentation>{presentation}</presentation>"
    return f'<item ident="q1" title="Q">{metadata}{shown}{processing}{more}</item>'


def read(content: str, *, strict: bool = False) -> Imported:
    """Return what a file says that holds this."""
    xml = f'<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">{content}</questestinterop>'
    return read_questestinterop(parse(xml.encode(), file="quiz.xml"), strict=strict)


def read_one(content: str) -> ImportedItem:
    """Return the one item that a file holds."""
    (found,) = read(content).items
    return found


def points(found: ImportedItem, seed: int = 0, **responses: Value) -> Value:
    """Return the points that an item gives for responses."""
    return compile_item(found.document).score(responses, seed=seed).outcomes["SCORE"]


def messages(found: Imported, severity: str) -> list[str]:
    """Return what was noticed, of one severity."""
    return [notice.message for notice in found.all_notices if notice.severity == severity]
