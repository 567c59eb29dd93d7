"""Tells which version of its feed's format a file is: by its manifest, its members and their labels."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from shared.ingestion.mapping.columns import normalised
from shared.ingestion.mapping.feed import Versions
from shared.ingestion.recognising.manifests import Properties
from shared.ingestion.recognising.members import MemberHead, Taken
from shared.standards.detection import Reading, Verdict, judge

_DECLARED: Final = 2.0
"""What a file says of itself outweighs any one sign."""


def version_of(
    versions: Versions, members: Sequence[MemberHead], taken: Sequence[Taken], manifest: Properties
) -> Verdict | None:
    """Return the version that a file is of, None where nothing tells."""
    return judge(list(_readings(versions, members, taken, manifest)), versions.known)


def _readings(
    versions: Versions, members: Sequence[MemberHead], taken: Sequence[Taken], manifest: Properties
) -> Iterator[Reading]:
    declared = manifest.values.get(versions.manifest or "")
    if declared:
        yield Reading("manifest", declared, _DECLARED)
    labels = {normalised(label) for one in taken for label in one.layout.header}
    for sign in versions.signs:
        if sign.member and any(re.search(sign.member, member.name) for member in members):
            yield Reading("members", sign.version)
        if sign.label and normalised(sign.label) in labels:
            yield Reading("labels", sign.version)
