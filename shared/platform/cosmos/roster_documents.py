"""The documents of a roster: each sealed for its own place, bounded in size, equal bytes for equal names.

A roster is one document, which of a large course says in how many further ones its names lie.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from shared.analytics.rosters.ports import Basis, SealedName
from shared.ingestion.working.sealing import Sealing
from shared.platform.cosmos.operations import Document

KIND: Final = "roster"
HEAD: Final = KIND
MOST_NAMES: Final = 2000
"""In one document: about 100 kB, and in any script less than Cosmos takes."""

_LEVEL: Final = "roster:"
_ON_AVERAGE: Final = MOST_NAMES // 2


def level_of(course: str) -> str:
    """Return the second level of the key of a course's roster."""
    return f"{_LEVEL}{course}"


def course_of(level: str) -> str:
    """Return the course whose roster has this second level."""
    return level.removeprefix(_LEVEL)


def part_id(part: int) -> str:
    """Return the id of a further document."""
    return f"{HEAD}!{part}"


def parts_of(head: Document) -> int:
    """Return in how many further documents the names of a roster lie: 0 when the head has them."""
    parts = head["parts"]
    return parts if isinstance(parts, int) else 0


def part_of(learner: str, parts: int) -> int:
    """Return the further document that a learner's name lies in."""
    return zlib.crc32(learner.encode()) % parts


def opened(names: Sequence[SealedName], sealing: Sealing) -> dict[str, str]:
    """Return plain names by person."""
    return {name.person: sealing.open(name.sealed, name.learner) for name in names}


def documents(course: str, basis: Basis, names: Mapping[str, str], sealing: Sealing) -> list[Document]:
    """Return the documents of a roster, the head last."""
    parts = 0 if len(names) <= MOST_NAMES else -(-len(names) // _ON_AVERAGE)
    split: list[dict[str, str]] = [{} for _ in range(parts or 1)]
    for person in sorted(names):
        split[part_of(person, len(split))][person] = names[person]
    head: Document = {"id": HEAD, "kind": KIND, "basis": asdict(basis), "parts": parts}
    if not parts:
        return [head | {"sealed": _sealed(course, HEAD, split[0], sealing)}]
    return [*(_part(course, number, some, sealing) for number, some in enumerate(split)), head]


def characters_of(document: Document) -> int:
    """Return how large the sealed names of a document are, 0 when it has none."""
    return len(_names(document)) if "sealed" in document else 0


def names_in(document: Document, course: str, sealing: Sealing) -> dict[str, str]:
    """Return the names that lie in one document."""
    data = sealing.open_bytes(_names(document), _place(course, str(document["id"])))
    names: dict[str, str] = json.loads(zlib.decompress(data))
    return names


def _names(document: Document) -> str:
    sealed = document["sealed"]
    if not isinstance(sealed, dict):
        raise TypeError("a roster seals an object")
    return str(sealed["names"])


def _part(course: str, number: int, names: Mapping[str, str], sealing: Sealing) -> Document:
    return {"id": part_id(number), "sealed": _sealed(course, part_id(number), names, sealing)}


def _sealed(course: str, document_id: str, names: Mapping[str, str], sealing: Sealing) -> Document:
    data = zlib.compress(json.dumps(names, ensure_ascii=False).encode())
    return {"names": sealing.seal_bytes(data, _place(course, document_id))}


def _place(course: str, document_id: str) -> str:
    return f"{level_of(course)}\x1f{document_id}"
