"""Three districts on a running local cloud: two served here, each with a file of its own, and one abroad."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import jwt

from infra.local.issuer.keys import read_signing_key
from infra.local.issuer.tokens import AUDIENCE, LIFETIME
from scripts.lib.demo_files import write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.analytics.views import CourseDashboard
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner, StampScope
from shared.platform.cosmos.memberships import CosmosMemberships
from shared.tenancy.model import Issuer, IssuerKind, Membership, Role, SigningAlgorithm, Tenant
from tests.fixtures.item_results import QUIZ, item_results
from tests.fixtures.local_cloud import ingested

NORTH: Final = "iso-north"
SOUTH: Final = "iso-south"
ABROAD: Final = "iso-abroad"
OTHER_STAMP: Final = "other-1"

MACHINES: Final = "https://machines.example"
"""Whom the districts trust for machine clients; its keys are the local issuer's."""

_ROWS: Final = 40
_STUDENT, _CLASSMATE = "1001", "1002"
_LINE_ITEM: Final = "500"
"""The first assignment of the gradebook, which the roster aligns to a standard."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a district has: an ingest with rejects, a course with a quiz and a standard, two learners."""

    tenant: str
    ingest: str
    course: str
    school: str
    section: str
    line_item: str
    quiz: str
    standard: str
    learner: str
    classmate: str

    @property
    def names(self) -> tuple[str, ...]:
        """Texts by which anything of the district would be known where it does not belong."""
        own = (self.tenant, self.ingest, self.course, self.school, self.standard)
        return (*own, self.learner, self.classmate)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request to `path`. Header names are in lower case."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def correlation_id(self) -> str:
        """The name of the call in the audit."""
        return self.headers["x-correlation-id"]

    def appearance(self) -> tuple[int, dict[str, str], bytes]:
        """Return all that a caller sees; what names or counts the call itself shows only as there or not."""
        own = {"x-correlation-id", "content-length", "date", "ratelimit"}
        headers = {name: "*" if name in own else value for name, value in self.headers.items()}
        body = self.body.replace(self.correlation_id.encode(), b"*")
        return self.status, headers, body.replace(json.dumps(self.path).encode(), b"*")


class World:
    """Calls as anybody, and reads the audit."""

    def __init__(self, access: DevelopmentAccess, http: aiohttp.ClientSession) -> None:
        self.access = access
        self.services = access.services
        self._http = http
        self._memberships = CosmosMemberships(self.services.scoped("identity", "personId"))

    def scope(self, tenant: str) -> TenantScope:
        """Return a scope of a district as the tenant iterator makes it."""
        return TenantScope.of_iteration(tenant, self.services.settings.stamp, "test", new_id())

    @property
    def stamp(self) -> StampScope:
        """The scope of what belongs to no tenant."""
        return self.services.stamp_scope("test")

    async def login(
        self, tenant: str, role: Role, purpose: str, *, learner: str = "", course: str = ""
    ) -> str:
        """Make somebody with one role known to a district and return their token.

        The audit counts equal refusals of one person together: attempts that it has to name one by one need
        a person each, `{purpose}-{role}`.
        """
        subject = f"{purpose}-{role}".lower()
        await self._memberships.put(
            self.scope(tenant),
            Membership(
                issuer=self.access.endpoints.url("issuer"),
                subject=subject,
                person=subject,
                roles=frozenset({role}),
                courses=frozenset(filter(None, [course])),
                learners=frozenset(filter(None, [learner])),
            ),
        )
        return self.access.token(tenant, subject=subject)

    def machine(self, tenant: str, subject: str, *scopes: str) -> str:
        """Return a token of a machine client with scopes."""
        key, now = read_signing_key(self.access.issuer_folder), datetime.now(UTC)
        claims = {
            "iss": MACHINES,
            "sub": subject,
            "aud": AUDIENCE,
            "tenant": tenant,
            "scope": " ".join(scopes),
            "exp": now + LIFETIME,
        }
        return jwt.encode(claims, key.private, algorithm="ES256", headers={"kid": key.id})

    async def send(
        self,
        method: str,
        path: str,
        token: str | None,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; `path` is relative to `/api`."""
        sent = {"X-Correlation-Id": new_id(), **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        url = f"{self.access.endpoints.url('http')}/api/{path}"
        async with self._http.request(method, url, json=body, headers=sent) as answer:
            received = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.url.raw_path, answer.status, received, await answer.read())

    async def audited(self, owner: Owner) -> list[dict[str, Any]]:
        """Return every entry of the audit of one owner."""
        store = self.services.audit_store
        return [entry async for stored in store.segments(owner) for entry in stored.segment.entries]

    async def furnish(self, tenant: str, course: str) -> Holdings:
        """Make a district with one gradebook, taken in through the interface up to its dashboards."""
        learner, classmate = [
            await self.access.pseudonym(tenant, "canvas", known) for known in (_STUDENT, _CLASSMATE)
        ]
        await self.access.seed(
            District(tenant, tenant, courses=frozenset({course}), learners=frozenset({learner}))
        )
        await self._trust_machines(tenant)
        roster = await ingested(self.access, tenant, "roster.zip", _roster(tenant, course))
        assert roster.state is IngestState.FOLDED
        ingest = await self.grade(tenant, course)
        assert ingest.rejected > 0
        quiz = await ingested(self.access, tenant, f"{course} item results.csv", item_results(course))
        assert quiz.state is IngestState.FOLDED
        shown = await self.send("GET", f"dashboards/courses/{course}", self.access.token(tenant))
        view = CourseDashboard.model_validate_json(shown.body)
        return Holdings(
            tenant,
            ingest.id,
            course,
            school=view.school_id,
            section=view.sections[0].section_id,
            line_item=view.assessments[0].line_item_id,
            quiz=QUIZ,
            standard=_standard(tenant),
            learner=learner,
            classmate=classmate,
        )

    async def grade(self, tenant: str, course: str) -> IngestView:
        """Let a district take in the gradebook of a course."""
        content = io.BytesIO()
        write_gradebook(content, seed=1, rows=_ROWS, course=course)
        name = f"2026-03-05T1200_Grades-{course}.csv"
        ingest = await ingested(self.access, tenant, name, content.getvalue())
        assert ingest.state is IngestState.FOLDED
        return ingest

    async def _trust_machines(self, tenant: str) -> None:
        record = await self.services.tenants.find(tenant)
        assert record
        machines = Issuer(
            url=MACHINES,
            kind=IssuerKind.MACHINE,
            algorithms=frozenset({SigningAlgorithm.ES256}),
            jwks_url=f"{self.access.endpoints.url('issuer')}/jwks",
        )
        await self.services.tenants.put(record.model_copy(update={"issuers": (*record.issuers, machines)}))

    async def move_abroad(self, here: str, abroad: str) -> None:
        """Make a tenant that is homed on another stamp, known by the same issuer as `here`."""
        tenant = await self.services.tenants.find(here)
        assert tenant
        moved: Tenant = tenant.model_copy(update={"id": abroad, "home_stamp": OTHER_STAMP})
        await self.services.tenants.put(moved)


def _standard(tenant: str) -> str:
    return f"standard-of-{tenant}"


def _roster(tenant: str, course: str) -> bytes:
    """Return a OneRoster bundle: a school that has a course, a standard that has an assignment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr(
            "orgs.csv",
            f"sourcedId,status,dateLastModified,name,type,identifier\n{tenant}-high,active,,High,school,1\n",
        )
        bundle.writestr(
            "classes.csv",
            "sourcedId,status,dateLastModified,title,courseSourcedId,classType,schoolSourcedId\n"
            f"{course},active,,Mathematics,math,scheduled,{tenant}-high\n",
        )
        bundle.writestr(
            "lineItems.csv",
            f"sourcedId,status,dateLastModified,title,classSourcedId\n{_LINE_ITEM},active,,Task,{course}\n",
        )
        bundle.writestr(
            "lineItemLearningObjectiveIds.csv",
            "sourcedId,status,dateLastModified,lineItemSourcedId,source,learningObjectiveId\n"
            f"1,active,,{_LINE_ITEM},case,{_standard(tenant)}\n",
        )
    return out.getvalue()
