"""The feeds that Termtide knows: every mapping file, by feed and version, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Self

from pydantic import ValidationError

from shared.ingestion.mapping.feed import Mapping
from shared.kernel.errors import InvalidInput, NotFound, Violation

_FEEDS: Final = Path(__file__).parents[1] / "feeds"


class Catalogue:
    """Mappings by feed and version. Recognition tries the newest version of each feed only."""

    def __init__(self, mappings: tuple[Mapping, ...]) -> None:
        self._by_version = {(m.id, m.version): m for m in mappings}
        newest = {m.id: m for m in sorted(mappings, key=lambda m: m.version)}
        self.newest = tuple(newest[feed] for feed in sorted(newest))

    @classmethod
    @cache
    def built_in(cls) -> Self:
        """Return the catalogue of the files in `feeds/`."""
        return cls(tuple(read_mapping(path) for path in sorted(_FEEDS.glob("*.toml"))))

    def get(self, feed: str, version: int) -> Mapping:
        """Return the mapping that a plan pinned; `NotFound` when this release no longer has it."""
        mapping = self._by_version.get((feed, version))
        if mapping is None:
            raise NotFound(f"mapping {feed} version {version} is not part of this release")
        return mapping


def read_mapping(path: Path) -> Mapping:
    """Read and validate one mapping file; `InvalidInput` lists every broken rule with its place."""
    try:
        with path.open("rb") as file:
            return Mapping.model_validate(tomllib.load(file))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput.at(path.name, str(error)) from None
    except ValidationError as error:
        places = ("/".join(map(str, fault["loc"])) for fault in error.errors())
        faults = [
            Violation(f"{path.name}#/{place}", fault["msg"])
            for place, fault in zip(places, error.errors(), strict=True)
        ]
        raise InvalidInput("the mapping file breaks rules", violations=faults) from None
