"""Which responses an item of QTI 1.2 calls right: those that the most points hang on."""

from collections.abc import Iterator, Mapping

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.names import all_text, below, first, given, tag_of
from shared.standards.qti.questestinterop.processing import Step
from shared.standards.qti.questestinterop.responses import Response, Sort


def correct_values(steps: list[Step], responses: Mapping[str, Response]) -> dict[str, list[str]]:
    """Return the values of the correct response to each variable, as QTI 3.0 writes them.

    Of a response that takes one value, the first that is named; of others, all.
    """
    found: dict[str, dict[str, None]] = {}
    done: set[str] = set()
    for response, key in _keys(_best(steps), responses):
        if not _takes_all(response) and response.ident in done:
            continue
        done.add(response.ident)
        value = _value(all_text(key).strip(), response)
        if value:
            found.setdefault(response.variable, {})[value] = None
    return {variable: list(values) for variable, values in found.items()}


def _takes_all(response: Response) -> bool:
    return response.takes_many or response.sort is Sort.ORDER


def _best(steps: list[Step]) -> list[Step]:
    top = max((step.gain for step in steps if _sets(step)), default=0)
    return [step for step in steps if step.gain > 0 and (step.gain == top or not _sets(step))]


def _sets(step: Step) -> bool:
    return any(change.action == "Set" for change in step.changes)


def _keys(steps: list[Step], responses: Mapping[str, Response]) -> Iterator[tuple[Response, Element]]:
    for step in steps:
        conditionvar = first(step.element, "conditionvar")
        if conditionvar is None:
            continue
        keys = [key for key in below(conditionvar, "varequal") if not _is_denied(key)]
        if all(given(key, "index").isdecimal() for key in keys):
            keys.sort(key=lambda key: int(given(key, "index")))
        for key in keys:
            response = responses.get(given(key, "respident"))
            if response is not None:
                yield response, key


def _is_denied(key: Element) -> bool:
    return any(tag_of(ancestor) == "not" for ancestor in key.iterancestors())


def _value(text: str, response: Response) -> str:
    label = response.label(text)
    if response.sort in {Sort.TEXT, Sort.NUMBER} or label is None:
        return text if response.sort in {Sort.TEXT, Sort.NUMBER, Sort.BLANK} else ""
    if response.sort is Sort.BLANK:
        return label.text
    return f"{response.side} {label.identifier}" if response.sort is Sort.PAIR else label.identifier
