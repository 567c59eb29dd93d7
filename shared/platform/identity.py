"""The identity of this process towards Azure, shared by every adapter that is given an address and no key."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.identity import DefaultAzureCredential as BlockingCredential
    from azure.identity.aio import DefaultAzureCredential


@cache
def process_identity() -> "DefaultAzureCredential":
    """Return the credential of the process: its managed identity in the cloud, a login elsewhere.

    One per process, since each keeps its own token cache.
    """
    from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415 - 150 ms that a key does not need

    return DefaultAzureCredential()


@cache
def blocking_identity() -> "BlockingCredential":
    """Return the same credential for clients whose calls block the thread that makes them."""
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - as above

    return DefaultAzureCredential()
