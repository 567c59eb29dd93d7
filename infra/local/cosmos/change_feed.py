"""The change feed: the latest version of every changed item in the order of writing, deletes left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from infra.local.cosmos import charges
from infra.local.cosmos.catalog import Container
from infra.local.cosmos.errors import bad_request, not_implemented
from infra.local.cosmos.item_table import EpkRange, ItemTable, StoredItem
from infra.local.cosmos.store import Store

INCREMENTAL = "incremental feed"


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the feed: items as JSON texts (none when nothing changed) and the LSN to go on from."""

    results: list[bytes]
    lsn: int
    charge: float


def read_changes(
    store: Store, container: Container, span: EpkRange, headers: Mapping[str, str], page_size: int
) -> Changes:
    """Return what changed in a key range since the LSN of `If-None-Match`, `*` being now."""
    if headers["a-im"].lower() != INCREMENTAL:
        raise not_implemented(f"change feed mode {headers['a-im']!r}")
    since = _since(headers.get("if-none-match", ""), store.lsn)
    not_before = 0 if "if-none-match" in headers else _time(headers.get("if-modified-since", ""))
    items = ItemTable(store, container.number).changes(span, since, not_before, page_size)
    last = items[-1].lsn if len(items) >= page_size else max(since, store.lsn)
    results = [_with_lsn(item) for item in items]
    return Changes(results, last, charges.feed(len(items), sum(map(len, results))))


def _since(etag: str, current: int) -> int:
    text = etag.strip('"')
    if text == "*":
        return current
    if text and not text.isdecimal():
        raise bad_request(f"The change feed continuation {etag!r} is not valid.")
    return int(text or 0)


def _time(http_date: str) -> int:
    if not http_date:
        return 0
    try:
        return int(parsedate_to_datetime(http_date).astimezone(UTC).timestamp())
    except ValueError as error:
        raise bad_request(f"If-Modified-Since {http_date!r} is not a date.") from error


def _with_lsn(item: StoredItem) -> bytes:
    return item.body[:-1] + f',"_lsn":{item.lsn}}}'.encode()
