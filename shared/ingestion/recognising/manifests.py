"""What a file says about its members: the manifest of a bundle, and names that mean a full or delta load.

What a manifest says is believed as far as its members are there: contradictions are told, and refuse nothing.
"""

import re
from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part
from shared.ingestion.reading.records import RecordSplitter, split_record
from shared.ingestion.recognising.members import MemberHead, Taken

_ABSENT: Final = "absent"
"""What a manifest calls a table that the bundle lacks."""


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties that a manifest states; none where a file has no manifest."""

    member: str | None
    values: Keyed[str, str]

    def is_in(self, name: str) -> bool:
        """Tell whether the manifest is the member of this name."""
        return name == self.member


_NONE: Final = Properties(None, {})


def properties_of(members: Sequence[MemberHead], mapping: Mapping) -> Properties:
    """Return what the manifest among the members says."""
    if mapping.manifest is None:
        return _NONE
    for member in members:
        if re.search(mapping.manifest.member, member.name):
            return Properties(member.name, dict(_pairs(member.head.text.decode("utf-8", "replace"))))
    return _NONE


def load_of(mapping: Mapping, part: Part, member: str, file_name: str, manifest: Properties) -> Load:
    """Return how the rows of a member join: by the manifest, by names, else as its part says."""
    if mapping.manifest is not None:
        for name, value in manifest.values.items():
            if name.endswith(f".{part.name}") and value.casefold() in mapping.manifest.loads:
                return mapping.manifest.loads[value.casefold()]
    for pattern, load in mapping.loads.items():
        if re.search(pattern, member) or re.search(pattern, file_name):
            return load
    return part.load


def contradictions_of(
    mapping: Mapping, members: Sequence[MemberHead], taken: Sequence[Taken], manifest: Properties
) -> tuple[str, ...]:
    """Return which tables the manifest calls absent that are there, and which ones not that are not."""
    if mapping.manifest is None:
        return ()
    there = {_table(member.name) for member in members} | {one.part.name.casefold() for one in taken}
    found = list[str]()
    for name, value in manifest.values.items():
        table, called = name.rpartition(".")[2], value.casefold()
        if called == _ABSENT and table.casefold() in there:
            found.append(f"the manifest calls {table} {value}, and it is there")
        if called in mapping.manifest.loads and table.casefold() not in there:
            found.append(f"the manifest calls {table} {value}, and there is no such table")
    return tuple(found)


def _table(member: str) -> str:
    return PurePosixPath(member).stem.casefold()


def _pairs(text: str) -> list[tuple[str, str]]:
    data = text.encode()
    lines = (
        data[s.start : s.end].decode()
        for s in RecordSplitter(",").split(data, complete=True)
        if s.well_formed
    )
    rows = (split_record(line.rstrip("\r\n"), ",") for line in lines)
    return [(row[0].strip(), row[1].strip()) for row in rows if len(row) >= 2]
