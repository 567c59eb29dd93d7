"""The tree of known versions: majors, their minors, and the rule that picks one for a version never seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

type Numbers = tuple[int, ...]


def numbers(version: str) -> Numbers:
    """Return the numbers of a version such as `1.2.1`; what is no number counts as 0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.strip().lstrip("vV").split("."))


@dataclass(frozen=True, slots=True)
class Tree:
    """Known versions by major, each in rising order."""

    majors: dict[int, tuple[str, ...]]

    @classmethod
    def of(cls, known: Iterable[str]) -> Self:
        """Plant the tree."""
        majors: dict[int, tuple[str, ...]] = {}
        for version in sorted(known, key=numbers):
            major = numbers(version)[0]
            majors[major] = (*majors.get(major, ()), version)
        return cls(majors)

    def variant(self, version: str) -> str | None:
        """Return the known version to read `version` by; None where its major is unknown.

        That is itself; else the newest that is not newer, as minor versions only add; else the oldest.
        """
        branch = self.majors.get(numbers(version)[0])
        if branch is None:
            return None
        earlier = [known for known in branch if numbers(known) <= numbers(version)]
        return earlier[-1] if earlier else branch[0]
