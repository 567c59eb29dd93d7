"""That a conversion keeps scores is proven by scoring both documents, not by looking at them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.converting.attempts import Attempt, attempts_for
from shared.standards.qti.documents.document import Document
from shared.standards.qti.faults import QtiError
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.types import Value

_NO_TEMPLATES: Final[Mapping[str, Document]] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """An attempt for which an outcome differs: its values before and after."""

    attempt: Attempt
    outcome: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Proof:
    """How two documents score: by how many attempts that is known, and where they differ.

    `refusal` says why the second can't be scored, where the first can.

    >>> Proof(12).holds, Proof(0, refusal="no such variable").holds
    (True, False)
    """

    attempts: int
    differences: tuple[Difference, ...] = ()
    refusal: str | None = None

    @property
    def holds(self) -> bool:
        """Whether scores are proven to be kept."""
        return self.refusal is None and not self.differences


def prove_scores(
    before: Document,
    after: Document,
    attempts: Iterable[Attempt] | None = None,
    *,
    templates: Mapping[str, Document] = _NO_TEMPLATES,
) -> Proof:
    """Return whether two items give the same outcomes for attempts: those given, or made up for the first.

    Both are scored with the same seed, so that chance plays no part. All outcomes count, not only SCORE.
    `templates` are response processing templates of a package, as for `compile_item`. Raises Invalid or
    Refused when the first can't be scored, so that there is nothing to keep.

    >>> from shared.standards.qti import parse, to_3_0
    >>> outcome = b'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
    >>> item = parse(b'<assessmentItem identifier="i">%b</assessmentItem>' % outcome)
    >>> prove_scores(item, to_3_0(item).document)
    Proof(attempts=1, differences=(), refusal=None)
    """
    first = compile_item(before, templates=templates)
    chosen = attempts_for(before) if attempts is None else attempts
    tried = [(attempt, first.score(attempt).outcomes) for attempt in chosen]
    try:
        second = compile_item(after, templates=templates)
        found = [
            difference
            for attempt, outcomes in tried
            for difference in _differences(attempt, outcomes, second)
        ]
    except QtiError as error:
        return Proof(0, refusal=str(error))
    return Proof(len(tried), tuple(found))


def _differences(attempt: Attempt, before: Mapping[str, Value], item: CompiledItem) -> Iterator[Difference]:
    after = item.score(attempt).outcomes
    for name in {**before, **after}:
        if not _same(before.get(name), after.get(name)):
            yield Difference(attempt, name, before.get(name), after.get(name))


def _same(one: Value, other: Value) -> bool:
    """Say whether values are the same; a float that is no number is the same as itself."""
    return one == other or (one != one and other != other)  # noqa: PLR0124 - only NaN differs from itself
