"""The route table: which function answers a method and path.

Order as in ASP.NET Core: at each segment a literal goes before a constrained parameter, that before a plain
one, and a catch-all comes last; a branch that leads nowhere is left again. A path that matches with another
method only is no match: the platform answers 404 for it, not 405.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.http.templates import Literal, Parameter, Segment, parse_template

_ANY_METHOD = ""
_NO_DEFAULTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Match:
    """The function that answers, and the values of its route parameters."""

    function: FunctionDefinition
    parameters: Mapping[str, str]


type _End = tuple[FunctionDefinition, Mapping[str, str]]


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameters: list[tuple[Parameter, "_Node"]] = field(default_factory=list)
    ends: dict[str, _End] = field(default_factory=dict)

    def child(self, segment: Segment) -> "_Node":
        """Return the node behind a segment, made if needed."""
        if isinstance(segment, Literal):
            return self.literals.setdefault(segment.text, _Node())
        for known, child in self.parameters:
            if known == segment:
                return child
        child = _Node()
        self.parameters.append((segment, child))
        self.parameters.sort(key=lambda entry: (entry[0].catch_all, not entry[0].constraints))
        return child


@dataclass(frozen=True, slots=True)
class _Route:
    function: FunctionDefinition
    segments: tuple[Segment, ...]
    methods: tuple[str, ...]


class RouteTable:
    """Matches requests against the routes of the app's HTTP functions."""

    def __init__(self, functions: Sequence[FunctionDefinition], prefix: str) -> None:
        self._root = _Node()
        routes = [_route(function, prefix) for function in functions]
        for route in routes:
            self._add(route)
        # Only now, so that a route written out goes before one that leaves its last parameter away.
        for route in routes:
            self._add_without_last(route)

    def match(self, method: str, path: str) -> Match | None:
        """Return the function for a method and a decoded path, or None when no route matches."""
        segments = path.split("/")[1:]
        if segments and not segments[-1]:
            segments.pop()
        values: dict[str, str] = {}
        end = _find(self._root, segments, 0, method, values)
        if end is None:
            return None
        function, defaults = end
        return Match(function, {**defaults, **values} if defaults else values)

    def _add(self, route: _Route) -> None:
        node = self._node(route.segments)
        for method in route.methods:
            other, _ = node.ends.setdefault(method, (route.function, _NO_DEFAULTS))
            if other is not route.function:
                raise InvalidBinding(
                    route.function.name,
                    f"{other.name!r} has the same route and method {method or '(any)'}",
                )

    def _add_without_last(self, route: _Route) -> None:
        last = route.segments[-1] if route.segments else None
        if not isinstance(last, Parameter):
            return
        if last.optional or last.catch_all or last.default is not None:
            defaults = _NO_DEFAULTS if last.default is None else {last.name: last.default}
            node = self._node(route.segments[:-1])
            for method in route.methods:
                node.ends.setdefault(method, (route.function, defaults))

    def _node(self, segments: Sequence[Segment]) -> _Node:
        node = self._root
        for segment in segments:
            node = node.child(segment)
        return node


def _route(function: FunctionDefinition, prefix: str) -> _Route:
    written = function.trigger.option("route", function.name).strip("/")
    try:
        segments = parse_template(f"{prefix.strip('/')}/{written}")
    except ValueError as fault:
        raise InvalidBinding(function.name, f"route {written!r}: {fault}") from fault
    methods = function.trigger.options.get("methods", [_ANY_METHOD])
    return _Route(function, segments, tuple(str(method).upper() for method in methods))


def _find(
    node: _Node, segments: Sequence[str], index: int, method: str, values: dict[str, str]
) -> _End | None:
    if index == len(segments):
        return node.ends.get(method) or node.ends.get(_ANY_METHOD)
    literal = node.literals.get(segments[index].lower())
    if literal is not None:
        end = _find(literal, segments, index + 1, method, values)
        if end is not None:
            return end
    for parameter, child in node.parameters:
        taken = "/".join(segments[index:]) if parameter.catch_all else segments[index]
        if not parameter.accepts(taken):
            continue
        after = len(segments) if parameter.catch_all else index + 1
        end = _find(child, segments, after, method, values)
        if end is not None:
            values[parameter.name] = taken
            return end
    return None
