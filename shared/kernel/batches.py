"""Cuts what comes in an order into batches of a bounded size."""

from collections.abc import Callable, Iterable, Iterator


def sized[T](items: Iterable[T], size: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Yield items in their order, as many together as come to at most `most`; one that is larger is alone."""
    batch: list[T] = []
    taken = 0
    for item in items:
        own = size(item)
        if batch and taken + own > most:
            yield batch
            batch, taken = [], 0
        batch.append(item)
        taken += own
    if batch:
        yield batch
