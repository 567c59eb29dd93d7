"""Creates what the topology names, through the same SDKs that the application uses."""

from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import CosmosClient, DatabaseProxy
from azure.storage.blob.aio import BlobServiceClient

from infra.local.launcher.errors import TopologyConflict
from infra.local.topology import Blob, Cosmos, CosmosContainer


async def create_blob_containers(connection: str, blob: Blob) -> None:
    """Make every blob container exist."""
    async with BlobServiceClient.from_connection_string(connection) as client:
        for container in blob.containers:
            try:
                await client.create_container(container.name)
            except ResourceExistsError:
                continue


async def create_cosmos_containers(connection: str, cosmos: Cosmos) -> None:
    """Make the database and every container exist with the stated keys, indexes and TTL.

    Indexes and TTL of a container that exists are brought up to date; `TopologyConflict` when its partition
    key or unique keys differ, because those are fixed at creation.
    """
    async with CosmosClient.from_connection_string(connection) as client:
        database = await client.create_database_if_not_exists(cosmos.database)
        present = {item["id"]: item async for item in database.list_containers()}
        for container in cosmos.containers:
            if container.name in present:
                await _bring_up_to_date(database, container, present[container.name])
            else:
                await database.create_container(
                    container.name,
                    _partition_key(container),
                    indexing_policy=indexing_policy(container),
                    default_ttl=container.default_ttl,
                    unique_key_policy=_unique_keys(container),
                )


def indexing_policy(container: CosmosContainer) -> dict[str, Any]:
    """Return the indexing policy in the form of the REST resource: everything but the excluded paths."""
    return {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": "/*"}],
        "excludedPaths": [{"path": path} for path in (*container.excluded_paths, '/"_etag"/?')],
        "compositeIndexes": [
            [{"path": part.path, "order": part.order} for part in index]
            for index in container.composite_indexes
        ],
    }


async def _bring_up_to_date(
    database: DatabaseProxy, container: CosmosContainer, present: Mapping[str, Any]
) -> None:
    _refuse_conflict(container, present)
    policy = indexing_policy(container)
    if present.get("indexingPolicy") != policy or present.get("defaultTtl") != container.default_ttl:
        await database.replace_container(
            container.name,
            _partition_key(container),
            indexing_policy=policy,
            default_ttl=container.default_ttl,
        )


def _refuse_conflict(container: CosmosContainer, present: Mapping[str, Any]) -> None:
    unique = (present.get("uniqueKeyPolicy") or {}).get("uniqueKeys", [])
    same_key = tuple(present["partitionKey"]["paths"]) == container.partition_key
    if not same_key or [tuple(key["paths"]) for key in unique] != list(container.unique_keys):
        raise TopologyConflict(
            f"the partition key or unique keys of the Cosmos container {container.name!r} have changed, "
            "which can't be done in place: start once with --fresh"
        )


def _partition_key(container: CosmosContainer) -> PartitionKey:
    paths = container.partition_key
    return PartitionKey(paths[0]) if len(paths) == 1 else PartitionKey(list(paths), kind="MultiHash")


def _unique_keys(container: CosmosContainer) -> dict[str, Any] | None:
    keys = [{"paths": list(paths)} for paths in container.unique_keys]
    return {"uniqueKeys": keys} if keys else None
