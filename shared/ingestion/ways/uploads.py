"""Grants uploads: an upload record, and a URL that may write just the blob which that record names."""

from dataclasses import dataclass

from shared.ingestion import policies
from shared.ingestion.model import Upload, Way
from shared.ingestion.ports import Ingests, UploadGrants, UploadRules
from shared.ingestion.ways.file_names import sanitised
from shared.kernel.clock import Clock
from shared.kernel.errors import Forbidden
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class GrantedUpload:
    """An upload record and the URL to PUT the bytes to."""

    upload: Upload
    url: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a file that may come in is called here, and how many bytes of it are taken."""

    file_name: str
    size_limit: int


async def admitted(
    rules: UploadRules, scope: TenantScope, file_name: str, size: int | None, way: Way = Way.SAS
) -> Admitted:
    """Check a file's name and size, and that its tenant takes files by this way.

    `Forbidden` for a tenant whose files come through its own appliance only, when this one does not;
    `InvalidInput` and `TooLarge` for name and size.
    """
    limit = min(await rules.largest_upload(scope), policies.LARGEST_UPLOAD)
    policies.check_size(size, limit)
    name = sanitised(file_name)
    if way is not Way.APPLIANCE and not await rules.direct_upload_allowed(scope):
        raise Forbidden("this district takes files through its own appliance only")
    return Admitted(name, limit)


def landing_blob(tenant_id: str, upload_id: str, file_name: str) -> str:
    """Return the name of an upload's blob in the container `landing`."""
    return f"{tenant_id}/{upload_id}/{file_name}"


class Uploads:
    """Grants uploads to callers of a tenant."""

    def __init__(self, ingests: Ingests, grants: UploadGrants, rules: UploadRules, clock: Clock) -> None:
        self._ingests = ingests
        self._grants = grants
        self._rules = rules
        self._clock = clock

    async def request_upload(
        self,
        scope: TenantScope,
        file_name: str,
        size: int | None = None,
        feed_hint: str | None = None,
        way: Way = Way.SAS,
    ) -> GrantedUpload:
        """Record an upload and grant its blob for an hour.

        `feed_hint` names the feed to read the file by, when the sender knows; `way` tells a bundle of the
        tenant's appliance from any other file. Raises what `admitted` does.
        """
        admission = await admitted(self._rules, scope, file_name, size, way)
        name, now, upload_id = admission.file_name, self._clock.now(), new_id()
        upload = Upload(
            id=upload_id,
            file_name=name,
            blob=landing_blob(scope.tenant_id, upload_id, name),
            size=size,
            size_limit=admission.size_limit,
            feed_hint=feed_hint,
            created_at=now,
            created_by=scope.actor,
            expires_at=now + policies.GRANT_VALID,
            way=way,
        )
        await self._ingests.add_upload(scope, upload)
        return GrantedUpload(upload, await self._grants.grant(scope, upload.blob, upload.expires_at))
