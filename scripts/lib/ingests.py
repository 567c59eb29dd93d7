"""Shows what became of the files of a tenant: states, pace, plans, rejects, and the record behind a fact."""

import argparse
import sys
from collections.abc import Iterator

from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import tenants
from shared.bootstrap import Services
from shared.ingestion.following.ingest_views import PlannedTable
from shared.ingestion.following.pace import pace_of
from shared.ingestion.model import Ingest
from shared.kernel.clock import rfc3339
from shared.kernel.scope import TenantScope

_SCRIPT = "ingests"
_PAGE = 100


def main(arguments: list[str]) -> int:
    """Return 0, or 2 with a sentence that says what is wrong."""
    return run_connected(_run(_parse(arguments)))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/ingests", description=__doc__)
    parser.add_argument("--tenant", required=True, metavar="T", help="the tenant whose files are meant")
    verbs = parser.add_subparsers(required=True)
    listing = verbs.add_parser("list", help="show ingests, newest first")
    listing.add_argument("--most", type=int, default=20, help="at most so many, default 20")
    listing.set_defaults(verb=_list)
    for name, verb, told in (
        ("show", _show, "show one ingest: plan, pace, counts, drift"),
        ("rejects", _rejects, "list its rejected records with place and reason"),
        ("replay", _replay, "take its file in once more, by the mapping of today"),
        ("release", _release, "let it pass though it was held for making much vanish"),
    ):
        one = verbs.add_parser(name, help=told)
        one.add_argument("ingest", help="its id")
        one.set_defaults(verb=verb)
    record = verbs.add_parser("record", help="lead a fact back to its record, and print it as it stands")
    record.add_argument("ingest", help="the fact's ingest_id")
    record.add_argument("chunk", type=int, help="the fact's chunk")
    record.add_argument("record", type=int, help="the fact's record")
    record.set_defaults(verb=_record)
    return parser.parse_args(arguments)


async def _run(wish: argparse.Namespace) -> int:
    async with connected() as services:
        async for scope in tenants(services, wish.tenant, _SCRIPT):
            await wish.verb(services, scope, wish)
    return 0


async def _list(services: Services, scope: TenantScope, wish: argparse.Namespace) -> None:
    position: str | None = None
    left = wish.most
    while left > 0:
        page = await services.ingest_views.ingests(scope, min(left, _PAGE), position)
        for ingest in page.items:
            print(_line(ingest))
        left, position = left - len(page.items), page.cursor
        if position is None:
            return


async def _show(services: Services, scope: TenantScope, wish: argparse.Namespace) -> None:
    ingest = (await services.ingest_views.ingest(scope, wish.ingest)).value
    for name, value in _facts(ingest):
        print(f"{name:<14} {value}")
    if ingest.recognition is not None:
        for table in await services.ingest_views.plan(scope, ingest.id):
            print(f"{'table':<14} {_table(table)}")


async def _rejects(services: Services, scope: TenantScope, wish: argparse.Namespace) -> None:
    position: str | None = None
    while True:
        page = await services.ingest_views.rejects(scope, wish.ingest, _PAGE, position)
        for one in page.items:
            place = f"{one.member}, record {one.record}, byte {one.byte}, column {one.column or '-'}"
            print(f"{one.code:<18} {place}: {one.message}")
        position = page.cursor
        if position is None:
            return


async def _record(services: Services, scope: TenantScope, wish: argparse.Namespace) -> None:
    # The record is personal data: that somebody looked at it is kept.
    await services.audit.allowed(scope, "ingest.record", f"ingest:{wish.ingest}")
    origin = await services.lineage.origin(scope, wish.ingest, wish.chunk, wish.record)
    print(f"{'file':<14} {origin.ingest.file_name}, sha256 {origin.ingest.recognised.sha256}")
    print(f"{'member':<14} {origin.member.name}, read by part {origin.member.part}")
    print(f"{'record':<14} {origin.record}, byte {origin.byte}, {origin.length} bytes")
    print(await services.lineage.text(scope, wish.ingest, wish.chunk, wish.record))


async def _replay(services: Services, scope: TenantScope, wish: argparse.Namespace) -> None:
    new = await services.replays.replay(scope, wish.ingest)
    await services.audit.allowed(scope, "ingest.replay", f"ingest:{wish.ingest}")
    print(f"{new.id} takes the place of {wish.ingest}")


async def _release(services: Services, scope: TenantScope, wish: argparse.Namespace) -> None:
    await services.audit.allowed(scope, "ingest.release", f"ingest:{wish.ingest}")
    released = await services.releases.release(scope, wish.ingest)
    print(f"{released.id} is to be committed, whatever it makes vanish")


def _line(ingest: Ingest) -> str:
    progress = ingest.progress
    counts = f"{progress.records:>10} records  {progress.rejected:>8} rejected"
    return f"{ingest.id}  {rfc3339(ingest.landed_at)}  {ingest.state:<10}  {counts}  {ingest.file_name}"


def _facts(ingest: Ingest) -> Iterator[tuple[str, object]]:
    progress, pins = ingest.progress, ingest.recognition
    yield "file", f"{ingest.file_name}, {ingest.size} bytes, by {ingest.way}"
    yield "state", ingest.state
    for state, at in ingest.reached.items():
        yield "", f"{state} at {rfc3339(at)}"
    if pins is not None:
        yield "feed", f"{pins.feed} version {pins.mapping_version}, source {pins.source}"
        yield "sha256", pins.sha256
    yield "records", f"{progress.records}: {progress.accepted} accepted, {progress.rejected} rejected"
    for code, count in progress.rejects.items():
        yield "", f"{count} {code}"
    yield "facts", progress.facts
    yield "chunks", f"{progress.chunks_done} of {progress.chunks}"
    pace = pace_of(ingest)
    if pace is not None:
        rate = f"{pace.records_per_second:,.0f} records/s, {pace.bytes_per_second / 1e6:,.1f} MB/s"
        yield "pace", f"{rate}, worked at {rfc3339(pace.worked_at) if pace.worked_at else 'unknown'}"
    for warning in ingest.warnings:
        yield "warning", warning
    if ingest.failure is not None:
        yield "failure", f"{ingest.failure.code}: {ingest.failure.detail}"
        for violation in ingest.failure.violations:
            yield "", f"{violation.place}: {violation.message}"


def _table(table: PlannedTable) -> str:
    layout = table.member.layout
    drift = f", drift: {', '.join(table.member.unread)}" if table.member.unread else ""
    done = f"{table.chunks_done} of {table.chunks} chunks"
    lines = f"{layout.dialect.lines} in {layout.dialect.encoding}, {len(layout.header)} columns"
    return f"{table.member.name}: part {table.member.part}, {lines}, {table.records} records, {done}{drift}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
