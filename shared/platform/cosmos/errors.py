"""Translates what the Cosmos SDK raises into the kernel's error tree."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.cosmos.exceptions import (
    CosmosBatchOperationError,
    CosmosClientTimeoutError,
    CosmosHttpResponseError,
)

from shared.kernel.errors import (
    Conflict,
    NotFound,
    PreconditionFailed,
    TermtideError,
    TooLarge,
    Unavailable,
    Violation,
)

_READ_SESSION_NOT_AVAILABLE = 1002
_OWNER_RESOURCE_NOT_FOUND = 1003
_PASSING = frozenset({408, 410, 429, 449, 500, 502, 503, 504})
"""Time-out, moved partition, throttled, retry-with, faults of the service: the call may succeed later."""

_REFUSALS: dict[int, type[TermtideError]] = {
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    413: TooLarge,
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise the kernel's error for what the SDK raises inside.

    `NotFound` (404), `Conflict` (409), `PreconditionFailed` (412), `TooLarge` (413) and `Unavailable`
    (throttled, timed out, unreachable). Anything else, such as a malformed query or a missing container, is a
    defect or a wrong deployment: it passes through untranslated.
    """
    try:
        yield
    except (CosmosHttpResponseError, CosmosBatchOperationError) as error:
        raise _of_response(error) from error
    except (CosmosClientTimeoutError, ServiceRequestError, ServiceResponseError) as error:
        raise Unavailable from error


def refused_operation(error: TermtideError) -> int:
    """Return the position, from 0, of the batch operation that `error` speaks of."""
    return int(error.violations[0].place.rpartition("/")[2])


def _of_response(error: CosmosHttpResponseError | CosmosBatchOperationError) -> AzureError | TermtideError:
    status, sub_status = int(error.status_code or 0), error.sub_status
    if status in _PASSING or (status == 404 and sub_status == _READ_SESSION_NOT_AVAILABLE):
        return Unavailable()
    refusal = _REFUSALS.get(status)
    if refusal is None or (status == 404 and sub_status == _OWNER_RESOURCE_NOT_FOUND):
        return error
    if isinstance(error, CosmosBatchOperationError):
        return refusal(violations=[Violation(f"/operations/{error.error_index}", refusal.title)])
    return refusal()
