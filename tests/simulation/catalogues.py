"""The feeds of the simulation: those that are built in, and two of its own."""

from functools import cache
from typing import Final

from shared.ingestion.catalogue import Catalogue, read_mapping
from tests.simulation import journals, registers

_BUILT_IN: Final = Catalogue.built_in()


@cache
def catalogue() -> Catalogue:
    """Return all feeds."""
    return Catalogue((*_BUILT_IN.newest, read_mapping(journals.FEED), read_mapping(registers.FEED)))
