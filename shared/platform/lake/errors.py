"""Translates what the blob SDK, Delta Lake and Polars raise into the kernel's error tree."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import (
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from deltalake.exceptions import CommitFailedError

from shared.kernel.errors import NotFound, Unavailable

_PASSING = frozenset({408, 429, 500, 502, 503, 504})


@contextmanager
def translated() -> Iterator[None]:
    """Raise `NotFound` for a missing object, `Unavailable` for a store that is busy or a race that is lost.

    Anything else, such as a refused signature, is a defect or a wrong deployment and passes through.
    """
    try:
        yield
    except (ResourceNotFoundError, FileNotFoundError) as error:
        raise NotFound from error
    except HttpResponseError as error:
        if error.status_code in _PASSING:
            raise Unavailable from error
        raise
    except (ServiceRequestError, ServiceResponseError, CommitFailedError) as error:
        raise Unavailable from error
    except OSError as error:
        # The Rust object store raises it for everything; a refusal of rights says so in words only.
        if "403 Forbidden" in str(error):
            raise
        raise Unavailable from error
