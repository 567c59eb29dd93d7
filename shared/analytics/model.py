"""The nouns of read models: shards, pages, views, rollups, and where each view is found."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic_core import from_json

from shared.kernel.events import Json

TENANT_SHARD: Final = "tenant"
OVERVIEW: Final = "overview"
COURSE: Final = "course"
ASSESSMENTS: Final = "assessments"
SECTIONS: Final = "sections"
SCHOOL: Final = "school"
PERIODS: Final = "periods"
FEEDS: Final = "feeds"
STANDARDS: Final = "standards"

BUCKETS: Final = 16
"""Learners fall into so many shards, evenly, and those of one file into nearly all: each shard more is a
transaction more for a small commit."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_LEARNER: Final = re.compile(r"l[0-9a-f]{24}")

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_SHARED_PAGES: Final = {"assessment": ASSESSMENTS, "section": SECTIONS}

type View = dict[str, Json]
"""The content of a rollup, in the member names of the response that shows it."""

type Page = Mapping[str, str]
"""The views of one document, by id: each as one line of JSON, which is what is kept of it."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A stored view as JSON text, the version of the facts that it comes from, and when it was written."""

    table_version: int
    text: str
    written_at: datetime | None = None

    @property
    def view(self) -> View:
        """The view, for those that are kept in the form in which they are shown."""
        return view_of(self.text)


@dataclass(frozen=True, slots=True)
class ShardHead:
    """The guard of a shard: the newest table version written into it, and the names of its pages.

    `etag` is None while the shard does not exist.
    """

    table_version: int
    pages: frozenset[str]
    etag: str | None


EMPTY_SHARD: Final = ShardHead(-1, frozenset(), None)


@dataclass(frozen=True, slots=True)
class ShardChange:
    """The pages of one shard to write whole, by name, and those that no fact supports any more."""

    shard: str
    pages: Mapping[str, Page]
    obsolete: frozenset[str] = frozenset()


def course_shard(course: str) -> str:
    """Return the shard that holds the views of a course."""
    return f"course:{_key(course)}"


def school_shard(school: str) -> str:
    """Return the shard that holds the view of a school."""
    return f"school:{_key(school)}"


def section_view(section: str) -> str:
    """Return the id of the view of a section in the shard of its course."""
    return f"section:{_key(section)}"


def assessment_view(line_item: str) -> str:
    """Return the id of the view of an assessment in the shard of its course."""
    return f"assessment:{_key(line_item)}"


def items_view(line_item: str) -> str:
    """Return the id of the view of the items of an assessment in the shard of its course."""
    return f"items:{_key(line_item)}"


def is_items_view(view: str) -> bool:
    """Tell whether a view is that of the items of an assessment, which are folded by themselves."""
    return view.startswith("items:")


def standard_view(standard: str) -> str:
    """Return the id of the view of a standard in the shard of the tenant."""
    return f"standard:{_key(standard)}"


def bucket_of(learner: str) -> str:
    """Return the bucket of a learner, by the first two digits of the pseudonym, as two hex digits."""
    return f"{int(learner[1:3], base=16) // (256 // BUCKETS):02x}"


def learner_shard(bucket: str) -> str:
    """Return the shard that holds the views of the learners of a bucket."""
    return f"learner:{bucket}"


def learner_view(learner: str) -> str:
    """Return the id of the view of a learner."""
    return f"learner:{learner}"


def learner_page(learner: str) -> str:
    """Return the page that holds the view of a learner: 256 pages to a bucket."""
    return f"learners:{learner[1:4]}"


def standard_page(name: str) -> str:
    """Return the page that holds the view of a standard, by the name in its id: there are up to 256."""
    return f"{STANDARDS}:{hashlib.sha256(name.encode()).hexdigest()[:2]}"


def page_of(view: str) -> str:
    """Return the page of its shard that holds a view: what is looked at alone, or is large, has its own."""
    kind, _, name = view.partition(":")
    if kind == "learner":
        return learner_page(name)
    if kind == "standard":
        return standard_page(name)
    return _SHARED_PAGES.get(kind, view)


def text_of(view: View) -> str:
    """Write a view as the one line of JSON that is kept of it."""
    return _ENCODER.encode(view)


def view_of(text: str) -> View:
    """Return the view that a line of JSON keeps."""
    view: View = from_json(text)
    return view


def is_learner(text: str) -> bool:
    """Tell whether `text` has the form of a learner's pseudonym."""
    return _LEARNER.fullmatch(text) is not None


def _key(name: str) -> str:
    """Return a name that is safe in a document id: itself where it is plain, else its digest.

    Names from files may hold slashes, question marks and hashes; document ids may not.
    """
    return name if _PLAIN.fullmatch(name) else f"~{hashlib.sha256(name.encode()).hexdigest()}"
