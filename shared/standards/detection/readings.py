"""What is read of a version, and what it comes to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One independent reading: where it was found (a plural or singular noun), and which version it names.

    A declaration weighs more than a sign that only suggests a version.
    """

    source: str
    version: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the readings come to.

    `version` is what the readings name, `reads_as` the known version by whose rules to read, None where there
    is none to read it by. `confidence` is the share of the weight of all readings that agree, from 0 to 1.
    """

    version: str
    reads_as: str | None
    confidence: float
    contradictions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
