"""Weighs readings against each other."""

from collections.abc import Iterable, Sequence

from shared.standards.detection.readings import Reading, Verdict
from shared.standards.detection.tree import Tree, numbers


def judge(readings: Sequence[Reading], known: Iterable[str]) -> Verdict | None:
    """Return the verdict, None without any reading.

    The version with the greatest weight counts; of equals the newer, since old signs outlive their version.
    """
    if not readings:
        return None
    weights: dict[str, float] = {}
    for reading in readings:
        weights[reading.version] = weights.get(reading.version, 0.0) + reading.weight
    version = max(weights, key=lambda one: (weights[one], numbers(one)))
    reads_as = Tree.of(known).variant(version)
    return Verdict(
        version=version,
        reads_as=reads_as,
        confidence=weights[version] / sum(weights.values()),
        contradictions=tuple(_contradictions(version, readings)),
        warnings=tuple(_warnings(version, reads_as)),
    )


def _contradictions(version: str, readings: Iterable[Reading]) -> list[str]:
    agreeing = next(reading.source for reading in readings if reading.version == version)
    return [
        f"{_says(agreeing)} {version}, {_says(reading.source)} {reading.version}"
        for reading in readings
        if reading.version != version
    ]


def _says(source: str) -> str:
    return f"{source} say" if source.endswith("s") else f"{source} says"


def _warnings(version: str, reads_as: str | None) -> list[str]:
    if reads_as is None:
        return [f"version {version} is of an unknown kind"]
    if reads_as == version:
        return []
    age = "newer" if numbers(version) > numbers(reads_as) else "older"
    return [f"version {version} is {age} than what is known; it is read as {reads_as}"]
