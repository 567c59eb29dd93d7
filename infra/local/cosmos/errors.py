"""The errors that the server answers with: an HTTP status, a code word, a message, sometimes a substatus."""

import json
from http import HTTPStatus

CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    449: "RetryWith",
    500: "InternalServerError",
    501: "NotImplemented",
}


class CosmosError(Exception):
    """A refusal as the REST dialect words it: `{"code", "message"}` plus an optional `x-ms-substatus`."""

    def __init__(
        self, status: int, message: str, substatus: int = 0, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.substatus = substatus
        self.headers = headers or {}

    @property
    def code(self) -> str:
        """The code word of the body, such as `BadRequest`."""
        return CODES.get(self.status) or HTTPStatus(self.status).phrase


def bad_request(message: str, substatus: int = 0) -> CosmosError:
    """Return a 400."""
    return CosmosError(400, message, substatus)


def not_found(what: str = "Entity with the specified id does not exist in the system.") -> CosmosError:
    """Return a 404."""
    return CosmosError(404, what)


def conflict(message: str = "Entity with the specified id already exists in the system.") -> CosmosError:
    """Return a 409."""
    return CosmosError(409, message)


def precondition_failed() -> CosmosError:
    """Return the 412 of an ETag or a patch filter that does not hold."""
    return CosmosError(412, "One of the specified pre-condition is not met.")


def too_large(message: str = "Request size is too large.") -> CosmosError:
    """Return a 413."""
    return CosmosError(413, message)


def not_implemented(feature: str) -> CosmosError:
    """Return the 501 that names a feature of the cloud which this server does not have."""
    return CosmosError(501, f"The local Cosmos server does not implement {feature}.")


class QueryError(CosmosError):
    """A query text that cannot be run, with the offsets at which it goes wrong."""

    def __init__(self, message: str, start: int = 0, end: int = 0, code: str = "SC1001") -> None:
        location = {"start": start, "end": end}
        error = {"severity": "Error", "location": location, "code": code, "message": message}
        super().__init__(400, json.dumps({"errors": [error]}, ensure_ascii=False, separators=(",", ":")))
