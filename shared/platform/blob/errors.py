"""Translates what the blob SDK raises into the kernel's error tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from shared.kernel.errors import Conflict, NotFound, PreconditionFailed, TermtideError, Unavailable

_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
_REFUSALS: Final[dict[int, type[TermtideError]]] = {404: NotFound, 409: Conflict, 412: PreconditionFailed}


@contextmanager
def translated() -> Iterator[None]:
    """Raise the kernel's error for what the SDK raises inside.

    `NotFound` (404), `Conflict` (409), `PreconditionFailed` (412) and `Unavailable` (busy, timed out,
    unreachable). Anything else, such as a refused signature, is a defect or a wrong deployment and passes.
    """
    try:
        yield
    except HttpResponseError as error:
        if error.status_code in _PASSING:
            raise Unavailable from error
        refusal = _REFUSALS.get(error.status_code or 0)
        if refusal is None:
            raise
        raise refusal from error
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Unavailable from error
