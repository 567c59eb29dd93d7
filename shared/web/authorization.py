"""Whether a principal may reach a route at all; which objects it may see is up to the context's policies."""

from shared.kernel.errors import Forbidden
from shared.tenancy.model import Principal
from shared.web.routing import Route


def require_access(route: Route, principal: Principal) -> None:
    """Raise `Forbidden` unless one of the principal's roles or scopes is among the route's."""
    if principal.roles.isdisjoint(route.roles) and principal.scopes.isdisjoint(route.scopes):
        raise Forbidden
