"""A document store behind the weather, by the interface of the SDK: partitions, ETags, batches, change feed.

Reads are of session consistency: a process sees what it wrote and never goes back in time, but what others
wrote it may see late. Queries are run by the query engine of the local cloud.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from infra.local.cosmos.sql.execution import compile_text
from tests.simulation.virtual_time import VirtualClock
from tests.simulation.weather import Process, Weather

type Document = dict[str, Any]
type _Key = tuple[tuple[str, ...], str]

_LATEST: Final = 1.9
"""Seconds by which a read may lag, fewer than lie between an upload record and the event of its blob."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What a document was from a moment on; None for a document that was deleted."""

    number: int
    at: float
    text: str | None


@dataclass(slots=True)
class DocumentStore:
    """The documents of one container, with their history. `levels` are the parts of its partition key."""

    name: str
    levels: tuple[str, ...]
    weather: Weather
    history: dict[_Key, list[_Version]] = field(default_factory=dict)
    writes: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: dict[tuple[Process, tuple[str, ...]], int] = field(default_factory=dict)

    def container(self) -> "SimulatedContainer":
        """Return what stands for the SDK's container."""
        return SimulatedContainer(self)

    def documents(self) -> list[Document]:
        """Return all documents as they are now."""
        newest = (versions[-1].text for versions in self.history.values())
        return [json.loads(text) for text in newest if text is not None]

    def since(self, number: int, most: int) -> tuple[list[Document], int]:
        """Return documents whose newest version came after a write, in order, and the last one's number."""
        newest = [versions[-1] for versions in self.history.values() if versions[-1].number > number]
        page = sorted(newest, key=lambda version: version.number)[:most]
        found = [json.loads(version.text) for version in page if version.text is not None]
        return found, page[-1].number if page else number

    def key(self, document: Mapping[str, Any]) -> _Key:
        """Return where a document lies."""
        return tuple(str(document[level]) for level in self.levels), str(document["id"])

    def now(self, key: _Key) -> Document | None:
        """Return a document as it is now."""
        versions = self.history.get(key)
        text = versions[-1].text if versions else None
        return None if text is None else json.loads(text)

    def put(self, key: _Key, document: Document) -> Document:
        """Write a document and return it as stored."""
        self.write([(key, document)])
        return self.now(key) or {}

    def write(self, documents: Sequence[tuple[_Key, Document | None]]) -> str:
        """Write (None deletes) documents of one partition as one: who sees one of them sees all.

        Returns the ETag that they have by now.
        """
        self.writes += 1
        etag = f'"{self.writes}"'
        system = {"_etag": etag, "_ts": VirtualClock().time_ns() // 10**9}
        for key, document in documents:
            text = None if document is None else json.dumps({**document, **system})
            version = _Version(self.writes, asyncio.get_running_loop().time(), text)
            self.history.setdefault(key, []).append(version)
            self._seen[Process.current.get(), key[0]] = self.writes
        self.changed.set()
        return etag

    def horizon(self) -> float:
        """Return the moment up to which a read sees what others wrote."""
        now, weather = asyncio.get_running_loop().time(), self.weather
        late = weather.happens(weather.climate.stale_reads)
        return now - weather.random.uniform(0, _LATEST) if late else now

    def seen(self, key: _Key, horizon: float) -> Document | None:
        """Return a document as this process sees it."""
        place = (Process.current.get(), key[0])
        least = self._seen.get(place, 0)
        text = None
        for version in self.history.get(key, ()):
            if version.at <= horizon or version.number <= least:
                text = version.text
                self._seen[place] = max(self._seen.get(place, 0), version.number)
        return None if text is None else json.loads(text)

    def search(
        self, text: str, parameters: Sequence[Mapping[str, Any]], within: Sequence[str] | None
    ) -> list[Document]:
        """Run a query over the documents of a partition, or of all whose key starts with `within`."""
        prefix, horizon = tuple(within or ()), self.horizon()
        keys = [key for key in self.history if key[0][: len(prefix)] == prefix]
        seen = [document for key in keys if (document := self.seen(key, horizon)) is not None]
        values = {each["name"]: each["value"] for each in json.loads(json.dumps(parameters))}
        return list(compile_text(text).run(seen, values))


class SimulatedContainer:
    """Answers the calls that the adapters make of an asynchronous `ContainerProxy`."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self.id = store.name

    async def read_item(self, item: str, partition_key: str | Sequence[str]) -> Document:
        async with self._call(f"read {item}"):
            found = self._store.seen((_partition(partition_key), item), self._store.horizon())
            if found is None:
                raise _refused(404)
            return found

    async def create_item(self, body: Document) -> Document:
        async with self._call(f"create {body['id']}"):
            key = self._store.key(body)
            if self._store.now(key) is not None:
                raise _refused(409)
            return self._store.put(key, body)

    async def upsert_item(self, body: Document) -> Document:
        async with self._call(f"upsert {body['id']}"):
            return self._store.put(self._store.key(body), body)

    async def replace_item(
        self, item: str, body: Document, etag: str | None = None, match_condition: object = None
    ) -> Document:
        async with self._call(f"replace {item}"):
            key = self._store.key(body)
            self._guard(key, etag)
            return self._store.put(key, body)

    async def delete_item(
        self, item: str, partition_key: Sequence[str], etag: str | None = None, match_condition: object = None
    ) -> None:
        async with self._call(f"delete {item}"):
            key = (_partition(partition_key), item)
            self._guard(key, etag)
            self._store.write([(key, None)])

    async def execute_item_batch(
        self,
        batch_operations: Sequence[tuple[str, tuple[Any, ...], dict[str, Any]]],
        partition_key: object,
        no_response: bool,
    ) -> list[Document]:
        """Do all operations or none; the answer has ETags of what was written, and no more."""
        assert no_response, "answers with documents are not simulated"
        told = ", ".join(f"{verb} {_item(given)}" for verb, given, _ in batch_operations)
        async with self._call(told):
            writes = []
            for position, (verb, given, guard) in enumerate(batch_operations):
                key = (_partition(partition_key), _item(given))
                status = self._verdict(verb, key, guard.get("if_match_etag"))
                if status is not None:
                    raise _refused_at(position, status)
                writes.append((key, self._written(verb, key, given)))
            etag = self._store.write(writes)
            return [{"eTag": etag} for _ in writes]

    def query_items(
        self,
        query: str,
        parameters: Sequence[Mapping[str, Any]],
        max_item_count: int,
        partition_key: Sequence[str] | None = None,
    ) -> "_Results":
        return _Results(self._store, query, parameters, max_item_count, partition_key)

    def _call(self, what: str) -> Any:  # noqa: ANN401 - the context manager of the weather
        return self._store.weather.call(f"{self.id}: {what}")

    def _written(self, verb: str, key: _Key, given: tuple[Any, ...]) -> Document | None:
        if verb == "delete":
            return None
        if verb != "patch":
            return dict(given[-1])
        steps = {step["path"].removeprefix("/"): step["value"] for step in given[1] if step["op"] == "set"}
        assert len(steps) == len(given[1]), "only settings of properties at the top are simulated"
        return {**(self._store.now(key) or {}), **steps}

    def _guard(self, key: _Key, etag: str | None) -> None:
        status = self._verdict("replace", key, etag)
        if status is not None:
            raise _refused(status)

    def _verdict(self, verb: str, key: _Key, etag: str | None) -> int | None:
        """Return the status by which an operation is refused, None when it is not."""
        known = self._store.now(key)
        if verb == "create":
            return None if known is None else 409
        if verb == "upsert":
            return None
        if known is None:
            return 404
        return None if etag in {None, known["_etag"]} else 412


@dataclass(slots=True)
class _Results:
    """What a query finds, document by document or page by page."""

    store: DocumentStore
    query: str
    parameters: Sequence[Mapping[str, Any]]
    most: int
    within: Sequence[str] | None

    def by_page(self, continuation: str | None = None) -> "_Pages":
        return _Pages(self, int(continuation or 0))

    async def __aiter__(self) -> AsyncIterator[Document]:
        async for page in self.by_page():
            async for document in page:
                yield document


class _Pages:
    """The pages of a query. Each is asked for anew, so that writes in between show."""

    def __init__(self, results: _Results, start: int) -> None:
        self._results = results
        self._start: int | None = start

    @property
    def continuation_token(self) -> str | None:
        return None if self._start is None else str(self._start)

    def __aiter__(self) -> "_Pages":
        return self

    async def __anext__(self) -> "AsyncIterator[Document]":
        if self._start is None:
            raise StopAsyncIteration
        results, start = self._results, self._start
        async with results.store.weather.call(f"{results.store.name}: query {results.query[14:90]}"):
            found = results.store.search(results.query, results.parameters, results.within)
        self._start = start + results.most if len(found) > start + results.most else None
        return _page(found[start : start + results.most])


async def _page(documents: Sequence[Document]) -> AsyncIterator[Document]:
    for document in documents:
        yield document


def _partition(key: object) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else tuple(str(level) for level in _levels(key))


def _levels(key: object) -> Iterator[object]:
    if isinstance(key, Sequence):
        yield from key


def _item(given: tuple[Any, ...]) -> str:
    return str(given[0]["id"] if isinstance(given[0], dict) else given[0])


def _refused(status: int) -> CosmosHttpResponseError:
    return CosmosHttpResponseError(status_code=status, message="refused")  # type: ignore[no-untyped-call]


def _refused_at(position: int, status: int) -> CosmosBatchOperationError:
    return CosmosBatchOperationError(  # type: ignore[no-untyped-call]
        error_index=position, headers={}, status_code=status, message="refused"
    )
