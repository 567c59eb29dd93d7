"""What clients are told of files and directories."""

import stat
from datetime import datetime

from asyncssh import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR, SFTPAttrs
from azure.storage.blob import BlobProperties

DIRECTORY = "hdi_isfolder"
"""Metadata of the empty blob that stands for a directory, as in a hierarchical namespace."""


def is_directory(blob: BlobProperties) -> bool:
    """Tell whether a blob stands for a directory."""
    return (blob.metadata or {}).get(DIRECTORY) == "true"


def of_blob(blob: BlobProperties) -> SFTPAttrs:
    """Describe a file or the mark of a directory."""
    if is_directory(blob):
        return of_directory()
    return of_file(blob.size, blob.last_modified)


def of_file(size: int, modified: datetime) -> SFTPAttrs:
    """Describe a file."""
    moment = int(modified.timestamp())
    return SFTPAttrs(
        type=FILEXFER_TYPE_REGULAR,
        size=size,
        uid=0,
        gid=0,
        permissions=stat.S_IFREG | 0o600,
        atime=moment,
        mtime=moment,
    )


def of_directory() -> SFTPAttrs:
    """Describe a directory."""
    return SFTPAttrs(
        type=FILEXFER_TYPE_DIRECTORY,
        size=0,
        uid=0,
        gid=0,
        permissions=stat.S_IFDIR | 0o700,
        atime=0,
        mtime=0,
    )
