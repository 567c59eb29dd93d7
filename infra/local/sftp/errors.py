"""What the blob account says, as what an SFTP client understands."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncssh
from azure.core.exceptions import (
    AzureError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the SFTP error for what the SDK raises inside."""
    try:
        yield
    except ResourceNotFoundError as error:
        raise asyncssh.SFTPNoSuchFile("no such file") from error
    except ResourceExistsError as error:
        raise asyncssh.SFTPFileAlreadyExists("the file exists") from error
    except ResourceModifiedError as error:
        raise asyncssh.SFTPFailure("the file was taken in or written by somebody else meanwhile") from error
    except AzureError as error:
        raise asyncssh.SFTPFailure("the store does not answer; try again") from error
