"""Exports of what views and questions show, as files: withheld alike, and no rows for support."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from functions.http.audience import STAFF, audience_of
from functions.http.facts import READERS, FactSelection
from functions.http.gate import gate
from functions.http.parameters import COURSE, LEARNER
from functions.http.wiring import services
from shared.analytics.exporting.formats import ExportFormat, Sheet, written
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Forbidden, NotFound, TooCostly
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Content, Reply
from shared.web.models import RequestModel
from shared.web.routing import Media, Route

if TYPE_CHECKING:
    from shared.analytics.serving.service import Served

blueprint = HttpBlueprint(gate)

_FILE = Media(
    "text/csv",
    "The file. Texts in CSV that look like formulas begin with an apostrophe; numbers stay numbers.",
    also=("application/vnd.apache.parquet",),
    attachment=True,
)


class ExportQuery(RequestModel):
    """The form of an export."""

    format: Annotated[ExportFormat, Field(description="CSV for spreadsheets, Parquet for tools.")] = (
        ExportFormat.CSV
    )


class FactExportQuery(FactSelection, ExportQuery):
    """A selection of rows, and the form of its export."""

    table: Annotated[TableName, Field(description="The table.")] = TableName.RESULTS


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="exports/dashboards",
        operation="export_overview",
        summary="Export the courses that the caller may see, with their headline figures",
        tag="exports",
        rate=RateClass.QUERY,
        roles=STAFF,
        query=ExportQuery,
        response=_FILE,
        errors=(NotFound,),
    ),
)
async def export_overview(call: Call) -> Reply:
    """Answer the lines of the overview."""
    from shared.analytics.exporting.sheets import overview_sheet  # noqa: PLC0415 - loads Polars

    served = await services().dashboards.overview(call.scope, audience_of(call))
    return await _sheet(call, "courses", served, overview_sheet)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="exports/dashboards/courses/{courseId}",
        operation="export_course",
        summary="Export the assessments of a course, with their headline figures",
        tag="exports",
        rate=RateClass.QUERY,
        roles=STAFF,
        parameters=(COURSE,),
        query=ExportQuery,
        response=_FILE,
        errors=(NotFound,),
    ),
)
async def export_course(call: Call) -> Reply:
    """Answer the lines of a course."""
    from shared.analytics.exporting.sheets import course_sheet  # noqa: PLC0415 - loads Polars

    course = call.path["courseId"]
    served = await services().dashboards.course(call.scope, audience_of(call), course)
    return await _sheet(call, f"course-{course}", served, course_sheet)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="exports/dashboards/standards",
        operation="export_standards",
        summary="Export every standard on which there are results, with its headline figures",
        tag="exports",
        rate=RateClass.QUERY,
        roles=frozenset({Role.TENANT_ADMIN}),
        query=ExportQuery,
        response=_FILE,
        errors=(NotFound,),
    ),
)
async def export_standards(call: Call) -> Reply:
    """Answer the lines of all standards."""
    from shared.analytics.exporting.sheets import standards_sheet  # noqa: PLC0415 - loads Polars

    served = await services().standards.of_district(call.scope, audience_of(call))
    return await _sheet(call, "standards", served, standards_sheet)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="exports/dashboards/courses/{courseId}/standards",
        operation="export_course_standards",
        summary="Export the standards of a course, with their figures",
        tag="exports",
        rate=RateClass.QUERY,
        roles=STAFF,
        parameters=(COURSE,),
        query=ExportQuery,
        response=_FILE,
        errors=(NotFound,),
    ),
)
async def export_course_standards(call: Call) -> Reply:
    """Answer the standards of a course as lines."""
    from shared.analytics.exporting.sheets import course_standards_sheet  # noqa: PLC0415 - loads Polars

    course = call.path["courseId"]
    served = await services().standards.of_course(call.scope, audience_of(call), course)
    return await _sheet(call, f"course-{course}-standards", served, course_standards_sheet)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="exports/dashboards/learners/{learnerId}",
        operation="export_learner",
        summary="Export the results of a learner: all to the learner, to an instructor those in own courses",
        tag="exports",
        rate=RateClass.QUERY,
        roles=frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR, Role.LEARNER}),
        parameters=(LEARNER,),
        query=ExportQuery,
        response=_FILE,
        errors=(NotFound,),
    ),
)
async def export_learner(call: Call) -> Reply:
    """Answer the results of a learner."""
    from shared.analytics.exporting.sheets import learner_sheet  # noqa: PLC0415 - loads Polars

    learner = call.path["learnerId"]
    served = await services().dashboards.results_of(call.scope, audience_of(call), learner)
    return await _sheet(call, f"learner-{learner}", served, learner_sheet)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="exports/facts",
        operation="export_facts",
        summary="Export rows of a table, those that the caller may see",
        tag="exports",
        rate=RateClass.QUERY,
        roles=frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR, Role.LEARNER}),
        query=FactExportQuery,
        response=_FILE,
        errors=(TooCostly,),
    ),
)
async def export_facts(call: Call) -> Reply:
    """Answer every row of a selection, of which there are at most as many as one file may have."""
    query = call.query_as(FactExportQuery)
    if call.principal.roles.isdisjoint(READERS[query.table]):
        raise Forbidden
    answer = await services().drilldown.whole(call.scope, audience_of(call), query.table, query.asked)
    return await _file(call, query.table, lambda form: written(answer.rows, form), answer.data_version)


async def _sheet[M: BaseModel](call: Call, name: str, served: "Served[M]", sheet: Sheet[M]) -> Reply:
    """Answer the lines of a view as a file."""
    return await _file(call, name, lambda form: written(sheet(served.model), form), served.data_version)


async def _file(call: Call, name: str, write: Callable[[ExportFormat], bytes], version: int) -> Reply:
    """Write the file off the event loop; it is in the audit before anybody has it."""
    form = call.query_as(ExportQuery).format
    body = await asyncio.to_thread(write, form)
    file_name = f"{name}-{version}.{form}"
    await services().audit.allowed(call.scope, "export.make", f"export:{file_name}")
    return Reply(Content(body, form.media_type, file_name=file_name), data_version=version)
