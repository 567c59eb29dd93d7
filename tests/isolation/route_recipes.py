"""How each route is tried on objects. A route without a row here fails the matrix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from shared.ingestion.table_names import TableName
from shared.kernel.ids import new_id
from shared.tenancy.model import Role
from shared.web.routing import Route
from tests.isolation.world import Holdings

type Values = Mapping[str, str]

_NOBODY: Final = "l" + "0" * 24


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to name, for a route, an object of a district, one that nobody has, and one that can't be.

    `own_only` are roles that reach the route but only for what is theirs: a classmate's object is foreign to
    them. A route without `names` shows the caller's own district and is tried for what slips in.
    """

    names: Callable[[Holdings], Values] | None = None
    unknown: Callable[[], Values] | None = None
    impossible: Values | None = None
    own_only: tuple[Role, ...] = ()
    query: Values = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    answers: int | None = None
    """The status that who may call sees, where the state of the district's object forbids the operation."""


OPEN: Final = frozenset({"read_health", "read_sign_in", "read_dashboard_page", "read_page_file"})
"""Routes that anybody may call: they say nothing of any tenant."""

RECIPES: Final[Mapping[str, Recipe]] = {
    "read_me": Recipe(),
    "request_upload": Recipe(body={"fileName": "grades.csv"}),
    "list_ingests": Recipe(),
    "list_matchings": Recipe(),
    "list_unmatched": Recipe(),
    "read_overview": Recipe(),
    "read_periods": Recipe(),
    "read_feeds": Recipe(),
    "read_standards": Recipe(),
    "export_standards": Recipe(),
    "list_cohorts": Recipe(),
    "read_freshness": Recipe(),
    "list_courses": Recipe(),
    "list_schools": Recipe(),
    "read_student_home": Recipe(),
    "read_teacher_home": Recipe(),
    "read_administrator_home": Recipe(),
    "search_groups": Recipe(query={"q": "algebra"}),
    "compare_cohorts": Recipe(
        names=lambda held: {"first": f"course:{held.course}", "second": f"course:{held.course}"},
        unknown=lambda: {"first": "school:NOBODY_1", "second": "course:NOBODY_1"},
        impossible={"first": "planet:mars", "second": "planet:venus"},
        own_only=(Role.INSTRUCTOR,),
    ),
    "read_school": Recipe(
        names=lambda held: {"schoolId": held.school},
        unknown=lambda: {"schoolId": "NOBODY_1"},
        impossible={"schoolId": "x" * 201},
    ),
    "read_standard": Recipe(
        names=lambda held: {"standardId": held.standard},
        unknown=lambda: {"standardId": "NOBODY.1"},
        impossible={"standardId": "x~2"},
    ),
    **{
        operation: Recipe(
            names=lambda held: {"courseId": held.course},
            unknown=lambda: {"courseId": "NOBODY_1"},
            impossible={"courseId": "x" * 201},
            own_only=(Role.INSTRUCTOR,),
        )
        for operation in ("read_course_standards", "export_course_standards")
    },
    "read_learner_standards": Recipe(
        names=lambda held: {"learnerId": held.classmate},
        unknown=lambda: {"learnerId": _NOBODY},
        impossible={"learnerId": "somebody@example.org"},
        own_only=(Role.LEARNER, Role.INSTRUCTOR),
    ),
    "read_section": Recipe(
        names=lambda held: {"courseId": held.course, "sectionId": held.section},
        unknown=lambda: {"courseId": "NOBODY_1", "sectionId": "1"},
        impossible={"courseId": "x" * 201, "sectionId": "1"},
        own_only=(Role.INSTRUCTOR,),
    ),
    **{f"list_{table}_facts": Recipe() for table in TableName},
    "read_ingest": Recipe(
        names=lambda held: {"ingestId": held.ingest},
        unknown=lambda: {"ingestId": new_id()},
        impossible={"ingestId": "grades.csv"},
    ),
    "list_rejects": Recipe(
        names=lambda held: {"ingestId": held.ingest},
        unknown=lambda: {"ingestId": new_id()},
        impossible={"ingestId": "grades.csv"},
    ),
    "read_plan": Recipe(
        names=lambda held: {"ingestId": held.ingest},
        unknown=lambda: {"ingestId": new_id()},
        impossible={"ingestId": "grades.csv"},
    ),
    "read_origin": Recipe(
        names=lambda held: {"ingestId": held.ingest, "chunk": "0", "record": "5"},
        unknown=lambda: {"ingestId": new_id(), "chunk": "0", "record": "5"},
        impossible={"ingestId": "grades.csv", "chunk": "0", "record": "5"},
    ),
    "replay_ingest": Recipe(
        names=lambda held: {"ingestId": held.ingest},
        unknown=lambda: {"ingestId": new_id()},
        impossible={"ingestId": "grades.csv"},
        answers=409,
    ),
    "read_course": Recipe(
        names=lambda held: {"courseId": held.course},
        unknown=lambda: {"courseId": "NOBODY_1"},
        impossible={"courseId": "x" * 201},
        own_only=(Role.INSTRUCTOR,),
    ),
    "read_assessment": Recipe(
        names=lambda held: {"courseId": held.course, "lineItemId": held.line_item},
        unknown=lambda: {"courseId": "NOBODY_1", "lineItemId": "1"},
        impossible={"courseId": "x" * 201, "lineItemId": "1"},
        own_only=(Role.INSTRUCTOR,),
    ),
    "issue_warehouse_credentials": Recipe(body={"hours": 1}),
    "read_items": Recipe(
        names=lambda held: {"courseId": held.course, "lineItemId": held.quiz},
        unknown=lambda: {"courseId": "NOBODY_1", "lineItemId": "1"},
        impossible={"courseId": "x" * 201, "lineItemId": "1"},
        own_only=(Role.INSTRUCTOR,),
    ),
    "export_overview": Recipe(),
    "export_facts": Recipe(),
    "export_course": Recipe(
        names=lambda held: {"courseId": held.course},
        unknown=lambda: {"courseId": "NOBODY_1"},
        impossible={"courseId": "x" * 201},
        own_only=(Role.INSTRUCTOR,),
    ),
    "export_learner": Recipe(
        names=lambda held: {"learnerId": held.classmate},
        unknown=lambda: {"learnerId": _NOBODY},
        impossible={"learnerId": "somebody@example.org"},
        own_only=(Role.LEARNER, Role.INSTRUCTOR),
    ),
    "read_learner": Recipe(
        names=lambda held: {"learnerId": held.classmate},
        unknown=lambda: {"learnerId": _NOBODY},
        impossible={"learnerId": "somebody@example.org"},
        own_only=(Role.LEARNER, Role.INSTRUCTOR),
    ),
}


def path_of(route: Route, values: Values) -> str:
    """Return the route's path under `/api`, parameters filled in; values beyond them are its query."""
    inside = {parameter.name for parameter in route.parameters}
    asked = {name: value for name, value in values.items() if name not in inside}
    query = urlencode({**recipe_of(route).query, **asked} if route.operation in RECIPES else asked)
    return route.path.format(**values) + (f"?{query}" if query else "")


def status_of(route: Route) -> int:
    """Return the status that who may call sees for an object of their district."""
    return route.status if route.anonymous else recipe_of(route).answers or route.status


def recipe_of(route: Route) -> Recipe:
    """Return the recipe of a route."""
    return RECIPES[route.operation]
