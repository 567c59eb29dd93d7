"""The open warehouse: what the district's own tools need to read its tables in place."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from functions.http.gate import gate
from functions.http.wiring import services
from shared.analytics.serving.warehouse import WarehouseGrant
from shared.ingestion.table_names import TableName
from shared.json_model import JsonModel
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.models import RequestModel
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)

_LINKS = "person_link"


class CredentialsWish(RequestModel):
    """For how long the credentials have to hold."""

    hours: Annotated[int, Field(ge=1, le=8, description="Whole hours.")] = 1


class WarehouseTable(JsonModel):
    """A table, by name and by address in the scheme of object stores."""

    name: Annotated[str, Field(examples=["results"])]
    address: Annotated[str, Field(examples=["az://lake-north/results"])]


class WarehouseCredentials(JsonModel):
    """Read access to the lake of the caller's tenant; docs/warehouse.md shows how tools take it."""

    account: Annotated[str, Field(description="The storage account.")]
    endpoint: Annotated[str, Field(description="Its blob endpoint, without the container.")]
    container: Annotated[str, Field(examples=["lake-north"])]
    signature: Annotated[
        str,
        Field(description="A shared access signature that may list and read the container, nothing else."),
    ]
    expires_at: datetime
    tables: Annotated[
        list[WarehouseTable], Field(description="Delta tables; one that has no rows yet does not exist.")
    ]


@endpoint(
    blueprint,
    Route(
        method="POST",
        path="warehouse/credentials",
        operation="issue_warehouse_credentials",
        summary="Issue credentials by which tools of the district read its tables in place",
        tag="warehouse",
        rate=RateClass.UPLOAD,
        roles=frozenset({Role.TENANT_ADMIN}),
        scopes=frozenset({"warehouse.read"}),
        request=CredentialsWish,
        response=WarehouseCredentials,
        status=201,
    ),
)
async def issue_warehouse_credentials(call: Call) -> Reply:
    """Sign access to the caller's lake; it is in the audit before anybody has it."""
    grant = await services().warehouse.credentials(call.scope, call.body_as(CredentialsWish).hours)
    await services().audit.allowed(call.scope, "warehouse.grant", f"container:{grant.container}")
    return Reply(_view(grant))


def _view(grant: WarehouseGrant) -> WarehouseCredentials:
    return WarehouseCredentials(
        account=grant.account,
        endpoint=grant.endpoint,
        container=grant.container,
        signature=grant.signature,
        expires_at=grant.expires_at,
        tables=[
            WarehouseTable(name=name, address=f"az://{grant.container}/{name}")
            for name in (*TableName, _LINKS)
        ],
    )
