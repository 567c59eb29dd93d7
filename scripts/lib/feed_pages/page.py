"""The page of one feed: what its mapping says, in words."""

import re
from collections.abc import Iterator

from scripts.lib.feed_pages.index import GENERATED
from scripts.lib.feed_pages.markdown import code, codes, document, either, listed, matching, pairs
from scripts.lib.feed_pages.parts import section
from shared.ingestion.mapping.feed import Mapping, Sign, Versions


def page(mapping: Mapping, comment: str, file: str) -> str:
    """Return the page of a feed; `comment` is what its mapping file says of itself."""
    return document(
        GENERATED,
        f"# {mapping.title}",
        comment,
        listed(_about(mapping, file)),
        "## How a file is recognised",
        listed(_recognition(mapping)),
        "## How a file joins those before it",
        listed(_joining(mapping)),
        "## What is missing, and what is too much",
        listed(_limits(mapping)),
        *(section(part) for part in mapping.parts),
    )


def _about(mapping: Mapping, file: str) -> Iterator[tuple[str, str]]:
    yield "Feed", f"{code(mapping.id)}, version {mapping.version}"
    yield "Mapping", f"[{file}](../../shared/ingestion/feeds/{file})"
    yield "System", f"{code(mapping.system)}: its identifiers name the people"
    yield "Roster", "people of other systems are linked with its people" if mapping.roster else ""
    yield (
        "Words",
        "loads, casts and classes of personal data are explained [with the list of feeds](README.md)",
    )


def _recognition(mapping: Mapping) -> Iterator[tuple[str, str]]:
    yield "Usual names", either(map(code, mapping.names))
    yield "Encodings", codes(mapping.encodings)
    yield "Columns", "those that each part below must have; a file without them is not of this feed"
    yield "Members known and left", matching("names", mapping.leaves)
    yield "Left because", mapping.left_because
    if mapping.versions:
        yield from _versions(mapping.versions)


def _joining(mapping: Mapping) -> Iterator[tuple[str, str]]:
    own = mapping.file_name
    groups = {name for pattern in own.patterns for name in re.compile(pattern).groupindex}
    stated = sorted({name for part in mapping.parts for name in groups & set(part.canonical.from_record)})
    if own.source is None:
        yield "Source", "all files of the feed are one"
    else:
        yield "Source", f"files whose names have the same {code(own.source)} are one"
    if own.source in stated:
        yield "Source of an archive", f"those whose members have the same set of {code(own.source)} are one"
    yield "Name without extension", f"the first that matches of {codes(own.patterns)}"
    yield "Columns that the name fills", codes(stated)
    if stated:
        yield "Name of a member", "each pattern is tried on its own name first, then on that of the archive"
    yield "Load of a name that matches", pairs(mapping.loads.items())
    if mapping.manifest:
        yield "Manifest", f"the member that matches {code(mapping.manifest.member)}; it goes before names"
        yield "Load of a table that it calls", pairs(mapping.manifest.loads.items())
    yield "Any other load", "that of the part"


def _limits(mapping: Mapping) -> Iterator[tuple[str, str]]:
    yield "No value", either(code(mark) if mark else "an empty cell" for mark in mapping.missing)
    yield "Rejected records", f"more than {mapping.max_rejected_share:.0%} of a file fail it as a whole"
    yield (
        "Vanishing rows",
        f"a file that takes more than {mapping.max_vanished_share:.0%} of what was there away is held",
    )
    yield "Retention", f"{mapping.retention_days} days"


def _versions(versions: Versions) -> Iterator[tuple[str, str]]:
    yield "Versions of the format", codes(versions.known)
    if versions.manifest:
        yield "Version by manifest", f"what it states for {code(versions.manifest)}"
    yield "Signs of a version", "; ".join(map(_sign, versions.signs))


def _sign(sign: Sign) -> str:
    signs = (
        f"a member whose name matches {code(sign.member)}" if sign.member else "",
        f"a column {code(sign.label)}" if sign.label else "",
    )
    return f"{' or '.join(filter(None, signs))} → {code(sign.version)}"
