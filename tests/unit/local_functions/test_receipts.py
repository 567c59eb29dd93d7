from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local.functions.blobs.events import WrittenBlob, blob_created
from infra.local.functions.blobs.receipts import CLAIM_SECONDS, Receipts

_MODIFIED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def _blob(name: str, etag: str = "0x1") -> WrittenBlob:
    return WrittenBlob("landing", name, etag, 5, "text/csv", "BlockBlob", _MODIFIED)


class _Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def receipts(tmp_path: Path, clock: _Clock) -> Iterator[Receipts]:
    opened = Receipts(tmp_path / "receipts.sqlite", clock)
    yield opened
    opened.close()


def test_a_version_of_a_blob_is_delivered_once_and_a_new_version_again(receipts: Receipts) -> None:
    receipts.note("f", [_blob("a"), _blob("a"), _blob("b")])
    receipts.note("f", [_blob("a"), _blob("a", "0x2")])

    claimed = receipts.claim("f", 10)

    assert [(it.blob.name, it.blob.etag, it.attempt) for it in claimed] == [
        ("a", "0x1", 1),
        ("b", "0x1", 1),
        ("a", "0x2", 1),
    ]
    assert claimed[0].blob == _blob("a")


def test_each_function_has_receipts_of_its_own(receipts: Receipts) -> None:
    receipts.note("f", [_blob("a")])
    receipts.note("g", [_blob("a")])
    receipts.finish(receipts.claim("f", 10)[0])

    assert len(receipts.claim("g", 10)) == 1


def test_what_is_claimed_is_not_claimed_twice(receipts: Receipts) -> None:
    receipts.note("f", [_blob("a"), _blob("b"), _blob("c")])

    assert [it.blob.name for it in receipts.claim("f", 2)] == ["a", "b"]
    assert [it.blob.name for it in receipts.claim("f", 2)] == ["c"]
    assert receipts.claim("f", 2) == []


def test_a_released_delivery_comes_again_with_the_next_attempt(receipts: Receipts) -> None:
    receipts.note("f", [_blob("a")])
    receipts.release(receipts.claim("f", 1)[0])

    assert receipts.claim("f", 1)[0].attempt == 2


def test_finished_and_poisoned_deliveries_never_come_again(receipts: Receipts) -> None:
    receipts.note("f", [_blob("a"), _blob("b")])
    finished, poisoned = receipts.claim("f", 2)
    receipts.finish(finished)
    receipts.poison(poisoned)
    receipts.note("f", [_blob("a"), _blob("b")])

    assert receipts.claim("f", 10) == []


def test_the_claim_of_a_process_that_died_lapses(tmp_path: Path, clock: _Clock) -> None:
    file = tmp_path / "receipts.sqlite"
    died = Receipts(file, clock)
    died.note("f", [_blob("a")])
    died.claim("f", 1)
    started_again = Receipts(file, clock)
    assert started_again.claim("f", 1) == []

    clock.now += CLAIM_SECONDS

    assert [it.attempt for it in started_again.claim("f", 1)] == [2]
    died.close()
    started_again.close()


def test_a_renewed_claim_holds_on(receipts: Receipts, clock: _Clock) -> None:
    receipts.note("f", [_blob("a")])
    delivery = receipts.claim("f", 1)[0]
    clock.now += CLAIM_SECONDS - 1
    receipts.renew(delivery)

    clock.now += 2

    assert receipts.claim("f", 1) == []


def test_a_caller_late_in_renewing_does_not_claim_what_it_works_on(receipts: Receipts, clock: _Clock) -> None:
    receipts.note("f", [_blob("a")])
    delivery = receipts.claim("f", 1)[0]

    clock.now += CLAIM_SECONDS + 1

    assert receipts.claim("f", 1, held=[delivery.id]) == []


def test_the_event_has_the_shape_of_event_grid() -> None:
    event = blob_created(
        _blob("t1/a b.csv", "0x8D"), "devstoreaccount1", "http://127.0.0.1:1/devstoreaccount1/"
    )

    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    assert event["subject"] == "/blobServices/default/containers/landing/blobs/t1/a b.csv"
    assert event["eventTime"] == "2026-11-20T08:30:00.000Z"
    assert event["data"] == {
        "api": "PutBlob",
        "eTag": "0x8D",
        "contentType": "text/csv",
        "contentLength": 5,
        "blobType": "BlockBlob",
        "url": "http://127.0.0.1:1/devstoreaccount1/landing/t1/a b.csv",
        "sequencer": f"{int(_MODIFIED.timestamp() * 1000):048X}",
    }


def test_a_repeated_event_keeps_its_id_and_a_new_version_gets_another() -> None:
    first, again, changed = (
        blob_created(_blob("a", etag), "account", "http://host/account")["id"] for etag in ("1", "1", "2")
    )

    assert first == again
    assert first != changed
