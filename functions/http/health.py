"""Whether this process answers at all."""

from typing import Annotated, Literal

from pydantic import Field

from functions.http.gate import gate
from shared.json_model import JsonModel
from shared.tenancy.model import RateClass
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)


class Health(JsonModel):
    """The state of one process."""

    status: Annotated[Literal["ok"], Field(description="Always `ok`: a process that is not does not answer.")]


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="health",
        operation="read_health",
        summary="Tell that the process is up",
        tag="operations",
        rate=RateClass.PUBLIC,
        anonymous=True,
        response=Health,
    ),
)
async def read_health(_: Call) -> Reply:
    """Answer without asking any service: one of theirs being down is no reason to restart this process."""
    return Reply(Health(status="ok"))
