"""A roster and a gradebook on the whole local cloud: several tables, linked people, one dashboard."""

import io
import json
import zipfile

import pytest

from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.analytics.model import bucket_of, course_shard, learner_shard, learner_view
from shared.ingestion.linking.views import LinkViews
from shared.ingestion.model import IngestState
from shared.ingestion.pseudonyms import pseudonym, tenant_key
from shared.ingestion.views import IngestView
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope

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


def roster() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", USERS)
        archive.writestr("orgs.csv", ORGS)
    return out.getvalue()


async def folded(access: DevelopmentAccess, name: str, content: bytes) -> IngestView:
    async with access.api(TENANT) as api:
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
        assert f'"score": {result}.0' in json.dumps(view.view)
