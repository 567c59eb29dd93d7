"""One HTTP request and its answer, free of any framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True)
class Incoming:
    """A request as the host delivers it. Header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    path_values: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path of the URL, still percent-encoded."""
        return self._split.path

    @property
    def raw_query(self) -> str:
        """The query of the URL, without the question mark, still percent-encoded."""
        return self._split.query

    @cached_property
    def _split(self) -> SplitResult:
        return urlsplit(self.url)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer, ready to be sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
