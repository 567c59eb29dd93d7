"""Ingestion, from the granted upload to the committed table."""

from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from shared.bootstrap.foundations import Foundations

if TYPE_CHECKING:
    from shared.ingestion.bundles.taking import Bundles
    from shared.ingestion.committing.committer import Committer
    from shared.ingestion.committing.compacting import Compactor
    from shared.ingestion.following.freshness import FreshnessViews
    from shared.ingestion.following.ingest_views import IngestViews
    from shared.ingestion.following.lineage import Lineage
    from shared.ingestion.linking.linker import Linker
    from shared.ingestion.linking.ports import LinkReports
    from shared.ingestion.linking.views import LinkViews
    from shared.ingestion.mapping.catalogue import Catalogue
    from shared.ingestion.planning.planner import Planner
    from shared.ingestion.planning.survey import Surveyor
    from shared.ingestion.ports import PseudonymKeys
    from shared.ingestion.resuming.releasing import Releases
    from shared.ingestion.resuming.replaying import Replays
    from shared.ingestion.resuming.sweeper import Sweeper
    from shared.ingestion.ways.drops import DropWatch
    from shared.ingestion.ways.intake import Intake
    from shared.ingestion.ways.landing import Landing
    from shared.ingestion.ways.mail import MailIntake
    from shared.ingestion.ways.uploads import Uploads
    from shared.ingestion.working.lookup_rows import LookupRows
    from shared.ingestion.working.sealing import NameKeys
    from shared.ingestion.working.worker import Worker
    from shared.platform.blob.lake import AzureLakeBlobs
    from shared.platform.blob.landing import AzureLandingBlobs
    from shared.platform.blob.mailbox import AzureMailbox
    from shared.platform.cosmos.commits import CosmosCommitLedger
    from shared.platform.cosmos.ingests import CosmosIngests
    from shared.platform.lake.access import LakeAccess
    from shared.platform.lake.rows import LakeRows
    from shared.platform.lake.tables import DeltaTables


class Ingestion(Foundations):
    """What brings files into the lake."""

    @cached_property
    def ingests(self) -> "CosmosIngests":
        """The documents of ingests."""
        from shared.platform.cosmos.ingests import CosmosIngests  # noqa: PLC0415

        return CosmosIngests(self.ingest_documents)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """The feeds."""
        from shared.ingestion.mapping.catalogue import Catalogue  # noqa: PLC0415

        return Catalogue.built_in()

    @cached_property
    def landing_blobs(self) -> "AzureLandingBlobs":
        """The landed files."""
        from shared.platform.blob.landing import AzureLandingBlobs  # noqa: PLC0415

        return AzureLandingBlobs(self.blobs)

    @cached_property
    def lake_blobs(self) -> "AzureLakeBlobs":
        """Parts and rejects in the tenants' lakes."""
        from shared.platform.blob.lake import AzureLakeBlobs  # noqa: PLC0415

        return AzureLakeBlobs(self.blobs)

    @cached_property
    def name_keys(self) -> "NameKeys":
        """The tenants' keys for names."""
        from shared.ingestion.working.sealing import NameKeys  # noqa: PLC0415

        return NameKeys(self.keys("roster"))

    @cached_property
    def pseudonym_keys(self) -> "PseudonymKeys":
        """The tenants' keys for pseudonyms."""
        from shared.ingestion.working.pseudonyms import DerivedPseudonymKeys  # noqa: PLC0415

        return DerivedPseudonymKeys(partial(self.current_key, "pseudonym"))

    @cached_property
    def uploads(self) -> "Uploads":
        """Grants uploads."""
        from shared.ingestion.ways.uploads import Uploads  # noqa: PLC0415
        from shared.platform.blob.grants import SasUploadGrants  # noqa: PLC0415

        grants = SasUploadGrants(self.blobs, self.clock)
        return Uploads(self.ingests, grants, self.tenancy, self.clock)

    @cached_property
    def intake(self) -> "Intake":
        """Takes in what arrives by other ways than a granted upload."""
        from shared.ingestion.ways.intake import Intake  # noqa: PLC0415
        from shared.platform.cosmos.receipts import CosmosReceipts  # noqa: PLC0415

        receipts = CosmosReceipts(self.ingest_documents)
        return Intake(receipts, self.ingests, self.tenancy, self.clock)

    @cached_property
    def drop_watch(self) -> "DropWatch":
        """Watches the box into which SFTP writes."""
        from shared.ingestion.ways.drops import DropWatch  # noqa: PLC0415
        from shared.platform.blob.drops import AzureDrops  # noqa: PLC0415

        patience = timedelta(seconds=self.settings.drop_patience_seconds)
        drops = AzureDrops(self.blobs, self.clock)
        return DropWatch(drops, self.intake, self.audit, patience=patience)

    @cached_property
    def mailbox(self) -> "AzureMailbox":
        """The messages that a relay stored."""
        from shared.platform.blob.mailbox import AzureMailbox  # noqa: PLC0415

        return AzureMailbox(self.blobs)

    @cached_property
    def mail_intake(self) -> "MailIntake":
        """Takes in what comes by mail."""
        from shared.ingestion.ways.mail import MailIntake  # noqa: PLC0415
        from shared.platform.blob.copying import BlobCopies  # noqa: PLC0415
        from shared.platform.cosmos.held_mail import QuarantinedMail  # noqa: PLC0415
        from shared.platform.cosmos.quarantine import CosmosQuarantine  # noqa: PLC0415

        quarantine = CosmosQuarantine(self.scoped("quarantine", "queue"))
        return MailIntake(
            mailbox=self.mailbox,
            senders=self.tenancy,
            intake=self.intake,
            landing=BlobCopies(self.blobs, self.clock),
            held=QuarantinedMail(quarantine, self.clock),
            refusals=self.audit,
            clock=self.clock,
            authority=self.settings.mail_authority,
        )

    @cached_property
    def ingest_views(self) -> "IngestViews":
        """Reads ingests and rejects."""
        from shared.ingestion.following.ingest_views import IngestViews  # noqa: PLC0415

        return IngestViews(self.ingests, self.lake_blobs)

    @cached_property
    def freshness(self) -> "FreshnessViews":
        """Tells how fresh data is."""
        from shared.ingestion.following.freshness import FreshnessViews  # noqa: PLC0415

        return FreshnessViews(self.ingests)

    @cached_property
    def lineage(self) -> "Lineage":
        """Finds the records of facts again."""
        from shared.ingestion.following.lineage import Lineage  # noqa: PLC0415

        return Lineage(self.ingests, self.landing_blobs, self.lake_blobs)

    @cached_property
    def replays(self) -> "Replays":
        """Takes files in once more."""
        from shared.ingestion.resuming.replaying import Replays  # noqa: PLC0415

        return Replays(self.ingests, self.catalogue, self.clock)

    @cached_property
    def landing(self) -> "Landing":
        """Receives landed blobs."""
        from shared.ingestion.ways.landing import Landing  # noqa: PLC0415

        return Landing(self.ingests, self.landing_blobs, self.tenancy, self.settings.stamp, self.clock)

    @cached_property
    def bundles(self) -> "Bundles":
        """Takes in what appliances have packed."""
        from shared.ingestion.bundles.taking import Bundles  # noqa: PLC0415
        from shared.platform.cosmos.bundle_chains import CosmosBundleChains  # noqa: PLC0415

        chains = CosmosBundleChains(self.ingest_documents)
        return Bundles(self.ingests, self.landing_blobs, self.tenancy, chains, self.catalogue)

    @cached_property
    def lookup_rows(self) -> "LookupRows":
        """What chunks look up in."""
        from shared.ingestion.reading.planned_lines import PlannedLines  # noqa: PLC0415
        from shared.ingestion.working.lookup_rows import LookupRows  # noqa: PLC0415

        lines = PlannedLines(self.landing_blobs, self.lake_blobs)
        return LookupRows(lines, self.fact_tables, self.lake_rows, self.clock)

    @cached_property
    def worker(self) -> "Worker":
        """Turns chunks into parts."""
        from shared.ingestion.working.worker import Worker  # noqa: PLC0415
        from shared.platform.memory import give_back  # noqa: PLC0415

        return Worker(
            self.ingests,
            self.landing_blobs,
            self.lake_blobs,
            self.pseudonym_keys,
            self.bundles,
            self.lookup_rows,
            self.catalogue,
            self.clock,
            names=self.name_keys,
            give_back=give_back,
        )

    @cached_property
    def surveyor(self) -> "Surveyor":
        """Recognises and cuts files."""
        from shared.ingestion.planning.survey import Surveyor  # noqa: PLC0415

        return Surveyor()

    @cached_property
    def planner(self) -> "Planner":
        """Plans landed files."""
        from shared.ingestion.planning.planner import Planner  # noqa: PLC0415

        return Planner(
            self.ingests,
            self.landing_blobs,
            self.lake_blobs,
            self.surveyor,
            self.bundles,
            self.lookup_rows,
            self.worker,
            self.catalogue,
            self.clock,
        )

    @cached_property
    def sweeper(self) -> "Sweeper":
        """Starts stuck ingests again."""
        from shared.ingestion.resuming.sweeper import Sweeper  # noqa: PLC0415

        return Sweeper(self.ingests, self.clock)

    @cached_property
    def lake(self) -> "LakeAccess":
        """The tenants' lake containers."""
        from shared.platform.lake.access import LakeAccess  # noqa: PLC0415

        return LakeAccess(self.blobs, self.clock)

    @cached_property
    def lake_rows(self) -> "LakeRows":
        """The rows of fact tables."""
        from shared.platform.lake.rows import LakeRows  # noqa: PLC0415

        return LakeRows(self.lake)

    @cached_property
    def fact_tables(self) -> "DeltaTables":
        """The fact tables, for writing."""
        from shared.platform.lake.tables import DeltaTables  # noqa: PLC0415

        return DeltaTables(self.lake, self.clock)

    @cached_property
    def commit_ledger(self) -> "CosmosCommitLedger":
        """The ingests that wait to be committed."""
        from shared.platform.cosmos.commits import CosmosCommitLedger  # noqa: PLC0415

        return CosmosCommitLedger(self.ingest_documents)

    @cached_property
    def link_reports(self) -> "LinkReports":
        """What a clerk reads of linking."""
        from shared.platform.blob.link_reports import LakeLinkReports  # noqa: PLC0415

        return LakeLinkReports(self.lake_blobs)

    @cached_property
    def link_views(self) -> "LinkViews":
        """Shows linking."""
        from shared.ingestion.linking.views import LinkViews  # noqa: PLC0415

        return LinkViews(self.link_reports)

    @cached_property
    def linker(self) -> "Linker":
        """Finds the people of other systems in the roster."""
        from shared.ingestion.linking.linker import Linker  # noqa: PLC0415
        from shared.platform.lake.people import LakePeople  # noqa: PLC0415

        return Linker(LakePeople(self.lake), self.link_reports, self.catalogue)

    @cached_property
    def releases(self) -> "Releases":
        """Lets held files pass."""
        from shared.ingestion.resuming.releasing import Releases  # noqa: PLC0415

        return Releases(self.ingests, self.clock)

    @cached_property
    def compactor(self) -> "Compactor":
        """Merges small files."""
        from shared.ingestion.committing.compacting import Compactor  # noqa: PLC0415

        return Compactor(self.fact_tables, self.lake_rows)

    @cached_property
    def committer(self) -> "Committer":
        """Makes worked ingests visible."""
        from shared.ingestion.committing.committer import Committer  # noqa: PLC0415
        from shared.ingestion.committing.merger import Merger  # noqa: PLC0415

        return Committer(self.fact_tables, self.commit_ledger, Merger(self.lake_rows), self.clock)
