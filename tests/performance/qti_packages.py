"""Reads the packages and documents of a folder, imports 500 items, counts what refusing hostile input costs.

The folder holds `vectors.json`, `packages.json` and the files that they name.
"""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from shared.standards.qti import Document, check_references, check_structure, detect, open_package, parse

_ITEMS = 500

type Figures = list[tuple[str, float, str, float | None]]


def run(data: Path) -> Figures:
    """Return how much is recognised wrongly, and the costs."""
    files = _scored_files(data)
    return [*_facts(data), *_recognised(files), *_import(list(files)), *_hostile()]


def _scored_files(data: Path) -> dict[Path, Mapping[str, Any]]:
    vectors = json.loads((data / "vectors.json").read_text(encoding="utf-8"))["vectors"]
    return {data / vector["file"]: vector for vector in vectors}


def _facts(data: Path) -> Figures:
    told = json.loads((data / "packages.json").read_text(encoding="utf-8"))["packages"]
    wrong = sum(open_package(data / name).facts() != facts for name, facts in told.items())
    return [(f"packages: facts wrong of {len(told)}", wrong, "", 0)]


def _recognised(files: Mapping[Path, Mapping[str, Any]]) -> Figures:
    documents = {path: parse(path.read_bytes(), file=path.name) for path in files}
    versions = sum(detect(documents[path]).version != vector["version"] for path, vector in files.items())
    valid = {path for path, vector in files.items() if vector["schema_valid"]}
    alarms = sum(bool(check_structure(documents[path])) for path in valid)
    silent = sum(not _faults(documents[path]) for path in files.keys() - valid)
    return [
        (f"items: versions wrong of {len(files)}", versions, "", 0),
        (f"items: faults found in the {len(valid)} that schemas take", alarms, "", 0),
        (f"items: nothing found in the {len(files) - len(valid)} that they do not", silent, "", 0),
    ]


def _faults(document: Document) -> bool:
    return bool(check_structure(document) or check_references(document))


def _import(files: list[Path]) -> Figures:
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(_package(files))
        file.flush()
        cost = _answer("tests.fixtures.qti_import_costs", file.name)
    if cost["items"] != _ITEMS:
        raise ValueError(f"{cost['items']} items were read of {_ITEMS}")
    return [
        (f"package of {_ITEMS} items: imported", cost["seconds"], "CPU-s", 3),
        (f"package of {_ITEMS} items: process at its peak", cost["megabytes"], "MB", 200),
    ]


def _package(files: list[Path]) -> bytes:
    out = io.BytesIO()
    kind = "imsqti_item_xmlv2p2"
    resources = "".join(f'<resource identifier="{n}" type="{kind}" href="{n}.xml"/>' for n in range(_ITEMS))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", f"<manifest><resources>{resources}</resources></manifest>")
        for n, path in enumerate(islice(cycle(files), _ITEMS)):
            archive.writestr(f"{n}.xml", path.read_bytes())
    return out.getvalue()


def _hostile() -> Iterator[tuple[str, float, str, float | None]]:
    costs = _answer("tests.fixtures.hostile_costs")
    taken = [what for what, (refused, _, _) in costs.items() if not refused]
    yield f"hostile inputs taken of {len(costs)}", len(taken), "", 0
    for at, unit, most in ((1, "CPU-ms", 50.0), (2, "MB", 64.0)):
        amounts = {what: cost[at] for what, cost in costs.items()}
        worst = max(amounts, key=amounts.__getitem__)
        yield f"hostile inputs: most, for {worst}", amounts[worst], unit, most


def _answer(module: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", module, *arguments]
    told = subprocess.run(command, capture_output=True, check=True, text=True, cwd=Path(__file__).parents[2])
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer
