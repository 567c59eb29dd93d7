"""Variable segments that several routes have in common, and how one names what has a slash."""

from shared.web.routing import PathParameter

COURSE = PathParameter("courseId", "The course as its feed names it.", r"[^/]{1,200}", "ALG_1")
LEARNER = PathParameter(
    "learnerId", "The pseudonym of a learner.", r"l[0-9a-f]{24}", "l0f3a9c27d5e81b64a2c7f093"
)


# What stands between the client and us decodes %2F or does not, so a slash is written without a percent sign.
IDENTIFIER = r"(?:[^/~]|~[01]){1,200}"
"""The segment of an identifier that may be a URI: as in a JSON Pointer `~1` is a slash and `~0` a tilde."""


def identifier_of(segment: str) -> str:
    """Return the identifier that a segment stands for (RFC 6901 section 4)."""
    return segment.replace("~1", "/").replace("~0", "~")
