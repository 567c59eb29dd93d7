"""A literal interpreter of items: one attempt, as QTI 2.1 tells it in 8 (responses) and 10 (templates)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.standards.qti.documents.element import Element
from tests.unit.standards.qti.literal import numbers
from tests.unit.standards.qti.literal.interpreter import Interpreter, collect
from tests.unit.standards.qti.literal.spelling import attribute, child, children, name_of
from tests.unit.standards.qti.literal.values import Held, Single, read, same

RESTARTS = 100

type Texts = Mapping[str, list[str]]


class Exit(Exception):
    """Processing stops: exitResponse, exitTemplate."""


class Failed(Exception):
    """A constraint on template variables does not hold."""


def score(root: Element, responses: Texts) -> dict[str, Held]:
    """Return the outcomes of one attempt with responses as they are written."""
    interpreter = Interpreter(root)
    _begin(interpreter)
    rules = child(root, "templateprocessing")
    if rules is not None:
        interpreter = _with_template(interpreter, rules)
    for identifier, texts in responses.items():
        interpreter.values[identifier] = _given(interpreter.declaration(identifier), texts)
    processing = child(root, "responseprocessing")
    if processing is not None:
        _respond(interpreter, processing)
    return {name: interpreter.values[name] for name in _declared(root, "outcomedeclaration")}


def _declared(root: Element, kind: str) -> list[str]:
    return [str(attribute(element, "identifier")) for element in children(root) if name_of(element) == kind]


def _begin(interpreter: Interpreter) -> None:
    """Defaults; numeric outcomes without one begin at 0 (QTI 2.1, 5.3)."""
    for declaration in children(interpreter.root):
        if not name_of(declaration).endswith("declaration"):
            continue
        identifier = str(attribute(declaration, "identifier"))
        value = interpreter.stated(identifier, "defaultvalue")
        base = str(attribute(declaration, "basetype"))
        counts = base in {"integer", "float"} and attribute(declaration, "cardinality") == "single"
        if value is None and counts and name_of(declaration) == "outcomedeclaration":
            value = Single(base, 0 if base == "integer" else 0.0)
        interpreter.values[identifier] = value


def _with_template(begun: Interpreter, rules: Element) -> Interpreter:
    """Run template rules, anew where a constraint fails; after so many times the defaults stay."""
    for _ in range(RESTARTS + 1):
        turn = replace(begun, values=dict(begun.values), corrects={}, defaults={})
        try:
            _run(turn, children(rules))
        except Failed:
            continue
        except Exit:
            pass
        turn.values |= turn.defaults
        return turn
    return begun


def _given(declaration: Element, texts: list[str]) -> Held:
    base = str(attribute(declaration, "basetype"))
    values = [value for text in texts if (value := read(text, base)) is not None]
    if attribute(declaration, "cardinality") == "single":
        return values[0] if values else None
    return collect([*values], ordered=attribute(declaration, "cardinality") == "ordered")


def _respond(interpreter: Interpreter, processing: Element) -> None:
    template = attribute(processing, "template")
    if template is not None:
        _standard(interpreter, template.rpartition("/")[2])
        return
    try:
        _run(interpreter, children(processing))
    except Exit:
        return


def _standard(interpreter: Interpreter, name: str) -> None:
    """The three templates of appendix B of the information model, on RESPONSE and SCORE."""
    response = interpreter.values["RESPONSE"]
    if name == "match_correct":
        right = response is not None and same(response, interpreter.stated("RESPONSE", "correctresponse"))
        interpreter.values["SCORE"] = Single("float", 1.0 if right else 0.0)
    elif response is None:
        interpreter.values["SCORE"] = Single("float", 0.0)
    else:
        expression = "mapresponse" if name == "map_response" else "mapresponsepoint"
        interpreter.values["SCORE"] = interpreter.mapped(expression, "RESPONSE")


def _run(interpreter: Interpreter, rules: Iterable[Element]) -> None:
    for rule in rules:
        _apply(interpreter, rule)


def _apply(interpreter: Interpreter, rule: Element) -> None:
    name = name_of(rule)
    if name in {"exitresponse", "exittemplate"}:
        raise Exit
    if name.endswith("condition"):
        _choose(interpreter, rule)
    elif name == "templateconstraint":
        if not _is_true(interpreter.evaluate(children(rule)[0])):
            raise Failed
    elif name == "lookupoutcomevalue":
        _look_up(interpreter, rule)
    elif name.startswith("set"):
        _set(interpreter, rule)
    else:
        _run(interpreter, children(rule))  # a fragment


def _choose(interpreter: Interpreter, condition: Element) -> None:
    """The first branch whose expression is true; NULL is not true."""
    for branch in children(condition):
        inside = children(branch)
        if name_of(branch).endswith("else"):
            _run(interpreter, inside)
            return
        if _is_true(interpreter.evaluate(inside[0])):
            _run(interpreter, inside[1:])
            return


def _is_true(held: Held) -> bool:
    return held == Single("boolean", True)


def _set(interpreter: Interpreter, rule: Element) -> None:
    places = {"setcorrectresponse": interpreter.corrects, "setdefaultvalue": interpreter.defaults}
    place = places.get(name_of(rule), interpreter.values)
    place[str(attribute(rule, "identifier"))] = interpreter.evaluate(children(rule)[0])


def _look_up(interpreter: Interpreter, rule: Element) -> None:
    identifier = str(attribute(rule, "identifier"))
    declaration = interpreter.declaration(identifier)
    source = interpreter.evaluate(children(rule)[0])
    table = next(inner for inner in children(declaration) if name_of(inner).endswith("table"))
    found = None if source is None else _target(table, numbers.plain(source))
    text = attribute(table, "defaultvalue") if found is None else found
    interpreter.values[identifier] = read(text or "", str(attribute(declaration, "basetype")))


def _target(table: Element, source: float) -> str | None:
    """The first entry that is the source; in an interpolation table, the first at or below it."""
    for entry in children(table):
        at = float(str(attribute(entry, "sourcevalue")))
        below = at < source and name_of(table) == "interpolationtable"
        if below or (at == source and attribute(entry, "includeboundary") != "false"):
            return attribute(entry, "targetvalue")
    return None
