"""Faults of storage."""


class StorageError(Exception):
    """The data folder can't be used; the message names the file and the reason."""
