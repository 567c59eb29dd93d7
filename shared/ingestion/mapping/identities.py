"""What names tell: the source that a file belongs to, and what is said of every fact of a member.

A gradebook in an archive is called as it would be by itself: what only names say of its facts, such as the
course, its own name says. The name of an archive says what the archive as a whole is a version of.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from shared.ingestion.mapping.feed import Mapping

_COPY: Final = re.compile(r"\s*\(\d+\)$")
"""What browsers add to the name of a file downloaded again: the same file as before."""
_PACKED: Final = re.compile(r"\.gz$", re.IGNORECASE)
"""What gzip adds to the name of a file, which it leaves to be the same file."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_FOLDER: Final = "/"
"""What no name of a file contains."""


def constants_of(mapping: Mapping, file_name: str, member: str) -> dict[str, str]:
    """Return the fields that names give to every fact of a member, by the first pattern that one matches.

    The member's own name goes before that of the file that it came in.
    """
    stems = (_stem(_own_name(file_name, member)), _stem(file_name))
    matches = (re.search(pattern, stem) for pattern in mapping.file_name.patterns for stem in stems)
    match = next((match for match in matches if match is not None), None)
    return {} if match is None else {k: v for k, v in match.groupdict().items() if v is not None}


def source_of(mapping: Mapping, file_name: str, members: Iterable[str]) -> str:
    """Return the source that a file with these members states anew.

    Where the feed names no source, all its files are of one. Where facts state what names it, such as their
    course, the members tell: an archive takes the place of one of the same courses, whatever both are called,
    and a member alone is of the source of a plain file. Elsewhere the name of the file tells.
    """
    group = mapping.file_name.source
    if group is None:
        return mapping.id
    told = members if _is_of_facts(mapping, group) else (file_name,)
    names = {constants_of(mapping, file_name, one).get(group, _stem(file_name)) for one in told}
    return _key(mapping.id, _FOLDER.join(sorted(names)))


def _is_of_facts(mapping: Mapping, group: str) -> bool:
    return any(group in part.canonical.from_record for part in mapping.parts)


def _own_name(file_name: str, member: str) -> str:
    """Return what the file is called that the member was by itself; a sheet never was one."""
    is_no_file = member == file_name or member.startswith(f"{file_name}#")
    return file_name if is_no_file else member.rpartition(_FOLDER)[2]


def _stem(file_name: str) -> str:
    name = _PACKED.sub("", file_name)
    return _COPY.sub("", name.rpartition(".")[0] or name)


def _key(feed: str, name: str) -> str:
    """Return a key that fits a blob path; names that differ have keys that differ."""
    if _PLAIN_KEY.fullmatch(name):
        return f"{feed}.{name}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{feed}.{re.sub(r'[^A-Za-z0-9]+', '-', name)[:40].strip('-')}-{digest}"
