"""Loads the demo through the real interface, and compares what came of it with the generator's truth."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from scripts.lib.api import Api, is_final
from scripts.lib.demo.districts import DemoDistrict, DemoFile, seed
from scripts.lib.demo.progress import Watch
from scripts.lib.demo.result import CourseResult, DistrictResult, FileResult
from scripts.lib.demo_files import Truth
from scripts.lib.development_access import DevelopmentAccess
from shared.analytics.serving.last_folds import LIFETIME
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView

_FOLDER: Final = "demo"
_INGESTS: Final = "ingests.json"


async def load_demo(
    access: DevelopmentAccess, districts: Iterable[DemoDistrict], watch: Watch
) -> list[DistrictResult]:
    """Bring the districts to the state that their demo files describe.

    A file that an earlier run has uploaded is not uploaded again, unless the dashboard shows other figures
    by now. `ApiError`, `aiohttp.ClientError`.
    """
    known = _KnownIngests(access.data / _FOLDER / _INGESTS)
    return await asyncio.gather(*(_Loading(access, d, known, watch).run() for d in districts))


class _KnownIngests:
    """Which ingest each demo file became, kept beside the local state."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, label: str) -> str | None:
        return self._read().get(label)

    def put(self, label: str, ingest: str) -> None:
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps({**self._read(), label: ingest}, indent=2), encoding="utf-8")
        unfinished.replace(self._file)

    def _read(self) -> Mapping[str, str]:
        if not self._file.exists():
            return {}
        known: Mapping[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        return known


class _Loading:
    """The way of one district."""

    def __init__(
        self, access: DevelopmentAccess, district: DemoDistrict, known: _KnownIngests, watch: Watch
    ) -> None:
        self._access = access
        self._district = district
        self._known = known
        self._watch = watch
        self._folder = access.data / _FOLDER / district.id

    async def run(self) -> DistrictResult:
        await seed(self._access, self._district)
        truths = await asyncio.to_thread(self._write_files)
        async with self._access.api(self._district.id) as api:
            loaded_before = all(self._known.get(self._label(file)) for file in self._district.files)
            result = await self._result(api, truths, again=False)
            if result.correct or not loaded_before:
                return result
            return await self._result(api, truths, again=True)

    def _write_files(self) -> dict[str, Truth]:
        self._folder.mkdir(parents=True, exist_ok=True)
        truths = {}
        for file in self._district.files:
            with (self._folder / file.name).open("wb") as out:
                truths[file.name] = file.write(out)
        return truths

    async def _result(self, api: Api, truths: Mapping[str, Truth], *, again: bool) -> DistrictResult:
        ended = await asyncio.gather(*(self._ingest(api, file, again) for file in self._district.files))
        if again:
            # The overview was read before: for as long as it is remembered, it would be given once more.
            await asyncio.sleep(LIFETIME.total_seconds())
        lines = {line.course_id: line for line in (await api.overview()).courses}
        expected = {course: line for truth in truths.values() for course, line in truth.courses.items()}
        return DistrictResult(
            tenant=self._district.id,
            name=self._district.name,
            files=tuple(FileResult.of(ingest, truths[ingest.file_name]) for ingest in ended),
            courses=tuple(
                CourseResult.of(course, lines.get(course), truth) for course, truth in expected.items()
            ),
        )

    async def _ingest(self, api: Api, file: DemoFile, again: bool) -> IngestView:
        label = self._label(file)
        known = self._known.get(label)
        before = await api.ingest(known) if known else None
        if before is not None and not again:
            return before if is_final(before) else await self._follow(api, label, before.id)
        with (self._folder / file.name).open("rb") as content:
            news = await api.upload(content, file.name)
        self._known.put(label, news)
        ended = await self._follow(api, label, news)
        if before is not None and ended.state is IngestState.DUPLICATE:
            # This file was not the one that somebody overwrote: what it became before still holds.
            self._known.put(label, before.id)
            return before
        return ended

    async def _follow(self, api: Api, label: str, ingest: str) -> IngestView:
        return await api.follow(ingest, lambda now: self._watch(label, now))

    def _label(self, file: DemoFile) -> str:
        return f"{self._district.id} {file.name}"
