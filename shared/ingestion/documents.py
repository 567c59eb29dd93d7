"""How the nouns of ingestion are written as JSON documents of the container `ingests`, and read back.

One ingest is one partition (`tenantId`, `ingestId`): items `upload`, `ingest`, `plan`, `chunk:000000`….
What the newest planned file of each source is lies in partition `heads`, items `planned:{source}`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from shared.ingestion.loads import Load, Target
from shared.ingestion.model import (
    Chunk,
    ChunkDone,
    Dialect,
    Failure,
    Ingest,
    IngestState,
    Layout,
    LineFormat,
    Measure,
    Part,
    Plan,
    PlannedMember,
    Progress,
    Recognition,
    Upload,
    Way,
    Written,
)
from shared.ingestion.table_names import TableName
from shared.kernel.clock import parse_rfc3339, rfc3339
from shared.kernel.errors import Violation
from shared.kernel.events import Json

type Document = dict[str, Json]
type _Stored = Mapping[str, Any]

UPLOAD: Final = "upload"
INGEST: Final = "ingest"
PLAN: Final = "plan"
HEADS: Final = "heads"

_UPLOAD_KEPT: Final = timedelta(days=7)
"""The event that a blob landed may come a day late. Afterwards the ingest says all that is known of the file,
and an upload that never landed is nothing to keep: its file name may tell of people."""


def chunk_id(n: int) -> str:
    """Return the item id of the completion mark of chunk `n`."""
    return f"chunk:{n:06d}"


def upload_document(upload: Upload) -> Document:
    """Write an upload record."""
    return {
        "id": UPLOAD,
        "kind": UPLOAD,
        "fileName": upload.file_name,
        "blob": upload.blob,
        "size": upload.size,
        "sizeLimit": upload.size_limit,
        "feedHint": upload.feed_hint,
        "createdAt": rfc3339(upload.created_at),
        "createdBy": upload.created_by,
        "expiresAt": rfc3339(upload.expires_at),
        "way": upload.way,
        "ttl": int(_UPLOAD_KEPT.total_seconds()),
    }


def read_upload(document: _Stored) -> Upload:
    """Read an upload record."""
    return Upload(
        id=document["ingestId"],
        file_name=document["fileName"],
        blob=document["blob"],
        size=document["size"],
        size_limit=document["sizeLimit"],
        feed_hint=document["feedHint"],
        created_at=parse_rfc3339(document["createdAt"]),
        created_by=document["createdBy"],
        expires_at=parse_rfc3339(document["expiresAt"]),
        way=Way(document.get("way", Way.SAS)),
    )


def ingest_document(ingest: Ingest) -> Document:
    """Write an ingest."""
    return {
        "id": INGEST,
        "kind": INGEST,
        "state": ingest.state,
        "fileName": ingest.file_name,
        "blob": ingest.blob,
        "etag": ingest.etag,
        "size": ingest.size,
        "feedHint": ingest.feed_hint,
        "way": ingest.way,
        "reached": {state.value: rfc3339(at) for state, at in ingest.reached.items()},
        "landedAt": rfc3339(ingest.landed_at),
        "progressedAt": rfc3339(ingest.last_progress_at),
        "warnings": list(ingest.warnings),
        "tableVersions": {table.value: at for table, at in ingest.table_versions.items()},
        "supersedes": ingest.supersedes,
        "released": ingest.released,
        "replays": ingest.replays,
        "failure": _failure_document(ingest.failure),
        **_recognition_document(ingest.recognition),
        **_progress_document(ingest.progress),
    }


def read_ingest(document: _Stored) -> Ingest:
    """Read an ingest."""
    return Ingest(
        id=document["ingestId"],
        state=IngestState(document["state"]),
        file_name=document["fileName"],
        blob=document["blob"],
        etag=document["etag"],
        size=document["size"],
        feed_hint=document["feedHint"],
        way=Way(document.get("way", Way.SAS)),
        reached={IngestState(s): parse_rfc3339(at) for s, at in document["reached"].items()},
        recognition=_read_recognition(document),
        progress=Progress(
            chunks=document["chunks"],
            chunks_done=document["chunksDone"],
            records=document["records"],
            accepted=document["accepted"],
            rejected=document["rejected"],
            facts=document["facts"],
            rejects=document["rejectCounts"],
            at=parse_rfc3339(document["chunkAt"]) if document["chunkAt"] else None,
        ),
        warnings=tuple(document["warnings"]),
        failure=_read_failure(document["failure"]),
        table_versions={TableName(t): version for t, version in document["tableVersions"].items()},
        supersedes=document["supersedes"],
        released=document["released"],
        replays=document["replays"],
    )


def _recognition_document(pins: Recognition | None) -> Document:
    if pins is None:
        return dict.fromkeys(("sha256", "feed", "mappingVersion", "engineVersion", "source", "targets"))
    return {
        "sha256": pins.sha256,
        "feed": pins.feed,
        "mappingVersion": pins.mapping_version,
        "engineVersion": pins.engine_version,
        "source": pins.source,
        "targets": [asdict(target) for target in pins.targets],
    }


def _read_recognition(document: _Stored) -> Recognition | None:
    if document["feed"] is None:
        return None
    return Recognition(
        sha256=document["sha256"],
        feed=document["feed"],
        mapping_version=document["mappingVersion"],
        engine_version=document["engineVersion"],
        source=document["source"],
        targets=tuple(_read_target(target) for target in document["targets"]),
    )


def _read_target(target: _Stored) -> Target:
    return Target(
        TableName(target["table"]), Load(target["load"]), tuple(target["key"]), target["max_vanished_share"]
    )


def _progress_document(progress: Progress) -> Document:
    return {
        "chunks": progress.chunks,
        "chunksDone": progress.chunks_done,
        "records": progress.records,
        "accepted": progress.accepted,
        "rejected": progress.rejected,
        "facts": progress.facts,
        "rejectCounts": dict(progress.rejects),
        "chunkAt": rfc3339(progress.at) if progress.at else None,
    }


def _failure_document(failure: Failure | None) -> Document | None:
    if failure is None:
        return None
    violations: list[Json] = [{"place": v.place, "message": v.message} for v in failure.violations]
    return {"code": failure.code, "detail": failure.detail, "violations": violations}


def _read_failure(document: _Stored | None) -> Failure | None:
    if document is None:
        return None
    violations = tuple(Violation(v["place"], v["message"]) for v in document["violations"])
    return Failure(document["code"], document["detail"], violations)


def plan_document(plan: Plan) -> Document:
    """Write a plan."""
    return {
        "id": PLAN,
        "kind": PLAN,
        "plan": {
            "members": [asdict(member) for member in plan.members],
            "chunks": [asdict(chunk) for chunk in plan.chunks],
            "references": {str(table): version for table, version in plan.references.items()},
        },
    }


def read_plan(document: _Stored) -> Plan:
    """Read a plan."""
    plan = document["plan"]
    return Plan(
        ingest_id=document["ingestId"],
        members=tuple(_read_member(member) for member in plan["members"]),
        chunks=tuple(Chunk(**chunk) for chunk in plan["chunks"]),
        references={TableName(table): version for table, version in plan.get("references", {}).items()},
    )


def _read_member(member: _Stored) -> PlannedMember:
    return PlannedMember(
        **{**member, "layout": _read_layout(member["layout"]), "unread": tuple(member["unread"])}
    )


def _read_layout(layout: _Stored) -> Layout:
    dialect = layout["dialect"]
    return Layout(
        dialect=Dialect(**{**dialect, "lines": LineFormat(dialect["lines"])}),
        header=tuple(layout["header"]),
        constants=layout["constants"],
        measures=tuple(Measure(**measure) for measure in layout["measures"]),
        slices=tuple((start, length) for start, length in layout["slices"]),
        body_offset=layout["body_offset"],
    )


def chunk_document(done: ChunkDone) -> Document:
    """Write the completion mark of a chunk."""
    return {
        "id": chunk_id(done.n),
        "kind": "chunk",
        "n": done.n,
        "part": asdict(done.part) if done.part else None,
        "people": asdict(done.people) if done.people else None,
        "accepted": done.accepted,
        "rejected": done.rejected,
        "rejectCounts": dict(done.rejects),
        "written": {path: asdict(written) for path, written in done.written.items()},
    }


def read_chunk(document: _Stored) -> ChunkDone:
    """Read the completion mark of a chunk."""
    part, people = document["part"], document["people"]
    return ChunkDone(
        n=document["n"],
        part=Part(**part) if part else None,
        people=Part(**people) if people else None,
        accepted=document["accepted"],
        rejected=document["rejected"],
        rejects=document["rejectCounts"],
        written={path: _read_written(written) for path, written in document.get("written", {}).items()},
    )


def _read_written(written: _Stored) -> Written:
    extremes = {name: (least, greatest) for name, (least, greatest) in written["extremes"].items()}
    return Written(written["etag"], written["columns"], extremes)
