"""`scripts/run`: the demo is loaded once and held to its truth; one file goes through the cloud that runs."""

import asyncio
import sys
from pathlib import Path

import pytest

from functions.http.me import PrincipalView
from scripts.lib.demo.districts import AttemptsFile, DemoDistrict, GradebookFile
from scripts.lib.demo.loading import load_demo
from scripts.lib.demo.result import DistrictResult
from scripts.lib.demo_files import write_attempts
from scripts.lib.development_access import DevelopmentAccess
from shared.analytics.views import LearnerDashboard
from shared.ingestion.views import IngestView
from shared.tenancy.model import Role
from tests.fixtures.local_cloud import RunningCloud, ingested, seen_anew

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

DEMO = DemoDistrict(
    id="small",
    name="Small District",
    accent="#1b5e7a",
    files=(AttemptsFile("attempts.csv", 7, 300, ("ALG_1", "BIO_1")), GradebookFile("CHEM_1", 8, 60)),
    teaches=frozenset({"CHEM_1"}),
    live_course="LIVE",
)


def unwatched(label: str, ingest: IngestView) -> None:
    """Show nothing."""


async def load(access: DevelopmentAccess) -> DistrictResult:
    (result,) = await load_demo(access, [DEMO], unwatched)
    return result


async def test_the_demo_is_loaded_once_and_again_when_it_was_overwritten(access: DevelopmentAccess) -> None:
    first = await load(access)
    assert first.correct
    assert await load(access) == first
    # Most of it: a file that makes most of what was there vanish would be held.
    await ingested(access, DEMO.id, "attempts.csv", b"".join(most_lines(access)))
    await seen_anew()
    repaired = await load(access)
    assert repaired.correct
    assert repaired.courses == first.courses
    assert [
        file.ingest == before.ingest for file, before in zip(repaired.files, first.files, strict=True)
    ] == [
        False,
        True,
    ]


def most_lines(access: DevelopmentAccess) -> list[bytes]:
    with (access.data / "demo" / DEMO.id / "attempts.csv").open("rb") as file:
        lines = list(file)
    return lines[: len(lines) * 3 // 4]


async def test_the_demo_teacher_and_the_demo_learner_find_themselves_in_the_files(
    access: DevelopmentAccess,
) -> None:
    await load(access)
    async with access.api(DEMO.id, Role.INSTRUCTOR) as teacher:
        assert [line.course_id for line in (await teacher.overview()).courses] == ["CHEM_1"]
    async with access.api(DEMO.id, Role.LEARNER) as learner:
        own = (await learner.read("me", PrincipalView)).learners
        seen = [await learner.read(f"dashboards/learners/{name}", LearnerDashboard) for name in own]
    assert {course.course_id for view in seen for course in view.courses} == {"ALG_1", "CHEM_1"}


async def run(cloud: RunningCloud, file: Path, tenant: str) -> tuple[int, str]:
    ports = [f"--{service}-port={port}" for service, port in cloud.options.endpoints.ports.items()]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.lib.run", f"--data={cloud.options.data}", *ports),
        *("--file", str(file), "--tenant", tenant),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


async def test_a_file_is_ingested_with_the_running_cloud_for_a_tenant_that_is_new(
    cloud: RunningCloud, tmp_path: Path
) -> None:
    file = tmp_path / "attempts.csv"
    with file.open("wb") as out:
        truth = write_attempts(out, seed=9, rows=300, courses=["ALG_1"])
    code, output = await run(cloud, file, "newcomer")
    assert code == 0, output
    assert f"The first 10 of {sum(truth.rejects.values())} rejects" in output
    code, output = await run(cloud, file, "newcomer")
    assert (code, "duplicate" in output) == (0, True), output


async def test_a_refused_file_ends_with_its_reason(cloud: RunningCloud, tmp_path: Path) -> None:
    file = tmp_path / "strange.csv"
    file.write_text("hello,world\n1,2\n")
    code, output = await run(cloud, file, "newcomer")
    assert code == 1
    assert "strange.csv is failed: the file fits no known feed (unrecognised)" in output
    assert "feed attempts: no column for learner" in output
    file.write_text("")
    code, output = await run(cloud, file, "newcomer")
    assert code == 1
    assert "/size" in output
