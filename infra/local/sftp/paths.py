"""Paths of clients: always below the tenant's folder, whatever they say."""

import posixpath
from typing import Final

import asyncssh

_LONGEST: Final = 900
"""Characters of a path: with the tenant before it, a blob's name holds at most 1024."""


def canonical(path: bytes) -> str:
    """Return the absolute path that a client means; `/` is the tenant's folder, and nothing is above it.

    `SFTPNoSuchFile` for a path that no blob can have.
    """
    try:
        text = path.decode()
    except UnicodeDecodeError as fault:
        raise asyncssh.SFTPNoSuchFile("a path is written in UTF-8") from fault
    if len(text) > _LONGEST or any(not letter.isprintable() for letter in text):
        raise asyncssh.SFTPNoSuchFile(f"a path has at most {_LONGEST} printable characters")
    # Two slashes at the front would stay two: POSIX gives them a meaning of their own.
    return "/" + posixpath.normpath(posixpath.join("/", text)).lstrip("/")


def blob_name(tenant: str, path: bytes) -> str:
    """Return the name of the blob at a client's path; for the tenant's folder itself its name and a slash."""
    return f"{tenant}{canonical(path)}"
