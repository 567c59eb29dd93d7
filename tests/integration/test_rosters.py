"""A roster and a gradebook on the whole local cloud: several tables, linked people, one dashboard."""

import io
import json
import zipfile
from functools import partial

import polars as pl
import pytest

from scripts.lib.api import Refused
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.analytics.model import bucket_of, course_shard, learner_shard, learner_view
from shared.analytics.views import LearnerDashboard, SectionDashboard
from shared.ingestion.linking.views import LinkViews
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView
from shared.ingestion.working.pseudonyms import pseudonym, tenant_key
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.tenancy.model import Role
from tests.fixtures.local_cloud import RunningCloud

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

TENANT = "linked-district"
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "identifier,email\n"
    "u1,active,2026-03-05,TRUE,o1,student,ann,,Ann,Poe,0007,ann@x.org\n"
    "u2,active,2026-03-05,TRUE,o1,student,bo,,Bo,Ray,0008,bo@x.org\n"
)
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,active,,North,school,12,\n"
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (12)\n    Points Possible,,,,,10\n"
    '"Poe, Ann",41,0007,ann,P1,8\n"Ray, Bo",42,0008,bo,P1,6\n"New, Kim",43,0009,kim,P1,4\n'
)


def roster(users: str = USERS) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", users)
        archive.writestr("orgs.csv", ORGS)
    return out.getvalue()


async def folded(access: DevelopmentAccess, name: str, content: bytes, tenant: str = TENANT) -> IngestView:
    async with access.api(tenant) as api:
        ingest = await api.follow(await api.upload(io.BytesIO(content), name))
    assert (ingest.state, ingest.failure) == (IngestState.FOLDED, None)
    return ingest


async def test_people_of_a_gradebook_are_shown_as_those_of_the_roster(access: DevelopmentAccess) -> None:
    await access.seed(District(TENANT, TENANT))
    services = access.services
    scope = TenantScope.of_iteration(TENANT, services.settings.stamp, "test", new_id())
    secret = tenant_key(await services.current_key("pseudonym"), TENANT)

    gradebook = await folded(access, "2026-03-05T1200_Grades-ALG_1.csv", GRADEBOOK.encode())
    bundle = await folded(access, "roster.zip", roster())

    assert set(gradebook.table_versions) == {"person", "results"}
    assert set(bundle.table_versions) == {"org", "person"}
    (matching,) = await LinkViews(services.link_reports).matchings(scope)
    assert (matching.system, matching.people, matching.matched, matching.unmatched) == ("canvas", 3, 2, 1)
    assert (matching.identifier, matching.roster_identifier) == ("sis_id", "sis_id")
    course = await services.rollups.find(scope, course_shard("ALG_1"), "course")
    assert course is not None
    assert course.view["learners"] == 3
    for person, result in ((pseudonym(secret, "oneroster", "u1"), 8), (pseudonym(secret, "canvas", "43"), 4)):
        view = await services.rollups.find(scope, learner_shard(bucket_of(person)), learner_view(person))
        assert view is not None
        assert f'"fully-graded", {result}0000, 100000' in json.dumps(view.view)


NAMED = "named-district"
NAMED_USERS = USERS.replace("Ann,Poe", "Zephyrine,Quackenbush").replace("Bo,Ray", "Thaddeus,Wigglesworth")
NAMED_GRADEBOOK = (
    GRADEBOOK.replace("Poe, Ann", "Quackenbush, Zephyrine")
    .replace("Ray, Bo", "Wigglesworth, Thaddeus")
    .replace("New, Kim", "Oglethorpe, Kimberlina")
)
WORDS = ("Zephyrine", "Quackenbush", "Thaddeus", "Wigglesworth", "Oglethorpe", "Kimberlina")
SECTION = "dashboards/courses/ALG_1/sections/P1"


async def test_a_teacher_sees_names_that_lie_nowhere_unsealed(
    access: DevelopmentAccess, cloud: RunningCloud
) -> None:
    key = partial(access.pseudonym, NAMED)
    learner = await key("oneroster", "u1")
    await access.seed(District(NAMED, NAMED, courses=frozenset({"ALG_1"}), learners=frozenset({learner})))
    await access.seed(District("unnamed-district", "unnamed-district", courses=frozenset({"ALG_1"})))
    await folded(access, "2026-03-05T1200_Grades-ALG_1.csv", NAMED_GRADEBOOK.encode(), NAMED)
    await folded(access, "roster.zip", roster(NAMED_USERS), NAMED)

    named = {
        learner: "Zephyrine Quackenbush",
        await key("oneroster", "u2"): "Thaddeus Wigglesworth",
        await key("canvas", "43"): "Oglethorpe, Kimberlina",
    }
    for role in (Role.TENANT_ADMIN, Role.INSTRUCTOR):
        async with access.api(NAMED, role) as api:
            section = await api.read(SECTION, SectionDashboard)
            one = await api.read(f"dashboards/learners/{learner}", LearnerDashboard)
        assert {member.learner_id: member.name for member in section.members} == named
        assert one.name == "Zephyrine Quackenbush"
    async with access.api(NAMED, Role.LEARNER) as api:
        own = await api.read(f"dashboards/learners/{learner}", LearnerDashboard)
        assert own.name == "Zephyrine Quackenbush"
    others = (NAMED, Role.SUPPORT_READONLY), (NAMED, Role.LEARNER), ("unnamed-district", Role.INSTRUCTOR)
    for tenant, role in others:
        async with access.api(tenant, role) as api:
            with pytest.raises(Refused):
                await api.read(SECTION, SectionDashboard)
    assert await leaks(access, cloud) == []


async def leaks(access: DevelopmentAccess, cloud: RunningCloud) -> list[str]:
    """Return where a name lies unsealed: on disk, blobs aside, and in the lake, what is staged aside."""
    folder = cloud.options.data
    found = [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file()
        and "blob" not in file.relative_to(folder).parts[0]
        and holds_name(file.read_bytes())
    ]
    scope = TenantScope.of_iteration(NAMED, access.services.settings.stamp, "test", new_id())
    container = access.services.blobs.service.get_container_client(container_of(scope))
    async for blob in container.list_blobs():
        content = await (await container.download_blob(blob.name)).readall()
        texts = pl.read_parquet(content).write_csv().encode() if blob.name.endswith(".parquet") else content
        if not blob.name.startswith("staged/") and holds_name(texts):
            found.append(blob.name)
    return found


def holds_name(content: bytes) -> bool:
    return any(word.lower().encode() in content.lower() for word in WORDS)
