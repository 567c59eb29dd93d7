"""Variables of items by the names that a test knows them by (QTI 3.0, VariableMapping)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.standards.qti.assessments.plan import ItemRef
from shared.standards.qti.assessments.routes import instance_of
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.items.built_in import BUILT_IN
from shared.standards.qti.items.compiled_item import CompiledItem


@dataclass(frozen=True, slots=True)
class ItemVariable:
    """A variable of an item: the reference, which instance is meant, the name that the item gives it."""

    ref: ItemRef
    instance: int | None
    name: str
    declaration: Declaration


@dataclass(frozen=True, slots=True)
class ItemVariables:
    """The variables of all items of a test."""

    refs: Mapping[str, ItemRef]
    items: Mapping[str, CompiledItem]

    def of(self, ref: ItemRef, name: str) -> tuple[str, Declaration] | None:
        """Return what the item calls a variable, and its declaration; None where it has none.

        A mapped variable is known by its target only.
        """
        own = _own_name(ref, name)
        if own is None:
            return None
        declared = self.items[ref.identifier].declarations.get(own) or BUILT_IN.get(own)
        return None if declared is None else (own, declared)

    def named(self, identifier: str) -> ItemVariable | None:
        """Return the variable that `Q01.SCORE` or `Q01.2.SCORE` names; None where none is named."""
        return next(self._named(identifier), None)

    def _named(self, identifier: str) -> Iterator[ItemVariable]:
        parts = identifier.split(".")
        for length in range(1, len(parts)):
            ref = self.refs.get(".".join(parts[:length]))
            if ref is not None:
                yield from self._of(ref, None, ".".join(parts[length:]))
                instance = instance_of(parts[length])
                if instance is not None:
                    yield from self._of(ref, instance, ".".join(parts[length + 1 :]))

    def _of(self, ref: ItemRef, instance: int | None, name: str) -> Iterator[ItemVariable]:
        found = self.of(ref, name)
        if found is not None:
            yield ItemVariable(ref, instance, *found)


def _own_name(ref: ItemRef, name: str) -> str | None:
    for source, target in ref.mappings.items():
        if target == name:
            return source
    return None if name in ref.mappings else name
