"""The feeds of the simulation: those that are built in, two of its own, and mended versions of three."""

from functools import cache
from typing import Final

from shared.ingestion.mapping.catalogue import Catalogue, read_mapping
from shared.ingestion.mapping.feed import Mapping
from tests.simulation import journals, registers
from tests.simulation.files import MENDED_STATUS

_BUILT_IN: Final = Catalogue.built_in()


@cache
def catalogue() -> Catalogue:
    """Return all feeds as they are at first."""
    return Catalogue((*_BUILT_IN.newest, read_mapping(journals.FEED), read_mapping(registers.FEED)))


@cache
def mended_catalogue() -> Catalogue:
    """Return all feeds, and of three a next version that takes some of what the first one rejects."""
    first = catalogue()
    return Catalogue((*first.newest, *(_mended(first.get(feed, 1)) for feed in MENDED)))


MENDED: Final = ("attempts", journals.FEED.stem, registers.FEED.stem)


def _mended(mapping: Mapping) -> Mapping:
    """Return a mapping that knows a further code, or a further mark of what is missing."""
    stated = mapping.model_dump(by_alias=True) | {"version": 2}
    if mapping.id != "attempts":
        stated["missing"] = [*stated["missing"], journals.NO_POINTS]
    for column in (column for part in stated["parts"] for column in part["columns"]):
        if column["name"] == "status":
            column["codes"][MENDED_STATUS] = "submitted"
    return Mapping.model_validate(stated)
