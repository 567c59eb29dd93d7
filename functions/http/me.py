"""Who the caller is to their tenant."""

from typing import Annotated

from pydantic import Field

from functions.http.gate import gate
from shared.json_model import JsonModel
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)


class BrandingView(JsonModel):
    """How pages of the tenant look."""

    name: str
    accent: Annotated[str, Field(examples=["#1b5e7a"])]


class PrincipalView(JsonModel):
    """The caller as the tenant knows them."""

    tenant: Annotated[str, Field(examples=["north"])]
    tenant_name: Annotated[str, Field(examples=["North Valley District"])]
    actor: Annotated[str, Field(examples=["person:p-17"], description="`person:{id}` or `client:{id}`.")]
    roles: list[Role]
    scopes: list[str]
    courses: Annotated[list[str], Field(description="Courses that the person instructs.")]
    learners: Annotated[list[str], Field(description="Pseudonyms of the person's own results.")]
    branding: BrandingView


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="me",
        operation="read_me",
        summary="Tell who the caller is and what they may see",
        tag="tenancy",
        rate=RateClass.READ,
        roles=frozenset(Role),
        scopes=frozenset({"profile.read"}),
        response=PrincipalView,
    ),
)
async def read_me(call: Call) -> Reply:
    """Show the principal that the token and the membership amount to."""
    principal, tenant = call.principal, call.tenant
    return Reply(
        PrincipalView(
            tenant=tenant.id,
            tenant_name=tenant.name,
            actor=principal.actor,
            roles=sorted(principal.roles),
            scopes=sorted(principal.scopes),
            courses=sorted(principal.courses),
            learners=sorted(principal.learners),
            branding=BrandingView(name=tenant.branding.name, accent=tenant.branding.accent),
        )
    )
