"""The nouns of read models: shards, views, rollups, and where each view is found."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel.events import Json

TENANT_SHARD: Final = "tenant"
OVERVIEW: Final = "overview"
COURSE: Final = "course"

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_LEARNER: Final = re.compile(r"l[0-9a-f]{24}")

type View = dict[str, Json]
"""The content of a rollup, in the member names of the response that shows it."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A stored view, the version of the fact table that it was computed from, and when it was written."""

    table_version: int
    view: View
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShardHead:
    """The guard of a shard: the newest table version written into it, and the ids of its views.

    `etag` is None while the shard does not exist.
    """

    table_version: int
    views: frozenset[str]
    etag: str | None


EMPTY_SHARD: Final = ShardHead(-1, frozenset(), None)


@dataclass(frozen=True, slots=True)
class ShardChange:
    """The views of one shard to write, by id, and the ids of those that no fact supports any more."""

    shard: str
    views: Mapping[str, View]
    obsolete: frozenset[str] = frozenset()


def course_shard(course: str) -> str:
    """Return the shard that holds the views of a course."""
    return f"course:{_key(course)}"


def assessment_view(line_item: str) -> str:
    """Return the id of the view of an assessment in the shard of its course."""
    return f"assessment:{_key(line_item)}"


def items_view(line_item: str) -> str:
    """Return the id of the view of the items of an assessment in the shard of its course."""
    return f"items:{_key(line_item)}"


def bucket_of(learner: str) -> str:
    """Return the two hex digits that spread learners over 256 shards."""
    return learner[1:3]


def learner_shard(bucket: str) -> str:
    """Return the shard that holds the views of the learners of a bucket."""
    return f"learner:{bucket}"


def learner_view(learner: str) -> str:
    """Return the id of the view of a learner."""
    return f"learner:{learner}"


def is_learner(text: str) -> bool:
    """Tell whether `text` has the form of a learner's pseudonym."""
    return _LEARNER.fullmatch(text) is not None


def _key(name: str) -> str:
    """Return a name that is safe in a document id: itself where it is plain, else its digest.

    Names from files may hold slashes, question marks and hashes; document ids may not.
    """
    return name if _PLAIN.fullmatch(name) else f"~{hashlib.sha256(name.encode()).hexdigest()}"
