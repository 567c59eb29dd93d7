"""The presentation of an item of QTI 1.2 to an item body of QTI 3.0."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import Content, make
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.interactions import (
    inline_choice,
    interaction_of,
    match,
    text_entry,
    upload,
)
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.material import blocks, part_of
from shared.standards.qti.questestinterop.names import inside, tag_of
from shared.standards.qti.questestinterop.placing import place
from shared.standards.qti.questestinterop.responses import Response, Sort

_FLOWS: Final = ("flow", "presentation")
_INLINE: Final = (Kind.BLANKS, Kind.DROPDOWNS)


@dataclass(slots=True)
class Body:
    """Builds the body of one item."""

    kind: Kind
    responses: tuple[Response, ...]
    findings: Findings
    printed: dict[str, str] = field(default_factory=dict)
    _content: list[Content] = field(default_factory=list)
    _done: list[Element] = field(default_factory=list)
    _waiting: dict[Element, Response] = field(default_factory=dict)

    def of(self, item: Element) -> Element:
        """Return the item body, blocks in the order in which QTI 1.2 presents them."""
        self._waiting = {response.element: response for response in self.responses}
        for presentation in inside(item, "presentation"):
            self._walk(presentation)
        for response in list(self._waiting.values()):  # where no flow leads to them
            self._respond(response)
        if self.kind in _INLINE:
            self._place_inline()
        if self.printed:
            self._print()
        self._close()
        if self.kind is Kind.UPLOAD:
            self._done.append(upload("RESPONSE"))
        elif self.kind is Kind.ESSAY and not self.responses:
            attributes = {"response-identifier": "RESPONSE"}
            self._done.append(make("qti-extended-text-interaction", attributes))
        return make("qti-item-body", {}, *self._done)

    def _walk(self, element: Element) -> None:
        for child in element.iterchildren("*"):
            response = self._waiting.pop(child, None)
            if response is not None:
                self._respond(response)
            elif tag_of(child) in _FLOWS:
                self._flow(child)
            elif tag_of(child) != "response_extension":
                self._content.extend(part_of(child, self.findings))

    def _flow(self, flow: Element) -> None:
        keeps_open = self.kind in _INLINE
        if not keeps_open:
            self._close()
        self._walk(flow)
        if not keeps_open:
            self._close()

    def _respond(self, response: Response) -> None:
        if self.kind in _INLINE:
            return
        if response.sort is Sort.PAIR:
            if response is self.responses[0]:
                self._block(match(self.responses, self.kind, self.findings))
            return
        interaction = interaction_of(response, self.kind, self.findings)
        if tag_of(interaction) == "qti-text-entry-interaction":
            for own in inside(response.element, "material", "flow_mat"):
                self._content.extend(part_of(own, self.findings))
            self._content.append(interaction)
        else:
            self._block(interaction)

    def _block(self, interaction: Element) -> None:
        self._close()
        self._done.append(interaction)

    def _close(self) -> None:
        self._done.extend(blocks(self._content))
        self._content.clear()

    def _place_inline(self) -> None:
        named = {_place_of(response): response for response in reversed(self.responses)}
        makers: dict[str, Callable[[], Element]] = {
            name: partial(self._inline, response) for name, response in named.items()
        }
        placed = place(self._content, makers, once=True)
        for response in self.responses:
            name = _place_of(response)
            if name not in placed or named[name] is not response:
                message = "the stem has no place for a response, which is asked at the end"
                self.findings.warn(response.element, message, rule="Canvas, blanks")
                self._content.append(make("p", {}, f"{name}: ", self._inline(response)))

    def _inline(self, response: Response) -> Element:
        dropdown = response.sort is Sort.CHOICE
        return inline_choice(response, self.findings) if dropdown else text_entry(response)

    def _print(self) -> None:
        makers: dict[str, Callable[[], Element]] = {
            name: partial(make, "qti-printed-variable", {"identifier": variable})
            for name, variable in self.printed.items()
        }
        waiting: list[Content] = [*self._done, *self._content]
        place(waiting, makers, once=False)
        self._done, self._content = [], waiting


def _place_of(response: Response) -> str:
    """Return the name in brackets by which a stem says where a response stands."""
    return response.ident.removeprefix("response_")
