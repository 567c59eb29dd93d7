"""Facts: single rows of the tenant's tables, read in place, by a role of its own."""

from collections.abc import Mapping, Set
from functools import partial
from typing import Annotated

from pydantic import Field

from functions.http.audience import audience_of
from functions.http.gate import gate
from functions.http.wiring import services
from shared.analytics.drilling.service import Answer, Asked, Position
from shared.analytics.drilling.views import FactColumn, FactPage
from shared.ingestion.table_names import TableName
from shared.kernel.errors import TooCostly
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.models import PageQuery, RequestModel
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)

_ADMINISTRATORS = frozenset({Role.TENANT_ADMIN})
_OF_COURSES = frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR})
_OF_LEARNERS = frozenset({Role.TENANT_ADMIN, Role.LEARNER})
_STRUCTURE = frozenset({Role.TENANT_ADMIN, Role.SUPPORT_READONLY})

READERS: Mapping[TableName, Set[Role]] = {
    TableName.ORG: _STRUCTURE,
    TableName.ACADEMIC_SESSION: _STRUCTURE,
    TableName.COURSE: _OF_COURSES | _STRUCTURE,
    TableName.CLASS: _OF_COURSES | _STRUCTURE,
    TableName.PERSON: _OF_LEARNERS,
    TableName.ENROLMENT: _OF_LEARNERS,
    TableName.LINE_ITEM: _OF_COURSES | _STRUCTURE,
    TableName.ALIGNMENT: _STRUCTURE,
    TableName.RESULTS: _OF_COURSES | _OF_LEARNERS,
    TableName.RESULT_ALIGNMENT: _ADMINISTRATORS,
    TableName.MEASURE: _OF_LEARNERS,
    TableName.ITEM_RESPONSE: _OF_COURSES | _OF_LEARNERS,
    TableName.EVENT: _OF_COURSES | _OF_LEARNERS,
}
"""Who may see any row of a table: instructors where rows name courses, learners where they name learners,
those who see aggregates only where rows tell of nobody. Which rows they are is up to the policies."""


class FactSelection(RequestModel):
    """Which rows of a table, which columns of them, in which order."""

    filter: Annotated[
        str | None,
        Field(
            max_length=2000,
            description="A JSON object with a member per column: a value, an array of values, or a "
            "range with `from` and `to`, both included. Every member has to hold.",
            examples=['{"course":"ALG_1","status":["submitted","exempt"],"score":{"from":50}}'],
        ),
    ] = None
    columns: Annotated[
        str | None,
        Field(
            max_length=1000,
            description="Names of columns, separated by commas; what the table states unless given.",
            examples=["learner,line_item,score"],
        ),
    ] = None
    sort: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Up to three columns, separated by commas, `-` before one that descends; rows "
            "without a value come last.",
            examples=["-score,learner"],
        ),
    ] = None

    @property
    def asked(self) -> Asked:
        """The selection as drill-down reads it."""
        return Asked(self.filter, self.columns, self.sort)


class FactQuery(FactSelection, PageQuery):
    """One page of a selection."""


def _route(table: TableName) -> Route:
    return Route(
        method="GET",
        path=f"facts/{table}",
        operation=f"list_{table}_facts",
        summary=f"List rows of the table `{table}`, those that the caller may see",
        tag="facts",
        rate=RateClass.QUERY,
        roles=READERS[table],
        query=FactQuery,
        response=FactPage,
        errors=(TooCostly,),
    )


async def list_facts(table: TableName, call: Call) -> Reply:
    """Answer one page of rows. All pages of a list show the version that the first one did."""
    query = call.query_as(FactQuery)
    position = None if call.position is None else Position.of(call.position)
    answer = await services().drilldown.page(
        call.scope, audience_of(call), table, query.asked, query.limit, position
    )
    following = await call.next_cursor(answer.following.text() if answer.following else None)
    return Reply(_page(table, answer, following), data_version=answer.data_version)


for _table in TableName:
    endpoint(blueprint, _route(_table))(partial(list_facts, _table))


def _page(table: TableName, answer: Answer, following: str | None) -> FactPage:
    from shared.analytics.drilling.rendering import cells  # noqa: PLC0415 - loads Polars

    question = answer.question
    columns = [FactColumn(name=name, kind=question.shape.columns[name]) for name in question.columns]
    return FactPage(table=table, columns=columns, rows=cells(answer.rows), next_cursor=following)
