"""Route templates: `tenants/{tenant}/items/{id:int?}` read into segments.

Rules: ASP.NET Core documentation, "Route templates". A segment is a literal or one parameter; segments that
mix both (`{name}.{extension}`) are refused as not served.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from infra.local.functions.http.constraints import Constraint, constraint

_PARAMETER = re.compile(r"(?P<stars>\*{0,2})(?P<name>[A-Za-z_][\w-]*)(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Literal:
    """A segment that is matched as written, without regard to case."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A segment that stands for a value. A catch-all takes the rest of the path, slashes included.

    Parameters are equal when they are written alike; `checks` are the compiled `constraints`.
    """

    name: str
    constraints: tuple[str, ...] = ()
    checks: tuple[Constraint, ...] = field(default=(), compare=False)
    optional: bool = False
    default: str | None = None
    catch_all: bool = False

    def accepts(self, value: str) -> bool:
        """Tell whether a value is there and meets every constraint."""
        return bool(value) and all(check(value) for check in self.checks)


type Segment = Literal | Parameter


def parse_template(template: str) -> tuple[Segment, ...]:
    """Read a template; `ValueError` says what is wrong with it."""
    segments = tuple(_segment(part) for part in _split(template, "/") if part)
    parameters = [part for part in segments if isinstance(part, Parameter)]
    names = [parameter.name.lower() for parameter in parameters]
    if len(set(names)) < len(names):
        raise ValueError("a parameter name occurs twice")
    for segment in segments[:-1]:
        if isinstance(segment, Parameter) and (segment.optional or segment.catch_all):
            raise ValueError(f"only the last segment may be optional or catch-all, not {segment.name!r}")
    return segments


def _segment(written: str) -> Segment:
    if "{" not in written and "}" not in written:
        return Literal(written.lower())
    if not (written.startswith("{") and written.endswith("}")):
        raise ValueError(f"the segment {written!r} mixes literal text and parameters, which is not served")
    return _parameter(written[1:-1])


def _parameter(inside: str) -> Parameter:
    found = _PARAMETER.fullmatch(inside)
    if found is None:
        raise ValueError(f"{{{inside}}} is no route parameter")
    rest, default = found["rest"], None
    optional = rest.endswith("?")
    if optional:
        rest = rest[:-1]
    *heads, last = _split(rest, "=")
    if heads:
        rest, default = "=".join(heads), last
    constraints = tuple(piece for piece in _split(rest, ":") if piece)
    if rest and not rest.startswith(":"):
        raise ValueError(f"{{{inside}}} is no route parameter")
    return Parameter(
        name=found["name"],
        constraints=constraints,
        checks=tuple(constraint(piece) for piece in constraints),
        optional=optional,
        default=default,
        catch_all=bool(found["stars"]),
    )


def _split(text: str, separator: str) -> Sequence[str]:
    """Split at a separator, but not inside braces or parentheses, where expressions may hold it."""
    return list(_pieces(text, separator))


def _pieces(text: str, separator: str) -> Iterator[str]:
    depth = start = 0
    for index, character in enumerate(text):
        if character in "({":
            depth += 1
        elif character in ")}":
            depth -= 1
        elif character == separator and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]
