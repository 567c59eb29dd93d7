"""The cold start of the HTTP role is a feature: what it may cost, and what it may not load.

Every run is a new process with unchecked-hash bytecode, as the deployment package has it (PEP 552), which
imports the app and indexes its functions. The measure is CPU time, as a ratio to a loop in the same process.
"""

import json
import os
import py_compile
import statistics
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.processes import ROOT

RATIO = 1.5
RUNS = 7
HEAVY = (
    "polars",
    "deltalake",
    "pyarrow",
    "lxml",
    "azure.storage.blob",
    "azure.identity",
    "azure.servicebus",
    "azure.cosmos",
    "aiohttp",
    "cryptography",
    "jwt",
)

_START = """
import json, sys, time
began = time.process_time()
total = 0
for i in range(3_000_000):
    total += i
looped = time.process_time()
import function_app
names = [function.get_function_name() for function in function_app.app.get_functions()]
indexed = time.process_time()
files = [module.__spec__.origin for module in list(sys.modules.values()) if getattr(module, "__spec__", None)]
print(json.dumps({
    "loop": looped - began, "start": indexed - looped, "functions": names,
    "modules": sorted(sys.modules), "files": [f for f in files if f and f.endswith(".py")],
}))
"""


def _start(bytecode: Path, *, write: bool = False) -> dict[str, Any]:
    values = json.loads((ROOT / "local.settings.sample.json").read_text(encoding="utf-8"))["Values"]
    environment = {
        **os.environ,
        **values,
        "APP_ROLES": "http",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(bytecode),
        "PYTHONDONTWRITEBYTECODE": "" if write else "1",
    }
    ended = subprocess.run(
        [sys.executable, "-c", _START],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    measured: dict[str, Any] = json.loads(ended.stdout)
    return measured


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which every module of the start has unchecked-hash bytecode."""
    folder = tmp_path_factory.mktemp("bytecode")
    for file in _start(folder, write=True)["files"]:
        before, sys.pycache_prefix = sys.pycache_prefix, str(folder)
        try:
            target = cache_from_source(file)
        finally:
            sys.pycache_prefix = before
        py_compile.compile(
            file,
            cfile=target,
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    return folder


@pytest.fixture(scope="module")
def starts(bytecode: Path) -> list[dict[str, Any]]:
    """The measured starts."""
    return [_start(bytecode) for _ in range(RUNS)]


def test_importing_and_indexing_costs_at_most_one_and_a_half_loops(starts: list[dict[str, Any]]) -> None:
    loop = statistics.median(start["loop"] for start in starts)
    cost = statistics.median(start["start"] for start in starts)
    assert cost <= RATIO * loop, f"{cost * 1000:.0f} ms against a loop of {loop * 1000:.0f} ms"


def test_the_start_loads_nothing_that_only_some_calls_need(starts: list[dict[str, Any]]) -> None:
    loaded = {
        module
        for module in starts[0]["modules"]
        if any(module == heavy or module.startswith(f"{heavy}.") for heavy in HEAVY)
    }
    assert not loaded


def test_the_start_really_indexed_the_routes(starts: list[dict[str, Any]]) -> None:
    assert {"read_health", "read_me"} <= set(starts[0]["functions"])
