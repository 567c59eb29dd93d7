"""How much of anything QTI content may ask for. Authors are not trusted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document, one package and one run of processing.

    `document_bytes` and `elements` bound one XML file; its depth is bounded by the parser (256). `repeats`
    bounds the turns of all `repeat` expressions of one run, `digits` the decimal digits of an integer,
    `members` what a test draws, `collected` the members of a container that an expression makes: each rule
    may go through one again. `restarts` bounds the template constraints that may start over (QTI 3.0,
    TemplateConstraint, asks for at least 100), `pattern_steps` the work of one pattern. `entries`,
    `package_bytes` and `ratio` bound a package, counted while it is inflated.

    >>> Limits(repeats=100).repeats < LIMITS.repeats
    True
    """

    document_bytes: int = 16 * 2**20
    elements: int = 200_000
    repeats: int = 10_000
    digits: int = 300
    members: int = 10_000
    collected: int = 1_000
    restarts: int = 100
    pattern_steps: int = 100_000
    entries: int = 20_000
    package_bytes: int = 2 * 2**30
    ratio: int = 200


LIMITS = Limits()
