"""Blob triggers with the Event Grid source, and Event Grid triggers, against Azurite."""

import json
import sqlite3
import time
from contextlib import closing
from urllib.parse import urlparse

from azure.storage.blob import BlobServiceClient

from tests.fixtures.function_cloud import fresh_name
from tests.fixtures.functions_host import LocalHost

_SEVERAL_POLLS_SECONDS = 1.5


def test_a_blob_that_fails_five_times_is_recorded_as_poison_and_left(
    events_host: LocalHost, storage: BlobServiceClient
) -> None:
    name = fresh_name("bad")
    uploaded = storage.get_blob_client("poison", name).upload_blob(b"x")

    events_host.wait_for("on_poison", lambda it: it["blob"] == name, count=5)
    time.sleep(_SEVERAL_POLLS_SECONDS)

    assert len([run for run in events_host.records("on_poison") if run["blob"] == name]) == 5
    hosts = storage.get_container_client("azure-webjobs-hosts")
    records = [
        json.loads(hosts.download_blob(found.name).readall())
        for found in hosts.list_blobs("webjobs-blobtrigger-poison/on_poison/")
    ]
    assert {
        "Type": "BlobTrigger",
        "FunctionId": "sample-apps.Functions.on_poison",
        "BlobType": "BlockBlob",
        "ContainerName": "poison",
        "BlobName": name,
        "ETag": uploaded["etag"],
    } in records


def test_a_blob_outside_of_the_pattern_is_not_delivered(
    events_host: LocalHost, storage: BlobServiceClient
) -> None:
    outside, inside = fresh_name("outside"), f"t1/{fresh_name('inside')}"
    storage.get_blob_client("landing", outside).upload_blob(b"x")
    storage.get_blob_client("landing", inside).upload_blob(b"x")

    events_host.wait_for("on_blob", lambda it: it["blob"] == inside)

    assert outside not in {run["blob"] for run in events_host.records("on_blob")}


def test_a_function_gets_a_client_of_the_blob(events_host: LocalHost, storage: BlobServiceClient) -> None:
    name = f"t1/{fresh_name('deep')}/grades é.csv"
    storage.get_blob_client("landing", name).upload_blob(b"a,b\n1,2\n")

    (seen,) = events_host.wait_for("on_blob", lambda it: it["blob"] == name)

    assert (seen["container"], seen["content"]) == ("landing", "a,b\n1,2\n")


def test_a_version_is_delivered_once_and_an_overwritten_blob_again(
    events_host: LocalHost, storage: BlobServiceClient
) -> None:
    name = f"t1/{fresh_name('again')}"
    blob = storage.get_blob_client("landing", name)
    blob.upload_blob(b"first")
    events_host.wait_for("on_blob", lambda it: it["blob"] == name)
    blob.upload_blob(b"second", overwrite=True)
    events_host.wait_for("on_blob", lambda it: it["blob"] == name and it["content"] == "second")
    time.sleep(_SEVERAL_POLLS_SECONDS)

    contents = [run["content"] for run in events_host.records("on_blob") if run["blob"] == name]

    assert contents == ["first", "second"]


def test_an_output_blob_is_named_by_the_triggers_placeholders(
    events_host: LocalHost, storage: BlobServiceClient
) -> None:
    tenant = fresh_name("tenant")
    storage.get_blob_client("landing", f"{tenant}/x.csv").upload_blob(b"x")
    events_host.wait_for("on_blob", lambda it: it["blob"] == f"{tenant}/x.csv")
    receipts = storage.get_container_client("receipts")
    deadline = time.monotonic() + 5

    while not (written := list(receipts.list_blobs(f"{tenant}/"))) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert [receipts.download_blob(it.name).readall() for it in written] == [f"took {tenant}/x.csv".encode()]


def test_an_event_grid_trigger_gets_the_event_of_its_subscription(
    events_host: LocalHost, storage: BlobServiceClient
) -> None:
    name = f"t1/{fresh_name('event')}.csv"
    uploaded = storage.get_blob_client("announced", name).upload_blob(b"12345")

    (event,) = events_host.wait_for("on_event", lambda it: it["subject"].endswith(name))

    assert event["type"] == "Microsoft.Storage.BlobCreated"
    assert event["subject"] == f"/blobServices/default/containers/announced/blobs/{name}"
    assert (event["data"]["contentLength"], event["data"]["blobType"]) == (5, "BlockBlob")
    assert event["data"]["eTag"] == uploaded["etag"].strip('"')
    assert urlparse(event["data"]["url"]).path == f"/devstoreaccount1/announced/{name}"


def test_receipts_outlive_the_process(events_host: LocalHost, storage: BlobServiceClient) -> None:
    name = f"t1/{fresh_name('kept')}"
    storage.get_blob_client("landing", name).upload_blob(b"x")
    events_host.wait_for("on_blob", lambda it: it["blob"] == name)
    with closing(sqlite3.connect(events_host.receipts_file)) as receipts:
        while not receipts.execute(
            "select 1 from deliveries where blob = ? and state = 'done'", [name]
        ).fetchall():
            time.sleep(0.02)

    events_host.server.kill9()
    events_host.start()
    later = f"t1/{fresh_name('later')}"
    storage.get_blob_client("landing", later).upload_blob(b"x")
    events_host.wait_for("on_blob", lambda it: it["blob"] == later)

    assert len([run for run in events_host.records("on_blob") if run["blob"] == name]) == 1
