"""The demo districts that the sign-in page offers, in a file that seeding writes."""

import json
from collections.abc import Mapping
from pathlib import Path

FILE = "districts.json"


def read_districts(folder: Path) -> Mapping[str, str]:
    """Return names by tenant id; empty before anything was seeded."""
    file = folder / FILE
    if not file.exists():
        return {}
    districts: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return districts


def add_districts(folder: Path, districts: Mapping[str, str]) -> None:
    """Offer these districts as well."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = (folder / FILE).with_suffix(".new")
    unfinished.write_text(json.dumps({**read_districts(folder), **districts}, indent=2), encoding="utf-8")
    unfinished.replace(folder / FILE)
