"""The faults of deliveries: what goes wrong with whole files, each a file that is sent after a sound one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from scripts.lib.simulation.wishes import Wish
from shared.ingestion.loads import Load

_AGED: Final = 400


@dataclass(frozen=True, slots=True)
class DeliveryFault:
    """A fault of a whole file; `spoil` returns None where a file can't have it."""

    name: str
    says: str
    spoil: Callable[[Wish], Wish | None]


def states_all(wish: Wish) -> Load | None:
    """Return how a file joins that states everything of its source; None where the feed has no such file."""
    if not wish.parts[0].load.merges:
        return wish.parts[0].load
    manifest = wish.mapping.manifest if wish.single is None else None
    loads = {*wish.mapping.loads.values(), *(manifest.loads.values() if manifest else ())}
    return Load.SNAPSHOT if Load.SNAPSHOT in loads else None


def _corrected(wish: Wish) -> Wish:
    return replace(wish, seed=wish.seed + 1)


def _late(wish: Wish) -> Wish | None:
    tells = all("updated_at" in part.by_name for part in wish.parts)
    return replace(wish, seed=wish.seed + 2, aged=_AGED) if tells and wish.parts[0].load.merges else None


def _without(share: float) -> Callable[[Wish], Wish | None]:
    def spoil(wish: Wish) -> Wish | None:
        load = states_all(wish)
        fewer = replace(wish, load=load, rows=int(wish.rows * (1 - share)))
        return (fewer if fewer.rows else _plain(fewer)) if load else None

    return spoil


def _plain(wish: Wish) -> Wish:
    """Return the file as text in UTF-8 that is all one table; a bundle as it is."""
    if wish.single is None:
        return wish
    return replace(wish, container="plain", style=replace(wish.style, encoding="utf-8"))


def _nul(wish: Wish) -> Wish | None:
    return replace(_plain(wish), damage="nul") if wish.single else None


def _swapped(wish: Wish) -> Wish | None:
    learners = all("learner" in part.by_name for part in wish.parts)
    return replace(wish, swapped=True) if learners else None


_fault: Final = DeliveryFault
DELIVERY_FAULTS: Final[Mapping[str, DeliveryFault]] = {
    fault.name: fault
    for fault in (
        _fault("repeated", "the same file again: nothing changes", lambda wish: wish),
        _fault("renamed", "the same content, its name numbered by a browser: nothing changes",
               lambda wish: replace(wish, copy=1)),
        _fault("corrected", "the same rows with other values", _corrected),
        _fault("transferred", "everybody is in another class",
               lambda wish: replace(_corrected(wish), moved=1)),
        _fault("late", "rows that changed long ago come last: newer ones stay", _late),
        _fault("cut-short", "text ends within its last record, which is rejected; an archive is refused",
               lambda wish: replace(wish, cut_short=True)),
        _fault("empty", "a header and no record: refused, nothing changes",
               lambda wish: replace(_plain(wish), rows=0)),
        _fault("nul-byte", "a NUL byte in the text: refused, nothing changes", _nul),
        _fault("fewer", "a file that states everything lacks some rows: they vanish", _without(0.2)),
        _fault("too-few", "a file that states everything lacks most rows: held, nothing changes",
               _without(0.8)),
        _fault("swapped-ids", "identifiers in each other's columns: as good as before, of other people",
               _swapped),
    )
}  # fmt: skip
"""Every fault of deliveries by name, in the order in which they are sent."""


def delivered(wish: Wish, faults: tuple[str, ...]) -> Iterator[tuple[str, Wish]]:
    """Yield a sound file and, each by the name of its fault, those that are sent after it."""
    yield "sound", wish
    for name in DELIVERY_FAULTS:
        spoiled = DELIVERY_FAULTS[name].spoil(wish) if name in faults else None
        if spoiled is not None:
            yield name, spoiled
