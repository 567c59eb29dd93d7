"""What a bundle holds besides its tables: its manifest, and members that nobody asked for."""

from collections.abc import Sequence
from random import Random
from typing import Final

from scripts.lib.simulation.inverting import inverted
from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part

_NOTHING: Final = r"(?!)"
_UNKNOWN: Final = {
    "room_bookings.csv": "Room,From,Until\nA-1,08:00,09:30\nAula,10:00,12:00\n",
    "read me first.txt": "These are the files of last night.\nAsk the office about them.\n",
}


def manifest_of(mapping: Mapping, parts: Sequence[Part], load: Load | None, random: Random) -> dict[str, str]:
    """Return the manifest by its name, where the feed has one; `load` is how all its tables join."""
    manifest = mapping.manifest
    if manifest is None:
        return {}
    words = [word for word, meant in manifest.loads.items() if meant is (load or parts[0].load)]
    lines = ["propertyName,value"]
    if mapping.versions and mapping.versions.manifest:
        lines.append(f"{mapping.versions.manifest},{random.choice(mapping.versions.known)}")
    lines += [f"file.{part.name},{random.choice(words)}" for part in parts if words]
    name, _ = inverted(manifest.member, {}, random)
    return {name: "\r\n".join([*lines, ""])}


def surprises_of(mapping: Mapping, random: Random) -> dict[str, str]:
    """Return members that the feed does not read, by name: some that it knows, some that nobody does."""
    found = dict(_UNKNOWN)
    if mapping.leaves != _NOTHING:
        found[f"{inverted(mapping.leaves, {}, random)[0].removesuffix('.csv')}.csv"] = (
            "sourcedId,note\n1,left\n"
        )
    return found
