"""The route table: every route is declared once, and everything that must agree reads the declaration.

Authentication, validation, throttling, the OpenAPI document and the isolation matrix come from these rows.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from shared.kernel.errors import TermtideError
from shared.tenancy.model import RateClass, Role

type Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9]*)\}")
_OPERATION = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A variable segment of a path. A value that does not match `pattern` entirely is a 404."""

    name: str
    description: str
    pattern: str
    example: str

    def admits(self, value: str) -> bool:
        """Tell whether `value` may name such an object."""
        return re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Media:
    """An answer that is not JSON, by its media type; `also` lists further types that it may have.

    An `attachment` comes with the name of a file to save it under.
    """

    type: str
    description: str
    also: tuple[str, ...] = ()
    attachment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of the API.

    A caller reaches it with one of `roles` (people) or one of `scopes` (machine clients); an `anonymous`
    route names neither. `request` is the JSON body, `query` the query; both are refused when they hold
    anything else. `errors` lists what the handler itself raises; what the kernel raises is known.
    """

    method: Method
    path: str
    operation: str
    summary: str
    tag: str
    rate: RateClass
    roles: Set[Role] = frozenset()
    scopes: Set[str] = frozenset()
    anonymous: bool = False
    parameters: tuple[PathParameter, ...] = ()
    query: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    response: type[BaseModel] | Media | None = None
    status: int = 200
    errors: tuple[type[TermtideError], ...] = ()

    def __post_init__(self) -> None:
        if not _OPERATION.fullmatch(self.operation):
            raise ValueError(f"{self.operation}: lower case with underscores, as a function name must be")
        if _PLACEHOLDER.findall(self.path) != [parameter.name for parameter in self.parameters]:
            raise ValueError(f"{self.operation}: the path and its parameters differ")
        if self.anonymous == bool(self.roles or self.scopes):
            raise ValueError(f"{self.operation}: either anonymous, or reached by roles or scopes")

    @property
    def is_read(self) -> bool:
        """Whether the method is safe (RFC 9110 section 9.2.1)."""
        return self.method == "GET"

    @property
    def takes_idempotency_key(self) -> bool:
        """Whether repeating the call could do it twice: POST and PATCH are not idempotent by themselves."""
        return self.method in {"POST", "PATCH"} and not self.anonymous


class RouteTable:
    """All routes of an app; no two share an operation, or a method and path shape."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)
        _require_unique("operation", [route.operation for route in self._routes])
        _require_unique(
            "method and path", [f"{r.method} {_PLACEHOLDER.sub('{}', r.path)}" for r in self._routes]
        )

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)


def _require_unique(what: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{what} declared twice: {', '.join(twice)}")
