"""What must hold when everything has come to rest, worked out from what was sent alone."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from shared.analytics.folding.fold import Folder
from shared.ingestion.bundles.refusals import came_early
from shared.ingestion.committing.rules import TOO_MANY_VANISHED
from shared.ingestion.documents import read_ingest
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.refusal import FailureCode
from shared.ingestion.table_names import TableName
from shared.ingestion.working.pseudonyms import pseudonyms
from shared.messaging.consumer import ATTEMPTS_EXHAUSTED, DELIVERIES_EXHAUSTED
from shared.platform.cosmos.packing import unpack
from shared.platform.cosmos.rollups import CosmosRollups
from shared.platform.cosmos.scoped import ScopedContainer
from shared.platform.cosmos.shard_places import place_of
from tests.fixtures.stated_facts import attempts, gradebook
from tests.simulation import history, registers
from tests.simulation.catalogues import MENDED
from tests.simulation.documents import Document, DocumentStore
from tests.simulation.files import Content, Fate, Feed
from tests.simulation.journals import left_of
from tests.simulation.senders import Place, Sent
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

FINAL: Final = frozenset(
    {IngestState.FOLDED, IngestState.SUPERSEDED, IngestState.DUPLICATE, IngestState.FAILED}
)
_STATED: Final = (
    "record", "line_item", "line_item_title", "learner", "course", "section", "attempt", "status", "score",
    "max_score", "occurred_at",
)  # fmt: skip
_COMPARED: Final = {TableName.RESULTS: _STATED, TableName.LINE_ITEM: registers.TASK}
_NOT_ITS_TURN: Final = frozenset({FailureCode.OUT_OF_ORDER.value, FailureCode.REPLAYED.value})
"""How uploads of a bundle end that come early, or when it was taken already."""
_EXHAUSTED: Final = frozenset({ATTEMPTS_EXHAUSTED, DELIVERIES_EXHAUSTED})


async def violations(world: World, sent: Sequence[Sent]) -> list[str]:
    """Return every difference between what is there and the truth."""
    ingests = {ingest.id: ingest for ingest in _ingests(world)}
    sent = [*sent, *_replayed(sent, ingests)]
    found = [*_unsettled(world), *_put_aside(world, sent)]
    by_source: defaultdict[tuple[str, str], list[Sent]] = defaultdict(list)
    for each in sent:
        by_source[each.tenant, each.source].append(each)
    for (tenant, source), uploads in sorted(by_source.items()):
        found += _unlike_fate(uploads, ingests)
        found += _unlike_chain(uploads, ingests)
        found += await _unlike_facts(world, tenant, source, uploads, ingests)
    for tenant in world.tenants:
        found += history.flaws(world, tenant, ingests)
        found += await _unlike_rebuild(world, tenant)
    return found


def _replayed(sent: Sequence[Sent], ingests: Mapping[str, Ingest]) -> list[Sent]:
    """Return the replays as what they stand for: the file once more, right after it was sent first."""
    known = {each.upload: each for each in sent}
    for ingest in sorted(ingests.values(), key=lambda ingest: ingest.id):
        if ingest.replays is not None:
            known[ingest.id] = replace(
                known[ingest.replays], upload=ingest.id, after=known[ingest.replays].place
            )
    return [each for each in known.values() if each not in sent]


def at_rest(world: World, sent: Sequence[Sent]) -> bool:
    """Tell whether nothing is on its way any more."""
    ingests = {ingest.id: ingest for ingest in _ingests(world)}
    if not all(each.upload in ingests for each in sent) or not (world.operator and world.operator.done()):
        return False
    if world.bus.open or any(d.get("kind") == "outbox" for d in world.stores["ingests"].documents()):
        return False
    replayed = {ingest.replays for ingest in ingests.values()}
    early = any(came_early(ingest) and ingest.id not in replayed for ingest in ingests.values())
    return not early and all(ingest.state in FINAL for ingest in ingests.values())


def _ingests(world: World) -> Iterator[Ingest]:
    for document in world.stores["ingests"].documents():
        if document["id"] == "ingest":
            yield read_ingest(document)


def _unsettled(world: World) -> Iterator[str]:
    for ingest in _ingests(world):
        if ingest.state not in FINAL:
            yield f"ingest {ingest.id} never ended: {ingest.state}"
    if world.bus.open:
        yield f"{world.bus.open} messages are not settled"


def _unlike_fate(uploads: Sequence[Sent], ingests: dict[str, Ingest]) -> Iterator[str]:
    """Compare how each ingest of a source ended with what its content deserves."""
    contents = [content.under(version) for each in uploads for content in each.puts for version in (1, 2)]
    for each in uploads:
        ingest = ingests.get(each.upload)
        if ingest is None:
            yield f"upload {each.upload} never became an ingest"
            continue
        content = _content_of(each, ingest)
        if each.bundle is not None and _code(ingest) in _NOT_ITS_TURN:
            continue
        if content is None:
            if not _was_torn(each, ingest):
                yield f"ingest {ingest.id} ended as {ingest.state} ({ingest.failure}) of unknown content"
            continue
        if _held(ingest) and _lacks_much(content, contents):
            continue  # as many rows may be gone as the feed allows; which file was there is left to chance
        yield from _unlike_content(each, ingest, content)


def _unlike_chain(uploads: Sequence[Sent], ingests: dict[str, Ingest]) -> Iterator[str]:
    """Find bundles that were not taken once: replays of an upload are one with it."""
    taken: defaultdict[int, set[str]] = defaultdict(set)
    for each in uploads:
        if each.bundle is not None and each.upload in ingests:
            known = taken[each.bundle]
            known |= {each.place[0]} if _code(ingests[each.upload]) not in _NOT_ITS_TURN else set()
    for bundle, places in taken.items():
        if len(places) != 1:
            yield f"bundle {bundle} was taken by {sorted(places)}"


def _code(ingest: Ingest) -> str | None:
    return ingest.failure.code if ingest.failure else None


def _held(ingest: Ingest) -> bool:
    return _code(ingest) == TOO_MANY_VANISHED


def _lacks_much(content: Content, contents: Sequence[Content]) -> bool:
    if content.feed is Feed.REGISTER:
        return registers.lacks_much(content, contents)
    return content.sound < max(other.sound for other in contents)


def _content_of(each: Sent, ingest: Ingest) -> Content | None:
    """Return the file that the ingest was made of, None when that was never found out."""
    pins = ingest.recognition
    if pins is None:
        return each.puts[0] if len(each.puts) == 1 else None
    sums = {hashlib.sha256(content.data).hexdigest(): content for content in each.puts}
    content = sums.get(pins.sha256)
    return content and content.under(pins.mapping_version if pins.feed in MENDED else 1)


def _was_torn(each: Sent, ingest: Ingest) -> bool:
    """Tell whether an ingest ended early because its bytes were written over, or for one of its contents."""
    codes = {FailureCode.REPLACED.value, *(content.fate.value for content in each.puts)}
    return ingest.failure is not None and ingest.failure.code in codes


def _unlike_content(each: Sent, ingest: Ingest, content: Content) -> Iterator[str]:
    code = _code(ingest)
    if len(each.puts) > 1 and code == FailureCode.REPLACED:
        return
    if ingest.state is IngestState.SUPERSEDED and not ingest.progress.chunks:
        return  # it came too late to be looked into
    if code == FailureCode.GIVEN_UP:
        yield f"ingest {ingest.id} was given up"
    elif content.fate is not Fate.ACCEPTED:
        if code != content.fate.value:
            yield f"ingest {ingest.id} is {ingest.state} ({ingest.failure}), not refused as {content.fate}"
    elif code is not None:
        yield f"ingest {ingest.id} failed, though its file is sound: {ingest.failure}"
    elif ingest.state is not IngestState.DUPLICATE:
        yield from _miscounted(ingest, content)
    # Later bytes are a matter of the upload that they came by, not of its replays.
    if each.puts[-1].data != content.data and not ingest.warnings and not each.after:
        yield f"ingest {ingest.id} keeps silent about the bytes that came later"


def _miscounted(ingest: Ingest, content: Content) -> Iterator[str]:
    counts = ingest.progress
    rejected = len(content.rejected)
    if (counts.records, counts.accepted, counts.rejected) != (
        content.records,
        content.records - rejected,
        rejected,
    ):
        yield f"ingest {ingest.id} counts {counts}, its file has {content.records} records, {rejected} faulty"


async def _unlike_facts(
    world: World, tenant: str, source: str, uploads: Sequence[Sent], ingests: dict[str, Ingest]
) -> list[str]:
    """Compare the live rows of a source with those of its newest sound file."""
    accepted = accepted_files(uploads, ingests)
    stated = await _stated(tenant, accepted)
    sources = {i.recognition.source for e in uploads if (i := ingests.get(e.upload)) and i.recognition}
    name = accepted[-1][0][-1] if accepted else "nothing"
    return [
        f"{tenant} {source}: of {name}, {table} {difference}"
        for table, columns in _COMPARED.items()
        if (difference := _difference(stated.get(table, ()), world, tenant, table, columns, sources))
    ]


def accepted_files(uploads: Sequence[Sent], ingests: Mapping[str, Ingest]) -> list[tuple[Place, Content]]:
    """Return the sound files of a source in the order of their uploads, each as it was understood.

    A duplicate stands for the facts of the file that it restates, as that was read last. One that was
    superseded gave no facts that could be restated, whichever release it came to.
    """
    accepted: list[tuple[Place, Content]] = []
    committed: list[Content] = []
    for each in sorted(uploads, key=lambda each: each.place):
        ingest = ingests.get(each.upload)
        content = _content_of(each, ingest) if ingest and ingest.failure is None else None
        if content is None or ingest is None or content.fate is not Fate.ACCEPTED:
            continue
        if ingest.state is IngestState.DUPLICATE:
            content = next(known for known in reversed(committed) if known.data == content.data)
        elif ingest.state is not IngestState.SUPERSEDED:
            committed.append(content)
        accepted.append((each.place, content))
    return accepted


def _difference(
    wanted: Sequence[tuple[Any, ...]],
    world: World,
    tenant: str,
    table: TableName,
    columns: Sequence[str],
    sources: Collection[str],
) -> str:
    """Return how the live rows of a table differ from those that are wanted; nothing when they don't."""
    files = world.lake.of(tenant).tables[table][-1].files
    there = [f"{table}/{file.path}" for file in files if file.source in sources]
    actual = [row for path in there for row in _rows(world, tenant, path, columns)]
    missing, surplus = Counter(wanted) - Counter(actual), Counter(actual) - Counter(wanted)
    if not missing and not surplus:
        return ""
    return f"lacks {missing.total()} rows and has {surplus.total()} that should not be; live: {there}"


def _rows(world: World, tenant: str, path: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    rows = world.lake.frame(tenant, path).filter(~pl.col("deleted").fill_null(value=False))
    yield from rows.select(columns).iter_rows()


async def _stated(
    tenant: str, accepted: Sequence[tuple[Place, Content]]
) -> Mapping[TableName, list[tuple[Any, ...]]]:
    """Return what the accepted files of a source come to, in the order of their uploads, by table."""
    if not accepted:
        return {}
    newest = accepted[-1][1]
    key = await Process.current.get().services.pseudonym_keys.key(scope_of(tenant))

    def pseudonym(learner: str) -> str:
        return str(pseudonyms(key, "canvas" if newest.course else "sis", pl.Series([learner]))[0])

    if newest.feed is Feed.JOURNAL:
        facts = left_of(accepted, pseudonym)
    elif newest.feed is Feed.REGISTER:
        facts = registers.read(newest).facts(pseudonym)
    elif newest.course:
        facts = gradebook(newest.data, newest.course, newest.rejected, pseudonym)
    else:
        facts = attempts(newest.data, newest.rejected, pseudonym)
    results = [tuple(getattr(fact, name) for name in _STATED) for fact in facts]
    tasks = list(registers.read(newest).line_items()) if newest.feed is Feed.REGISTER else []
    return {TableName.RESULTS: results, TableName.LINE_ITEM: tasks}


async def _unlike_rebuild(world: World, tenant: str) -> list[str]:
    """Compare the rollups with those that a rebuild computes from the facts."""
    fresh = DocumentStore("rollups", ("tenantId", "partitionId"), world.weather)
    services = Process.current.get().services

    async def opener() -> Any:  # noqa: ANN401 - stands for the SDK's container
        return fresh.container()

    rollups = CosmosRollups(ScopedContainer(opener, "partitionId", on_breach=services.audit.breached))
    await Folder(world.lake, rollups).rebuild(scope_of(tenant))
    wanted, actual = _views(fresh.documents(), tenant), _views(world.stores["rollups"].documents(), tenant)
    return [
        f"{tenant}: rollup {key} is {actual.get(key)}, a rebuild gives {wanted.get(key)}"
        for key in sorted(wanted.keys() | actual.keys())
        if wanted.get(key) != actual.get(key)
    ]


def _views(documents: Sequence[Document], tenant: str) -> dict[tuple[str, str], Any]:
    """Return every view by shard and id; there are some wherever a tenant has rollups at all."""
    pages = [document for document in documents if document["tenantId"] == tenant and "views" in document]
    views = {
        (place_of(str(page["id"]))[0], name): text for page in pages for name, text in unpack(page).items()
    }
    assert views or not any(document["tenantId"] == tenant for document in documents)
    return views


def _put_aside(world: World, sent: Sequence[Sent]) -> Iterator[str]:
    """Find messages that were put aside though they were not tried too often and their file is sound."""
    fates = {content.fate.value for each in sent for content in each.puts}
    for document in world.stores["quarantine"].documents():
        if document["reason"] not in _EXHAUSTED | _NOT_ITS_TURN | fates:
            yield f"quarantined for {document['reason']}: {document['eventType']} {document['messageId']}"
        elif document["reason"] in _EXHAUSTED and not world.sweeps:
            yield f"quarantined though no message may be lost: {document['reason']}"
    for action, obj, reason in world.refused:
        if action == "breach":
            yield f"breach of {reason} in {obj}"
