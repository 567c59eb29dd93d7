"""Reads the query and the JSON body into the route's models; every fault is listed with its place."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Never
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from shared.kernel.errors import InvalidInput, TooLarge, UnsupportedMedia, Violation
from shared.web.limits import JSON_DEPTH, require_modest_body, require_modest_query

_JSON_TYPE = re.compile(r'application/json(\s*;\s*charset="?utf-8"?)?\s*', re.IGNORECASE)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_FIELDS = 50


def read_query(raw_query: str, model: type[BaseModel] | None) -> BaseModel | None:
    """Return the query as `model`; a route without one takes no query. `InvalidInput`."""
    require_modest_query(raw_query)
    try:
        pairs = parse_qsl(
            raw_query,
            keep_blank_values=True,
            strict_parsing=bool(raw_query),
            max_num_fields=_FIELDS,
            errors="strict",
        )
    except ValueError as fault:
        raise InvalidInput(f"the query is malformed or has over {_FIELDS} fields") from fault
    values = dict(pairs)
    if len(values) != len(pairs):
        raise InvalidInput("a query parameter is given twice")
    if model is None:
        if values:
            raise InvalidInput(
                violations=[Violation(f"query:{name}", "unknown parameter") for name in values]
            )
        return None
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        raise InvalidInput(violations=_violations(invalid, _query_place)) from invalid


def read_body(body: bytes, headers: Mapping[str, str], model: type[BaseModel] | None) -> BaseModel | None:
    """Return the JSON body as `model`; None for a route that takes none.

    `TooLarge`, `UnsupportedMedia`, or `InvalidInput` with a JSON pointer (RFC 6901) for every fault. JSON
    that parsers read differently is refused: duplicate names, NaN, deep nesting, encodings other than UTF-8
    (RFC 8259 sections 4, 6, 8.1).
    """
    if model is None:
        return None
    require_modest_body(body)
    if not _JSON_TYPE.fullmatch(headers.get("content-type", "")) or "content-encoding" in headers:
        raise UnsupportedMedia("the body is application/json, not compressed")
    _require_unambiguous(body)
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as invalid:
        raise InvalidInput(violations=_violations(invalid, _pointer)) from invalid


def _require_unambiguous(body: bytes) -> None:
    _require_shallow(body)
    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as fault:
        raise InvalidInput.at("/", f"not UTF-8 at byte {fault.start}") from fault
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise InvalidInput.at("/", f"not JSON at {place}: {fault.msg}") from fault
    except ValueError as fault:
        raise InvalidInput.at("/", "a number has too many digits") from fault


def _require_shallow(body: bytes) -> None:
    # Before parsing: a parser recurses, or allocates for every level.
    depth = 0
    for byte in re.finditer(rb"[\[{}\]]", _STRING.sub(b"", body)):
        depth += 1 if byte[0] in b"[{" else -1
        if depth > JSON_DEPTH:
            raise TooLarge(f"the JSON is nested deeper than {JSON_DEPTH} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput.at(_pointer([twice]), "the name is given twice in one object")
    return members


def _refuse_constant(constant: str) -> Never:
    raise InvalidInput.at("/", f"{constant} is not JSON")


def _violations(invalid: ValidationError, place: Callable[[Sequence[int | str]], str]) -> list[Violation]:
    faults = invalid.errors(include_input=False, include_url=False, include_context=False)
    return [Violation(place(fault["loc"]), fault["msg"]) for fault in faults]


def _query_place(steps: Sequence[int | str]) -> str:
    return f"query:{steps[0]}" if steps else "query:"


def _pointer(steps: Sequence[int | str]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps) or "/"
