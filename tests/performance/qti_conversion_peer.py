"""Conversions of 2.x items to 3.0 per CPU-second, beside @citolab/qti-convert 0.3.52 on the same files.

It is the one converter that npm, PyPI or Debian hold. It is installed into a folder of its own, started once,
and counted only while it converts; of this library the parsing of the bytes and the writing are counted too.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Final

from shared.standards import qti

type Figure = tuple[str, float, str, float | None]

_VERSION: Final = "0.3.52"
_FOLDER: Final = Path(__file__).resolve().parents[2] / ".cache" / f"qti-convert-{_VERSION}"
_SCRIPT: Final = Path(__file__).resolve().parents[1] / "fixtures" / "qti_convert" / "convert.mjs"
_TURNS: Final = 50
"""How often this library converts each file: once would be too short to measure."""


def run(data: Path) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    files = sorted(
        file for folder in ("pie-qti", "qtiworks") for file in (data / "files/scored" / folder).glob("*.xml")
    )
    own, peer = _converted_by_us(files), _converted_by_peer(files)
    return [
        ("Conversions of 2.x to 3.0, bytes to bytes", own, "files/CPU-s", None),
        (f"@citolab/qti-convert {_VERSION} on the same files", peer, "files/CPU-s", None),
        ("This library against @citolab/qti-convert", own / peer, "times its files/s", 1.0),
    ]


def _converted_by_us(files: list[Path]) -> float:
    contents = [file.read_bytes() for file in files]
    started = process_time()
    for _ in range(_TURNS):
        for content in contents:
            qti.serialise(qti.to_3_0(qti.parse(content)).document)
    return _TURNS * len(files) / (process_time() - started)


def _converted_by_peer(files: list[Path]) -> float:
    script = _installed()
    sys.stderr.write(f"  running @citolab/qti-convert on {len(files)} files\n")
    node = _program("node")
    done = subprocess.run([node, script, *files], cwd=_FOLDER, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if told["files"] != len(files):
        raise RuntimeError(f"@citolab/qti-convert converted {told['files']} of {len(files)} files")
    return float(told["files"] / told["seconds"])


def _installed() -> Path:
    """Return the script beside the package, which is installed the first time."""
    script = _FOLDER / _SCRIPT.name
    if not (_FOLDER / "node_modules" / "@citolab" / "qti-convert").exists():
        sys.stderr.write(f"  installing @citolab/qti-convert {_VERSION}\n")
        _FOLDER.mkdir(parents=True, exist_ok=True)
        install = [_program("npm"), "install", "--silent", "--no-save", f"@citolab/qti-convert@{_VERSION}"]
        subprocess.run(install, cwd=_FOLDER, check=True)
    shutil.copyfile(_SCRIPT, script)
    return script


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"@citolab/qti-convert needs {name}")
    return found
