"""Which schema files are trusted, by their SHA-256, and which one is for which version.

The schemas of QTI 2.2 and 3.0 may not be passed on, so none is shipped. Whoever has them puts them into a
folder: those pinned here are trusted at once, others when a file `SHA256SUMS` of the folder names them.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_SPEC: Final = "https://purl.imsglobal.org/spec"

PINS: Final[Mapping[str, str]] = {
    f"{_SPEC}/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd": (
        "bd82f6df3c7acec951fffc78548325a01e9e9bc91d5768d7415bdcbdc018341d"
    ),
    f"{_SPEC}/ssml/v1p1/schema/xsd/ssmlv1p1-core.xsd": (
        "f5e6d5ca575722c5ee1de50aefbe483bb8c88d2c46e65f4d7eecb713b8c1f485"
    ),
    f"{_SPEC}/ssml/v1p1/schema/xsd/synthesis-nonamespace.xsd": (
        "10608b0b9ad809f78be41e84c655d210fcf27ccc84996ef97cd6dc80b00ace5c"
    ),
    f"{_SPEC}/w3/2001/schema/xsd/xml.xsd": "4c637d0381d988dbf24b680becde6e1c8301b4c4ceef8bfa45a1ee130e77a682",
    f"{_SPEC}/w3/2001/schema/xsd/XInclude.xsd": (
        "b72e1d2a0ab90aca502b827ce12572bfb4ef787fee89b4dcc1ce474dd3c00df0"
    ),
    f"{_SPEC}/mathml/v3p0/schema/xsd/mathml3.xsd": (
        "af49edc2c29c4976d6a9d8860388c026b94ca75edfbd67bbaf67448da9990656"
    ),
    f"{_SPEC}/mathml/v3p0/schema/xsd/mathml3-common.xsd": (
        "94007301de9c8ed29ffed4a5eba6ca6b1e2e7511eda8d2b39e01b97d7d7e5d06"
    ),
    f"{_SPEC}/mathml/v3p0/schema/xsd/mathml3-presentation.xsd": (
        "74d605b09528b7c55a4ae803debc429c27a2afa6cd34607d28df79bcc7f3575b"
    ),
    f"{_SPEC}/mathml/v3p0/schema/xsd/mathml3-content.xsd": (
        "922b4082d00559df86b0389842b1d1ba9537db0050ab229d64ad313ddfb44098"
    ),
    f"{_SPEC}/mathml/v3p0/schema/xsd/mathml3-strict-content.xsd": (
        "cd0da554afbe2d1570c4e548a29ee5eb0b25aea1d6455bacf664080cb5982640"
    ),
}
"""Where each schema of the closure of QTI 3.0.1 is published, and its SHA-256."""

_BY_FILE: Final = {url.rpartition("/")[2]: digest for url, digest in PINS.items()}

_ITEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "1.2": ("ims_qtiasiv1p2p1.xsd", "ims_qtiasiv1p2.xsd"),
    "2.0": ("imsqti_v2p0.xsd",),
    "2.1": ("imsqti_v2p1p2.xsd", "imsqti_v2p1p1.xsd", "imsqti_v2p1.xsd"),
    "2.2": (
        "imsqti_v2p2p4.xsd",
        "imsqti_v2p2p3.xsd",
        "imsqti_v2p2p2.xsd",
        "imsqti_v2p2p1.xsd",
        "imsqti_v2p2.xsd",
    ),
    "3.0": ("imsqti_asiv3p0p1_v1p0.xsd", "imsqti_asiv3p0_v1p0.xsd"),
}
_RESULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "2.1": ("imsqti_result_v2p1.xsd",),
    "2.2": ("imsqti_result_v2p2.xsd",),
    "3.0": ("imsqti_resultv3p0_v1p0.xsd",),
}
_LINE: Final = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(\S.*)")


def schemas_for(version: str, kind: str, patch: str | None) -> tuple[str, ...]:
    """Return the files that hold the schema of a kind of document, the best first.

    Patch levels only correct, so the newest comes first, behind the one that the document names.

    >>> schemas_for("2.2", "qti-assessment-item", "2.2.1")[:2]
    ('imsqti_v2p2p1.xsd', 'imsqti_v2p2p4.xsd')
    """
    files = (_RESULTS if kind == "assessmentResult" else _ITEMS).get(version, ())
    if patch is None:
        return files
    own = f"v{patch.replace('.', 'p')}"
    return tuple(sorted(files, key=lambda file: not re.search(rf"{own}(?!p?\d)", file)))


def pins_of(folder: Path) -> dict[str, str]:
    """Return the trusted SHA-256 of each file name: the pins here, and those of the folder's `SHA256SUMS`."""
    listed = folder / "SHA256SUMS"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    named = {found[2].strip(): found[1].lower() for line in lines if (found := _LINE.fullmatch(line.strip()))}
    return {**named, **_BY_FILE}
