"""What a file's name tells: the source that the file belongs to, and what it says of every fact."""

import hashlib
import re
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from typing import Final

from shared.ingestion.mapping.feed import Mapping

_COPY: Final = re.compile(r"\s*\(\d+\)$")
"""What browsers add to the name of a file downloaded again: the same file as before."""
_PACKED: Final = re.compile(r"\.gz$", re.IGNORECASE)
"""What gzip adds to the name of a file, which it leaves to be the same file."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Which source a file states anew, and the fields that its name gives to every fact."""

    source: str
    constants: Keyed[str, str]


def identify(mapping: Mapping, file_name: str) -> FileIdentity:
    """Tell what the name says by the feed's patterns; a name that matches none is the source as it is.

    Where the feed names no source, all its files are of one.
    """
    name = _PACKED.sub("", file_name)
    stem = _COPY.sub("", name.rpartition(".")[0] or name)
    matches = (re.search(pattern, stem) for pattern in mapping.file_name.patterns)
    match = next((match for match in matches if match is not None), None)
    constants = {} if match is None else {k: v for k, v in match.groupdict().items() if v is not None}
    if mapping.file_name.source is None:
        return FileIdentity(mapping.id, constants)
    return FileIdentity(_key(mapping.id, constants.get(mapping.file_name.source, stem)), constants)


def _key(feed: str, name: str) -> str:
    """Return a key that fits a blob path; names that differ have keys that differ."""
    if _PLAIN_KEY.fullmatch(name):
        return f"{feed}.{name}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{feed}.{re.sub(r'[^A-Za-z0-9]+', '-', name)[:40].strip('-')}-{digest}"
