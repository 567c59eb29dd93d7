"""How fast the local Cosmos server is through the SDK (aio, two client processes), durable.

Durable: a write is acknowledged after its commit, which survives `kill -9` of the server.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from azure.cosmos import CosmosClient, PartitionKey
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.aio import CosmosClient as AioCosmosClient

from tests.fixtures.cosmos import Account, local_cosmos

_CLIENTS = 2
_LANES = 16
_BATCH = 100
_BATCHES = 150
_READS = 4_000
_UPSERTS = 1_500
_PAYLOAD = "x" * 400

type Figure = tuple[str, float, str, float | None]
type Work = Callable[[ContainerProxy, int, int], Awaitable[object]]


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure; a target is the least value that is good enough."""
    with (
        tempfile.TemporaryDirectory(prefix="termtide-bench-") as folder,
        local_cosmos(Path(folder)) as local,
        ProcessPoolExecutor(_CLIENTS, multiprocessing.get_context("spawn")) as clients,
    ):
        _create_container(local.account)
        written = _rate(clients, local.account, "batch", _BATCHES) * _BATCH
        read = _rate(clients, local.account, "read", _READS)
        upserted = _rate(clients, local.account, "upsert", _UPSERTS)
    return [
        (f"Cosmos, upserts in batches of {_BATCH}, {_CLIENTS} client processes", written, "docs/s", 15_000.0),
        (f"Cosmos, point reads, {_CLIENTS} client processes", read, "reads/s", 1_200.0),
        (f"Cosmos, single upserts, {_CLIENTS} client processes", upserted, "docs/s", None),
    ]


def _create_container(account: Account) -> None:
    with CosmosClient(account.endpoint, account.key) as client:
        client.create_database("bench").create_container("c", PartitionKey("/pk"))


def _rate(clients: ProcessPoolExecutor, account: Account, kind: str, count: int) -> float:
    """Return the operations per second of all processes together, connections and warm-up left out."""
    start_at = time.time() + 3
    spans = list(
        clients.map(
            _client,
            [account] * _CLIENTS,
            [kind] * _CLIENTS,
            [count] * _CLIENTS,
            range(_CLIENTS),
            [start_at] * _CLIENTS,
        )
    )
    started, ended = min(span[0] for span in spans), max(span[1] for span in spans)
    return _CLIENTS * count / (ended - started)


def _client(account: Account, kind: str, count: int, client: int, start_at: float) -> tuple[float, float]:
    return asyncio.run(_drive(account, WORK[kind], count, client, start_at))


async def _drive(
    account: Account, work: Work, count: int, client: int, start_at: float
) -> tuple[float, float]:
    async with AioCosmosClient(account.endpoint, account.key) as connection:
        container = connection.get_database_client("bench").get_container_client("c")
        await _batch(container, client, 0)
        await asyncio.sleep(start_at - time.time())
        numbers = iter(range(count))
        started = time.time()
        await asyncio.gather(*(_lane(work, container, client, numbers) for _ in range(_LANES)))
        return started, time.time()


async def _lane(work: Work, container: ContainerProxy, client: int, numbers: Iterator[int]) -> None:
    for number in numbers:
        await work(container, client, number)


def _document(client: int, number: int) -> dict[str, object]:
    return {"id": str(number), "pk": f"client {client}", "score": number % 100, "payload": _PAYLOAD}


async def _batch(container: ContainerProxy, client: int, number: int) -> None:
    documents = (_document(client, _BATCH * number + at) for at in range(_BATCH))
    await container.execute_item_batch(
        [("upsert", (document,)) for document in documents], f"client {client}"
    )


async def _read(container: ContainerProxy, client: int, number: int) -> None:
    await container.read_item(str(number), f"client {client}")


async def _upsert(container: ContainerProxy, client: int, number: int) -> None:
    await container.upsert_item(_document(client, number))


WORK: dict[str, Work] = {"batch": _batch, "read": _read, "upsert": _upsert}


def main() -> int:
    """Print the figures as a table; 1 when one misses its target."""
    figures = run()
    for name, value, unit, target in figures:
        verdict = "" if target is None else f"target {target:>8,.0f}  {'ok' if value >= target else 'MISSED'}"
        sys.stdout.write(f"{name:<55} {value:>10,.0f} {unit:<8} {verdict}\n")
    return int(any(target is not None and value < target for _, value, _, target in figures))


if __name__ == "__main__":
    sys.exit(main())
