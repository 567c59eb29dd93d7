"""Variable segments that several routes have in common."""

from shared.web.routing import PathParameter

COURSE = PathParameter("courseId", "The course as its feed names it.", r"[^/]{1,200}", "ALG_1")
LEARNER = PathParameter(
    "learnerId", "The pseudonym of a learner.", r"l[0-9a-f]{24}", "l0f3a9c27d5e81b64a2c7f093"
)
