"""Which rows of which tables an audience may see. Pure rules, which add to a question what it doesn't say."""

from shared.analytics.drilling.model import COURSE, LEARNER, RESULT, Among, Shape
from shared.analytics.policies import Audience


def alternatives(audience: Audience, shape: Shape) -> tuple[Among, ...] | None:
    """Return the conditions of which a row has to meet one to be shown; None: every row is, (): none is.

    An administrator sees every row, an instructor those of own courses, a learner the own ones. Whoever sees
    aggregates only sees the tables that say nothing of learners.
    """
    if audience.everything or (audience.aggregates and not _tells_of_learners(shape)):
        return None
    found = []
    if audience.courses and COURSE in shape.columns:
        found.append(Among(COURSE, frozenset(audience.courses)))
    if audience.learners and LEARNER in shape.people:
        found.append(Among(LEARNER, frozenset(audience.learners)))
    return tuple(found)


def _tells_of_learners(shape: Shape) -> bool:
    """Tell whether rows are about single learners, who may be known by a result of theirs alone."""
    return LEARNER in shape.people or RESULT in shape.columns
