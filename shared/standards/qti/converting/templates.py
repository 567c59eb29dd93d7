"""The standard response-processing templates have a URI of their own in each version (QTI 3.0)."""

import re
from typing import Final

_STANDARD: Final = re.compile(
    r"\s*https?://(?:www|purl)\.imsglobal\.org/(?:spec/qti|question|spec/question)/[\w.]+/rptemplates/"
    r"(?P<name>\w+?)(?:\.xml)?\s*"
)
_HOMES: Final = {
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
    "2.2": "http://www.imsglobal.org/question/qti_v2p2/rptemplates/{}",
    "2.1": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}",
}


def template_uri(uri: str, version: str) -> str:
    """Return the URI of a standard template in a version; any other URI as it is."""
    found = _STANDARD.fullmatch(uri)
    return _HOMES[version].format(found["name"]) if found else uri
