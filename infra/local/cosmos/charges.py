"""Request units: a model that has the shape of the cloud's bill, not its exact figures.

A point read costs 1 for the first KB and 0.09 for each further one (about 10 for 100 KB). A create costs 5
times the read of the same item, a write over an existing item 10 times, a delete 5 times. A query costs 2.3
to start, 0.1 for each item it has to touch and 0.3 for each KB of those. With a usable index it touches what
matches, otherwise the whole range.
"""

KILOBYTE = 1024


def point_read(size: int) -> float:
    """Return the charge of reading one item of this many bytes."""
    return 1 + 0.09 * max(0, -(-size // KILOBYTE) - 1)


def create(size: int) -> float:
    """Return the charge of adding an item."""
    return 5 * point_read(size)


def overwrite(size: int) -> float:
    """Return the charge of replacing or patching an item."""
    return 10 * point_read(size)


def delete(size: int) -> float:
    """Return the charge of deleting an item."""
    return 5 * point_read(size)


def query(items: int, size: int) -> float:
    """Return the charge of a page of a query that touched this many items and bytes."""
    return 2.3 + 0.1 * items + 0.3 * size / KILOBYTE


def feed(items: int, size: int) -> float:
    """Return the charge of a page of the change feed: cheaper than a query, never free."""
    return 1 + 0.05 * items + 0.2 * size / KILOBYTE


METADATA = 1.0
REFUSED = 1.0
