"""What a score of QTI 1.2 means in points: vendors write percentages, or points, or either as the other."""

from dataclasses import dataclass
from fractions import Fraction

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.dialects import Dialect, Vendor
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import below, given
from shared.standards.qti.questestinterop.processing import SCORE, Change, reach

_RULE = "QTI 1.2 ASI, decvar"


@dataclass(frozen=True, slots=True)
class Variable:
    """A decvar: the bounds and the default that are declared for an outcome."""

    name: str
    kind: str = "decimal"
    default: str = ""
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def start(self) -> Fraction:
        """The value before anything is changed."""
        return number_of(self.default) or Fraction(0)


@dataclass(frozen=True, slots=True)
class Points:
    """How the scores of an item count: `factor` makes points of what the file writes, `most` is full marks.

    `low` and `high` bound the sum, in points; None where it can't leave its bounds.
    """

    factor: Fraction = Fraction(1)
    most: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None


def variables_of(item: Element) -> dict[str, Variable]:
    """Return the outcomes that an item declares, by name."""
    return {
        name: Variable(
            name,
            (given(element, "vartype") or "Integer").lower(),
            given(element, "defaultval"),
            number_of(given(element, "minvalue")),
            number_of(given(element, "maxvalue")),
        )
        for element in below(item, "decvar")
        if (name := given(element, "varname", "variablename") or SCORE)
    }


def declared_points(metadata: dict[str, str], dialect: Dialect) -> Fraction | None:
    """Return what an item is worth by its metadata."""
    labels = ["points_possible", "cc_weighting"]
    if dialect.vendor is Vendor.BRIGHTSPACE:
        labels.append("qmd_weighting")
    if dialect.vendor is Vendor.BLACKBOARD:
        labels.append("qmd_absolutescore_max")
    numbers = (number_of(metadata.get(label, "")) for label in labels)
    return next((number for number in numbers if number is not None and number >= 0), None)


def points_of(
    variable: Variable,
    changes: list[Change],
    worth: Fraction | None,
    dialect: Dialect,
    findings: Findings,
) -> Points:
    """Return how the changes of the score of an item count."""
    full = _full_marks(variable, changes, worth, dialect, findings)
    most = worth if worth is not None else variable.high
    if full is None or most is None or full <= 0:
        most = most if most is not None else _best(changes)
        return Points(Fraction(1), most, *_bounds(variable, changes, Fraction(1)))
    return Points(most / full, most, *_bounds(variable, changes, most / full, full))


def _full_marks(
    variable: Variable,
    changes: list[Change],
    worth: Fraction | None,
    dialect: Dialect,
    findings: Findings,
) -> Fraction | None:
    """Return what a file writes for full marks."""
    if dialect.vendor is Vendor.BRIGHTSPACE:
        return Fraction(100)
    reached = reach(changes, variable.start)
    top = max((change.number for change in changes if change.number is not None), default=Fraction(0))
    if dialect.is_canvas and worth is not None and _varies(changes, top, worth):
        findings.warn(changes[0].element, "points that vary by answer are read as points", rule=_RULE)
        return worth
    if variable.high is not None and reached is not None and reached[1] == 100 != variable.high > 0:
        message = "scores that come to 100, above the highest declared, are read as percentages of it"
        findings.warn(changes[0].element, message, rule=_RULE)
        return Fraction(100)
    return Fraction(100) if dialect.is_canvas and variable.high is None else variable.high


def _varies(changes: list[Change], top: Fraction, worth: Fraction) -> bool:
    """Say whether Canvas gives each answer points of its own: several are set, the most being all."""
    steps = [step for change in changes for step in change.element.iterancestors("{*}respcondition")]
    marked = any(given(step, "correctanswer") for step in steps)
    sets = [change for change in changes if change.action == "Set"]
    several = len(sets) > 1 and top == worth and not any(given(step, "continue") for step in steps)
    return (marked or several) and len(sets) == len(changes)


def _best(changes: list[Change]) -> Fraction | None:
    changes = [change for change in changes if not change.is_idle]
    if any(change.action != "Set" for change in changes):
        return None
    numbers = [change.number for change in changes if change.number is not None and change.number > 0]
    return max(numbers, default=None)


def _bounds(
    variable: Variable, changes: list[Change], factor: Fraction, full: Fraction | None = None
) -> tuple[Fraction | None, Fraction | None]:
    """Return the bounds that the sum can leave, in points."""
    reached = reach(changes, variable.start)
    low, high = variable.low, variable.high if full is None or variable.high is None else full
    keeps_low = low is None or (reached is not None and reached[0] >= low)
    keeps_high = high is None or (reached is not None and reached[1] <= high)
    return (
        None if keeps_low or low is None else low * factor,
        None if keeps_high or high is None else high * factor,
    )
