"""Takes bundles in: what planner and worker do with them in the place of surveying and working a file.

A bundle is planned as a file whose members were worked already: each chunk is the range of the archive that
holds its facts and rejects. So windows, marks, counts and the commit are those of every other ingest.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from shared.ingestion.bundles.chains import take
from shared.ingestion.bundles.checking import checked
from shared.ingestion.bundles.manifest import BundleManifest, facts_name, read_manifest, rejects_name
from shared.ingestion.bundles.opening import OpenBundle, check_contents, open_bundle, unseal
from shared.ingestion.bundles.ports import ApplianceRules, BundleChains
from shared.ingestion.bundles.refusals import direct, unsound
from shared.ingestion.loads import Target
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.identities import source_of
from shared.ingestion.model import Chunk, Dialect, Ingest, Layout, PlannedMember, Recognition, Way
from shared.ingestion.ports import Ingests, LandingBlobs, RangedFile
from shared.ingestion.reading.landed_files import LandedFile
from shared.ingestion.refusal import other_release
from shared.ingestion.working.work import ENGINE_VERSION, Task, Work
from shared.kernel.errors import NotFound, Violation
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at a landed file gives its plan."""

    pins: Recognition
    members: tuple[PlannedMember, ...]
    chunks: tuple[Chunk, ...]
    records: int
    warnings: tuple[str, ...]
    lines: tuple[RangedFile, ...] = ()
    """The lines of each member, for whoever works on at once; none of a bundle, which was worked."""


class Bundles:
    """The bundles that land on one stamp."""

    def __init__(
        self,
        ingests: Ingests,
        landing: LandingBlobs,
        rules: ApplianceRules,
        chains: BundleChains,
        catalogue: Catalogue,
    ) -> None:
        self._ingests = ingests
        self._landing = landing
        self._rules = rules
        self._chains = chains
        self._catalogue = catalogue

    async def require_way(self, scope: TenantScope, ingest: Ingest) -> None:
        """Refuse a file that came past the appliance of a tenant that takes files from there only.

        The policy may be younger than the upload.
        """
        if ingest.way is not Way.APPLIANCE and await self._rules.appliance_only(scope):
            raise direct()

    async def plan(self, scope: TenantScope, ingest: Ingest) -> Findings:
        """Check the landed bundle to its last byte, take it, and return what it gives a plan.

        `BundleRefused` for one that is not to be believed, `FileRefused` for one that another release made:
        it counts as taken, so that the bundles after it are.
        """
        file = LandedFile(self._landing, scope, ingest)
        bundle = await open_bundle(file, scope.tenant_id, await self._rules.appliance_keys(scope))
        await check_contents(file, bundle)
        await take(self._chains, self._ingests, scope, bundle, ingest)
        manifest = bundle.manifest
        return Findings(
            pins=self._pins(manifest),
            members=tuple(_members(manifest)),
            chunks=tuple(_chunks(bundle)),
            records=manifest.records,
            warnings=manifest.warnings,
        )

    async def work(self, scope: TenantScope, ingest: Ingest, task: Task) -> Work:
        """Return the work on a chunk of a planned bundle; `BundleRefused` when it is not what it may be.

        The planner checked the signature of these bytes, and the file refuses to be another one by now.
        """
        file, chunk = LandedFile(self._landing, scope, ingest), task.chunk
        manifest = read_manifest((await unseal(file)).manifest)
        data = await file.read(chunk.offset, chunk.length) if chunk.length else b""
        return await asyncio.to_thread(checked, data, manifest.chunks[chunk.n], task)

    def _pins(self, manifest: BundleManifest) -> Recognition:
        try:
            mapping = self._catalogue.get(manifest.feed, manifest.mapping_version)
        except NotFound:
            raise other_release() from None
        if manifest.engine_version != ENGINE_VERSION:
            raise other_release()
        violations = list(_deviations(manifest, mapping))
        if violations:
            raise unsound(*violations)
        return Recognition(
            sha256=manifest.file.sha256,
            feed=mapping.id,
            mapping_version=mapping.version,
            engine_version=manifest.engine_version,
            source=manifest.source,
            targets=tuple(_targets(manifest, mapping)),
        )


def _deviations(manifest: BundleManifest, mapping: Mapping) -> Iterator[Violation]:
    """Yield what the engine would never have made of the file."""
    names = [member.name for member in manifest.members]
    if source_of(mapping, manifest.file.name, names) != manifest.source:
        yield Violation("/source", "is not what the names of the file and its members say")
    parts = [mapping.by_part.get(member.part) for member in manifest.members]
    if None in parts:
        yield Violation("/members", "name parts that the feed does not have")
    tables = dict.fromkeys(part.table for part in parts if part is not None)
    if [target.table for target in manifest.targets] != list(tables):
        yield Violation("/targets", "are not the tables of the members")


def _targets(manifest: BundleManifest, mapping: Mapping) -> Iterator[Target]:
    for stated in manifest.targets:
        part = next(part for part in mapping.parts if part.table is stated.table)
        yield mapping.target(part, stated.load)


def _members(manifest: BundleManifest) -> Iterator[PlannedMember]:
    """Yield the members as a plan names them; how they were laid out is the appliance's own matter."""
    unread = Layout(dialect=Dialect(), header=(), constants={}, body_offset=0)
    for member in manifest.members:
        yield PlannedMember(name=member.name, part=member.part, layout=unread, size=member.size)


def _chunks(bundle: OpenBundle) -> Iterator[Chunk]:
    """Yield the chunks as ranges of the archive: from the start of the facts to the end of the rejects."""
    ends = dict(zip((entry.name for entry in bundle.frame.entries), bundle.frame.ends, strict=True))
    for n, packed in enumerate(bundle.manifest.chunks):
        spans = []
        if packed.facts is not None:
            spans.append((ends[facts_name(n)] - packed.facts.size, ends[facts_name(n)]))
        if packed.rejects is not None:
            spans.append((ends[rejects_name(n)] - packed.rejects.size, ends[rejects_name(n)]))
        start, end = (spans[0][0], spans[-1][1]) if spans else (0, 0)
        yield Chunk(n, start, end - start, packed.first_record, packed.records, packed.member)
