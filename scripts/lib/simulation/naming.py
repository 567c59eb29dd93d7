"""Names files as their feed expects them, and tells what the name says about the facts."""

import re
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from random import Random
from typing import Final

from scripts.lib.simulation.inverting import inverted
from scripts.lib.simulation.world import course_of
from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part

_EXTENSION: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


@dataclass(frozen=True, slots=True)
class FileName:
    """A file's name and the canonical columns that it states."""

    text: str
    constants: Keyed[str, str]


def name_file(
    mapping: Mapping, part: Part | None, series: int, random: Random, load: Load | None
) -> FileName:
    """Name a file of a feed, without extension, of a single part where there is one.

    Another series gives another name.
    """
    wishes = {
        group: _wish(group, series) for pattern in mapping.file_name.patterns for group in _groups(pattern)
    }
    if part is not None and part.member:
        stem = _numbered(part.member, inverted(part.member, wishes, random)[0], series)
    else:
        stem = inverted(mapping.file_name.patterns[0], wishes, random)[0]
    stem = _EXTENSION.sub("", stem)
    for pattern, meant in mapping.loads.items():
        if meant is load:
            stem += f"-{inverted(pattern, {}, random)[0]}"
    return FileName(stem, _said(mapping, stem))


def name_member(part: Part, extension: str, random: Random) -> str:
    """Name a member of a bundle as its part expects it."""
    stem = inverted(part.member, {}, random)[0] if part.member else part.name
    return stem if _EXTENSION.search(stem) else stem + extension


def _numbered(pattern: str, stem: str, series: int) -> str:
    """Put the number of the series in front, where the pattern still matches."""
    return f"{series}_{stem}" if re.search(pattern, f"{series}_{stem}") else stem


def _groups(pattern: str) -> Keyed[str, int]:
    return re.compile(pattern).groupindex


def _wish(group: str, series: int) -> str:
    return course_of(series) if group == "course" else f"{group}-{chr(ord('a') + series % 26)}{series}"


def _said(mapping: Mapping, stem: str) -> dict[str, str]:
    for pattern in mapping.file_name.patterns:
        match = re.search(pattern, stem)
        if match is not None:
            return {name: text for name, text in match.groupdict().items() if text is not None}
    return {}
