"""A client of Termtide's own HTTP interface: upload a file, follow its ingest, read what came of it."""

import asyncio
import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import aiohttp
from pydantic import BaseModel

from shared.analytics.views import Overview
from shared.ingestion.model import ENDED, Way
from shared.ingestion.views import IngestView, RejectPage, RejectView, UploadView

_POLL_SECONDS: Final = 0.2
_STANDSTILL_SECONDS: Final = 180.0


class ApiError(Exception):
    """The interface refused a request, or an ingest does not go on; the text says what and why."""


class Refused(ApiError):
    """An answer other than success."""

    def __init__(self, request: str, status: int, reason: str) -> None:
        super().__init__(f"{request} was answered {status}: {reason}")
        self.status = status


def is_final(ingest: IngestView) -> bool:
    """Tell whether an ingest has ended, well or not."""
    return ingest.state in ENDED


class Api:
    """The interface as one caller: `async with Api("http://127.0.0.1:7071", token) as api`.

    Raises `ApiError`, and `aiohttp.ClientError` when nobody answers.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._token = token
        self._client = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def upload(self, content: BinaryIO, name: str, way: Way = Way.SAS) -> str:
        """Upload `content` from its start as a file called `name` and return the id of its ingest."""
        wanted = {"fileName": name, "size": content.seek(0, os.SEEK_END), "way": way}
        content.seek(0)
        granted = await self._call("POST", "uploads", UploadView, wanted)
        async with self._client.request(
            granted.method, granted.url, data=content, headers=granted.headers
        ) as answer:
            if not answer.ok:
                raise Refused("the upload", answer.status, await _reason(answer))
        return granted.ingest_id

    async def ingest(self, ingest_id: str) -> IngestView | None:
        """Return an ingest, None while its file has not been noticed."""
        try:
            return await self.read(f"ingests/{ingest_id}", IngestView)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    async def follow(self, ingest_id: str, watch: Callable[[IngestView], None] | None = None) -> IngestView:
        """Wait until an ingest has ended and return it; `watch` sees it at every look.

        `ApiError` when nothing changes for three minutes: the sweeper would have moved it before.
        """
        before: IngestView | None = None
        changed = time.monotonic()
        while True:
            now = await self.ingest(ingest_id)
            if now is not None and watch is not None:
                watch(now)
            if now is not None and is_final(now):
                return now
            if now != before:
                before, changed = now, time.monotonic()
            if time.monotonic() - changed > _STANDSTILL_SECONDS:
                state = before.state if before else "not noticed yet"
                raise ApiError(f"ingest {ingest_id} stands still ({state})")
            await asyncio.sleep(_POLL_SECONDS)

    async def rejects(self, ingest_id: str, limit: int) -> list[RejectView]:
        """Return the first rejects of an ingest; `limit` is at most a page."""
        return (await self.read(f"ingests/{ingest_id}/rejects?limit={limit}", RejectPage)).items

    async def overview(self) -> Overview:
        """Return the courses that the caller may see."""
        return await self.read("dashboards", Overview)

    async def read[M: BaseModel](self, path: str, model: type[M]) -> M:
        """Return what `GET /api/{path}` answers."""
        return await self._call("GET", path, model)

    async def _call[M: BaseModel](
        self, method: str, path: str, model: type[M], body: dict[str, Any] | None = None
    ) -> M:
        headers = {"Authorization": f"Bearer {self._token}"}
        while True:
            async with self._client.request(
                method, f"{self._base_url}/api/{path}", json=body, headers=headers
            ) as answer:
                if answer.ok:
                    return model.model_validate_json(await answer.read())
                if answer.status != 429:
                    raise Refused(f"{method} /api/{path}", answer.status, await _reason(answer))
                pause = int(answer.headers.get("Retry-After", "1"))
            await asyncio.sleep(pause)


async def _reason(answer: aiohttp.ClientResponse) -> str:
    """Return what a problem document says (RFC 9457), or whatever else came."""
    if answer.content_type != "application/problem+json":
        return (await answer.text())[:500] or answer.reason or ""
    problem: dict[str, Any] = await answer.json(content_type=None)
    places = (f"; {error.get('pointer', '')} {error['detail']}" for error in problem.get("errors", ()))
    return f"{problem.get('detail') or problem['title']}{''.join(places)}"
