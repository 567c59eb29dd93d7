"""The OpenAPI 3.1 document of the route table: every route, every status it can answer, every header."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.kernel.errors import (
    Conflict,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TermtideError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from shared.web.openapi_parts import HEADERS, PARAMETERS, PROBLEM_SCHEMA, problem_response
from shared.web.routing import Media, PathParameter, Route

type Node = dict[str, Any]

_ALWAYS = (InvalidInput, TooLarge, TooManyRequests, Unavailable)
_REF = "#/components/schemas/{model}"


def openapi_document(routes: Iterable[Route], *, version: str) -> Node:
    """Describe `routes` as served under `/api`."""
    table = sorted(routes, key=lambda route: (route.path, route.method))
    schemas = _Schemas(table)
    paths: Node = {}
    for route in table:
        paths.setdefault(f"/{route.path}", {})[route.method.lower()] = _operation(route, schemas)
    errors = {_response_name(error): error for route in table for error in _errors(route).values()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Termtide",
            "version": version,
            "summary": "Learning and assessment data of many LMSs, as dashboards.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "tags": [{"name": tag} for tag in sorted({route.tag for route in table})],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "headers": HEADERS,
            "parameters": PARAMETERS,
            "responses": {name: problem_response(error) for name, error in sorted(errors.items())},
            "schemas": {"Problem": PROBLEM_SCHEMA, **schemas.components},
        },
    }


class _Schemas:
    """The JSON schemas of all models of a table."""

    def __init__(self, table: Sequence[Route]) -> None:
        bodies = [(route.request, "validation") for route in table if route.request]
        replies = [(route.response, "serialization") for route in table if _is_model(route.response)]
        queries = [(route.query, "validation") for route in table if route.query]
        wanted: Any = list(dict.fromkeys([*bodies, *replies, *queries]))
        found, definitions = models_json_schema(wanted, ref_template=_REF)
        self.components: Node = definitions.get("$defs", {})
        self._references: Mapping[Any, Node] = found
        self._queries: Node = {}
        for model, mode in queries:
            name = self.reference(model, mode)["$ref"].rpartition("/")[2]
            self._queries[name] = self.components.get(name, self._queries.get(name))
        for name in self._queries:
            self.components.pop(name, None)

    def reference(self, model: Any, mode: str) -> Node:  # noqa: ANN401 - pydantic's own key type
        """Return the reference to a model's schema."""
        return self._references[model, mode]

    def query(self, model: Any) -> Node:  # noqa: ANN401 - pydantic's own key type
        """Return the schema of a query model; its properties become parameters."""
        name = self.reference(model, "validation")["$ref"].rpartition("/")[2]
        schema: Node = self._queries[name]
        return schema


def _operation(route: Route, schemas: _Schemas) -> Node:
    operation: Node = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": _access(route),
        "tags": [route.tag],
        "security": [] if route.anonymous else [{"bearer": sorted(route.scopes)}],
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_shared(route)],
        "responses": {
            str(route.status): _success(route, schemas),
            **({"304": _not_modified()} if _is_conditional(route) else {}),
            **{
                str(status): {"$ref": f"#/components/responses/{_response_name(error)}"}
                for status, error in sorted(_errors(route).items())
            },
        },
        "x-rate-class": str(route.rate),
    }
    if route.request:
        schema = schemas.reference(route.request, "validation")
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _access(route: Route) -> str:
    if route.anonymous:
        return "Open to everybody."
    roles = f"Roles: {', '.join(sorted(route.roles))}." if route.roles else "No role reaches this."
    scopes = f" Scopes of machine clients: {', '.join(sorted(route.scopes))}." if route.scopes else ""
    return roles + scopes


def _errors(route: Route) -> dict[int, type[TermtideError]]:
    """Return what the route can refuse with, by status."""
    errors: list[type[TermtideError]] = [*route.errors, *_ALWAYS]
    if not route.anonymous:
        errors += [Unauthenticated, Forbidden, NotFound]
    if route.parameters:
        errors.append(NotFound)
    if route.request:
        errors.append(UnsupportedMedia)
    if route.takes_idempotency_key:
        errors += [Conflict, IdempotencyMismatch]
    return {error.status: error for error in errors}


def _is_conditional(route: Route) -> bool:
    return route.is_read and route.status == HTTPStatus.OK


def _is_model(response: object) -> bool:
    return isinstance(response, type) and issubclass(response, BaseModel)


def _path_parameters(route: Route) -> list[Node]:
    return [_path_parameter(parameter) for parameter in route.parameters]


def _path_parameter(parameter: PathParameter) -> Node:
    return {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "description": parameter.description,
        "schema": {"type": "string", "pattern": f"^(?:{parameter.pattern})$"},
        "example": parameter.example,
    }


def _query_parameters(route: Route, schemas: _Schemas) -> list[Node]:
    if route.query is None:
        return []
    schema = schemas.query(route.query)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": member.get("description", member.get("title", name)),
            "schema": {key: value for key, value in member.items() if key not in {"description", "title"}},
        }
        for name, member in schema["properties"].items()
    ]


def _shared(route: Route) -> list[Node]:
    names = ["correlationId", "traceparent"]
    if _is_conditional(route):
        names.append("ifNoneMatch")
    if PreconditionFailed in route.errors:
        names.append("ifMatch")
    if route.takes_idempotency_key:
        names.append("idempotencyKey")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _success(route: Route, schemas: _Schemas) -> Node:
    response: Node = {
        "description": HTTPStatus(route.status).phrase,
        "headers": _headers("X-Correlation-Id", "RateLimit", "RateLimit-Policy", "Cache-Control"),
    }
    if _is_conditional(route):
        response["headers"] |= _headers("ETag", "Data-Version", "Next-Poll")
    if route.status == HTTPStatus.CREATED:
        response["headers"] |= _headers("Location")
    if route.takes_idempotency_key:
        response["headers"] |= _headers("Idempotency-Replayed")
    if isinstance(route.response, Media):
        response["description"] = route.response.description
        if route.response.attachment:
            response["headers"] |= _headers("Content-Disposition")
        types = (route.response.type, *route.response.also)
        response["content"] = {media: {"schema": {"type": "string"}} for media in types}
    elif route.response is not None:
        schema = schemas.reference(route.response, "serialization")
        response["content"] = {"application/json": {"schema": schema}}
    return response


def _not_modified() -> Node:
    return {
        "description": "The caller holds the current version",
        "headers": _headers(
            "ETag", "Data-Version", "Next-Poll", "X-Correlation-Id", "RateLimit", "RateLimit-Policy"
        ),
    }


def _headers(*names: str) -> Node:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _response_name(error: type[TermtideError]) -> str:
    return "".join(part.title() for part in error.code.split("-"))
