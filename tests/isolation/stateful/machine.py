"""Random runs of three districts on one application, every answer compared with the truth about each."""

import json
from itertools import count
from typing import Any, ClassVar, Final, Never

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from shared.ingestion.ways.uploads import landing_blob
from shared.kernel.ids import new_id
from shared.kernel.secrets import Keyring
from shared.messaging.envelope import seal
from shared.web.exchange import Outgoing
from tests.isolation.envelopes import sealed_again
from tests.isolation.stateful.application import ELSEWHERE, HERE, Application, blob_path, committed
from tests.isolation.stateful.lake import Scores
from tests.isolation.stateful.reference import (
    ADMIN,
    COURSES,
    LEARNERS,
    STUDENT,
    TEACHER,
    DistrictTruth,
    Upload,
)

_RUNS = count()
_LONGEST_LIST: Final = 20
_MOVES: Final = 2

who = st.integers(0, 2)
names = st.sampled_from(["grades.csv", "attempts.csv"])
keys = st.sampled_from(["", "key-00001", "key-00002"])
pages = st.sampled_from(["list_ingests", "read_overview", "read_me"])
courses = st.sampled_from(COURSES)
learners = st.sampled_from(LEARNERS)
subjects = st.sampled_from([ADMIN, TEACHER, STUDENT])
scores = st.dictionaries(learners, st.integers(0, 10), min_size=1)


FOUND: list[str] = []
"""Every leak that was seen since somebody cleared this."""


class Leak(AssertionError):
    """Something of one district was seen, changed or accepted where it does not belong."""


def leak(what: str) -> Never:
    """Report a difference from the truth."""
    FOUND.append(what)
    raise Leak(what)


class Districts(RuleBasedStateMachine):
    """Rules are what can happen; each checks its answer, and none lets one district's doing reach another."""

    application: ClassVar[Application]
    """Set by the test; runs use districts of their own on it."""

    @initialize()
    def begin(self) -> None:
        self.app, run, self.moves = self.application, next(_RUNS), 0
        self.app.restart()
        self.districts = [
            DistrictTruth(f"run{run}-{letter}", COURSES[number % 2], LEARNERS[number])
            for number, letter in enumerate("abc")
        ]
        for district in self.districts:
            self.app.seed(district.tenant, *district.memberships)

    def call(self, district: DistrictTruth, subject: str, operation: str, **request: Any) -> Outgoing:  # noqa: ANN401 - as of the application
        return self.app.call(district.tenant, subject, operation, **request)

    def expect(self, district: DistrictTruth, answer: Outgoing, status: int, what: str) -> Any:  # noqa: ANN401 - JSON
        """Require a status, 404 from a district that is abroad, and return what a success holds."""
        assert answer.status < 500, f"{what}: the application failed"
        wanted = status if district.at_home else 404
        if answer.status != wanted:
            leak(f"{what}: {answer.status} in place of {wanted}")
        return json.loads(answer.body) if answer.status in {200, 201} else None

    # Uploads and blobs

    @rule(number=who, name=names, key=keys)
    def ask_for_an_upload(self, number: int, name: str, key: str) -> None:
        district = self.districts[number]
        headers = {"idempotency-key": key} if key else {}
        answer = self.call(district, ADMIN, "request_upload", body={"fileName": name}, headers=headers)
        known = district.repeated.get(key)
        granted = self.expect(district, answer, 201 if known is None or known[0] == name else 422, "upload")
        if granted is None:
            return
        if not blob_path(granted["url"]).startswith(f"landing/{district.tenant}/{granted['ingestId']}/"):
            leak("the grant is for a blob of somebody else")
        if known is not None and known[1] != granted["ingestId"]:
            leak("a repeated call was answered with another call's reply")
        if known is None and any(granted["ingestId"] in other.uploads for other in self.districts):
            leak("a first call was answered with an earlier call's reply")
        if known is None:
            upload = Upload(granted["ingestId"], name, granted["url"])
            district.uploads[upload.id] = upload
            if key:
                district.repeated[key] = name, upload.id

    @precondition(lambda self: self.uploads)
    @rule(other=who, data=st.data())
    def write_by_a_grant(self, other: int, data: st.DataObject) -> None:
        _, upload = self._an_upload(data)
        account, signature = upload.url.partition("/landing/")[0], upload.url.partition("?")[2]
        victim = landing_blob(self.districts[other].tenant, new_id(), "grades.csv")
        if self.app.put(f"{account}/landing/{victim}?{signature}", b"x") != 403:
            leak("a grant writes another blob than its own")
        assert self.app.put(upload.url, b"a,b\n1,2\n") == 201
        upload.written = True

    @precondition(lambda self: self.uploads)
    @rule(number=who, data=st.data())
    def land(self, number: int, data: st.DataObject) -> None:
        district = self.districts[number]
        owner, upload = self._an_upload(data)
        own = district is owner and district.at_home and upload.written
        if self.app.land(district.tenant, upload.id, upload.name) != own:
            leak("a blob became an ingest of a district that never asked for it, or is not served here")
        upload.landed |= own

    @rule(number=who)
    def send_files(self, number: int) -> None:
        district = self.districts[number]
        before = set(district.uploads)
        for name in ("grades.csv", "attempts.csv"):
            self.ask_for_an_upload(number, name, "")
        for upload_id in district.uploads.keys() - before:
            upload = district.uploads[upload_id]
            assert self.app.put(upload.url, b"a,b\n1,2\n") == 201
            assert self.app.land(district.tenant, upload.id, upload.name)
            upload.written = upload.landed = True

    # Reading

    @precondition(lambda self: self.uploads)
    @rule(number=who, data=st.data())
    def read_ingest(self, number: int, data: st.DataObject) -> None:
        district = self.districts[number]
        owner, upload = self._an_upload(data)
        own = district is owner and upload.landed
        answer = self.call(district, ADMIN, "read_ingest", ingestId=upload.id)
        self.expect(district, answer, 200 if own else 404, "an ingest")

    @rule(number=who)
    def list_ingests(self, number: int) -> None:
        district, seen, query = self.districts[number], set(), "limit=1"
        for _ in range(_LONGEST_LIST):
            page = self.expect(
                district, self.call(district, ADMIN, "list_ingests", query=query), 200, "the list"
            )
            if page is None:
                return
            seen |= {item["id"] for item in page["items"]}
            if page["nextCursor"] is None:
                break
            district.cursors.append(page["nextCursor"])
            query = f"limit=1&cursor={page['nextCursor']}"
        if seen != district.ingests:
            leak("the list of ingests is not the district's own")

    @precondition(lambda self: any(district.cursors for district in self.districts))
    @rule(data=st.data())
    def go_on_with_a_cursor(self, data: st.DataObject) -> None:
        known = [(owner, cursor) for owner in self.districts for cursor in owner.cursors]
        owner, cursor = data.draw(st.sampled_from(known))
        for district in self.districts:
            answer = self.call(district, ADMIN, "list_ingests", query=f"limit=1&cursor={cursor}")
            if district is owner:
                self.expect(district, answer, 200, "a cursor")
            elif answer.status != (400 if district.at_home else 404):
                leak("the cursor of another district was not refused")

    @rule(number=who, page=pages)
    def come_back_with_tags_of_all(self, number: int, page: str) -> None:
        district = self.districts[number]
        foreign = [
            other.tags[page] for other in self.districts if other is not district and page in other.tags
        ]
        held = {"if-none-match": ", ".join(foreign)} if foreign else {}
        answer = self.call(district, ADMIN, page, headers=held)
        if self.expect(district, answer, 200, "an answer whose tag another district holds") is not None:
            district.tags[page] = answer.headers["ETag"]

    @rule(number=who, subject=subjects)
    def ask_who_one_is(self, number: int, subject: str) -> None:
        district = self.districts[number]
        me = self.expect(district, self.call(district, subject, "read_me"), 200, "who one is")
        if me is not None and (me["tenant"], me["actor"]) != (
            district.tenant,
            f"person:{district.person(subject)}",
        ):
            leak("somebody is taken for a person of another district")

    # Messages and dashboards

    @rule(number=who, course=courses, results=scores)
    def fold(self, number: int, course: str, results: Scores) -> None:
        district = self.districts[number]
        if not district.at_home:
            if district.folded and self.app.deliver(self._sealed(district.tenant, district.folded)):
                leak("a message of a district abroad was believed")
            return
        district.folded = self.app.lake.commit(district.tenant, course, results)
        if not self.app.deliver(self._sealed(district.tenant, district.folded)):
            leak("a district's own message was refused")
        district.courses[course] = results

    @precondition(lambda self: any(district.folded for district in self.districts))
    @rule(data=st.data(), shift=st.integers(1, 2))
    def deliver_what_is_not_to_be_believed(self, data: st.DataObject, shift: int) -> None:
        victim = data.draw(st.sampled_from([it for it in self.districts if it.folded]))
        district = self.districts[(self.districts.index(victim) + shift) % 3]
        for fault in ("stamp", "payload", "tenant", "object"):
            if self.app.deliver(self._forged(district, victim, fault)):
                leak(f"a message was believed that must not be: {fault}")

    @rule(number=who, subject=subjects, course=courses)
    def read_course(self, number: int, subject: str, course: str) -> None:
        district = self.districts[number]
        allowed = 403 if subject == STUDENT else 200 if district.sees_course(subject, course) else 404
        shown = self.expect(
            district, self.call(district, subject, "read_course", courseId=course), allowed, "a course"
        )
        if shown is None:
            return
        truth = district.courses[course]
        mean = 10 * sum(truth.values()) / len(truth)
        figures = shown["learners"], shown["results"], round(shown["percent"]["mean"], 2)
        if figures != (len(truth), len(truth), round(mean, 2)):
            leak("the figures of a course are not the district's own")

    @rule(number=who)
    def read_overview(self, number: int) -> None:
        district = self.districts[number]
        shown = self.expect(district, self.call(district, ADMIN, "read_overview"), 200, "the overview")
        if shown is not None and {it["courseId"] for it in shown["courses"]} != district.courses.keys():
            leak("the overview lists courses of another district")

    @rule(number=who, subject=subjects, learner=learners)
    def read_learner(self, number: int, subject: str, learner: str) -> None:
        district = self.districts[number]
        taken = district.courses_of(learner)
        if subject == TEACHER:
            taken &= {district.teaches}
        elif subject == STUDENT and learner != district.student:
            taken = set()
        answer = self.call(district, subject, "read_learner", learnerId=learner)
        shown = self.expect(district, answer, 200 if taken else 404, "a learner")
        if shown is None:
            return
        points = {it["courseId"]: it["results"][0]["score"] for it in shown["courses"]}
        if points != {course: district.courses[course][learner] for course in taken}:
            leak("the results of a learner are not the district's own")

    # Residency

    @precondition(lambda self: self.moves < _MOVES)
    @rule(number=who)
    def move(self, number: int) -> None:
        district = self.districts[number]
        district.at_home = not district.at_home
        self.moves += 1
        self.app.move(district.tenant, HERE if district.at_home else ELSEWHERE)

    @property
    def uploads(self) -> list[tuple[DistrictTruth, Upload]]:
        """Every upload with the district that was granted it."""
        return [(owner, upload) for owner in self.districts for upload in owner.uploads.values()]

    def _an_upload(self, data: st.DataObject) -> tuple[DistrictTruth, Upload]:
        return data.draw(st.sampled_from(self.uploads))

    def _sealed(self, tenant: str, ingest: str) -> bytes:
        return seal(committed(tenant, ingest), HERE, self._envelope_keys())

    def _forged(self, district: DistrictTruth, victim: DistrictTruth, fault: str) -> bytes:
        keys, event = self._envelope_keys(), committed(victim.tenant, victim.folded)
        sealed = seal(event, HERE, keys)
        match fault:
            case "stamp":
                return seal(event, ELSEWHERE, keys)
            case "payload":
                return sealed_again(sealed, keys, data={"tenantId": district.tenant})
            case "tenant":
                return sealed.replace(victim.tenant.encode(), district.tenant.encode())
            case _:
                return seal(committed(district.tenant, victim.folded), HERE, keys)

    def _envelope_keys(self) -> Keyring:
        return self.app.run(self.app.services.keys("envelope")())
