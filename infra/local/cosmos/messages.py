"""Requests and responses, apart from how they travel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.cosmos import charges
from infra.local.cosmos.errors import CosmosError, bad_request
from infra.local.cosmos.holding import Hold
from infra.local.cosmos.values import dump_json, load_json

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; header names are in lower case, the path is as sent, without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def has_flag(self, name: str) -> bool:
        """Tell whether a header says true."""
        return self.headers.get(name, "").lower() == "true"

    @property
    def is_query(self) -> bool:
        """Whether the body is a query."""
        content_type = self.headers.get("content-type", "")
        return self.has_flag("x-ms-documentdb-isquery") or content_type.startswith("application/query+json")

    @property
    def page_size(self) -> int:
        """The most results that the caller wants in one response; -1 leaves it to the server."""
        text = self.headers.get("x-ms-max-item-count") or str(DEFAULT_PAGE)
        try:
            wanted = int(text)
        except ValueError as error:
            raise bad_request(f"x-ms-max-item-count {text!r} is not a number.") from error
        return wanted if wanted > 0 else LARGEST_PAGE

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; 400 when it is not one."""
        try:
            value = load_json(self.body)
        except ValueError as error:
            raise bad_request(f"The request body is not JSON: {error}.") from error
        if not isinstance(value, dict):
            raise bad_request("The request body must be a JSON object.")
        return value


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response; the charge is in request units. `hold` says until when it may be held back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    charge: float = charges.METADATA
    hold: Hold | None = None


def json_response(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a JSON body."""
    return Response(status, dump_json(value).encode(), headers or {})


def error_response(error: CosmosError) -> Response:
    """Return the response that tells an error."""
    headers = dict(error.headers)
    if error.substatus:
        headers["x-ms-substatus"] = str(error.substatus)
    body = dump_json({"code": error.code, "message": error.message}).encode()
    return Response(error.status, body, headers, charges.REFUSED)


def feed_body(rid: str, name: str, results: list[bytes]) -> bytes:
    """Return the envelope of a list of resources that are JSON texts already."""
    head = f'{{"_rid":{dump_json(rid)},"{name}":['.encode()
    return head + b",".join(results) + f'],"_count":{len(results)}}}'.encode()
