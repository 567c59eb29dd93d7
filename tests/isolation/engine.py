"""Calls functions of the app through Microsoft's engine, which runs in a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.fixtures.processes import ROOT

_LINE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Indexed:
    """A function as the engine indexed it: its trigger's type, and the options of its trigger."""

    name: str
    trigger: str
    options: Mapping[str, Any]


class AppEngine:
    """All functions of the app, of every role. They work on the services that the environment names."""

    def __init__(self, process: asyncio.subprocess.Process, functions: list[Indexed]) -> None:
        self._process = process
        self._turn = asyncio.Lock()
        self.functions = {function.name: function for function in functions}

    async def invoke(self, function: str, **delivery: object) -> Mapping[str, Any]:
        """Run a function once and return its `error` (None when it succeeded) and HTTP `status`."""
        assert self._process.stdin
        assert self._process.stdout
        async with self._turn:
            line = json.dumps({"function": function, **delivery})
            self._process.stdin.write(line.encode() + b"\n")
            answer = await self._process.stdout.readline()
        ended: Mapping[str, Any] = json.loads(answer)
        return ended

    async def deliver(self, function: str, **delivery: object) -> None:
        """Run a function that has to succeed: to refuse is to return, to raise is to be asked again."""
        ended = await self.invoke(function, **delivery)
        assert ended["error"] is None, ended["error"]


@asynccontextmanager
async def app_engine(settings: Mapping[str, str]) -> AsyncIterator[AppEngine]:
    """Run the engine with all roles during the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.isolation.engine_process",
        cwd=ROOT,
        env={**os.environ, **settings, "APP_ROLES": "http,query,ingest", "LOG_LEVEL": "ERROR"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_BYTES,
    )
    assert process.stdin
    assert process.stdout
    try:
        indexed = json.loads(await process.stdout.readline())
        yield AppEngine(process, [Indexed(**function) for function in indexed])
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 20)
