"""What happens to every request: limits, authentication, throttling, authorization, reading, the handler.

The order matters: what is cheap and needs no trust comes first, and nothing of a body is read before the
caller has proved who they are and may be here.
"""

import logging
from dataclasses import dataclass
from functools import partial

from shared.kernel.errors import NotFound, TermtideError, WrongStamp
from shared.kernel.log_context import logged_as
from shared.kernel.stamp import StampScope
from shared.tenancy.policies import budget_of, default_budget
from shared.web.authentication import Authenticator
from shared.web.authorization import require_access
from shared.web.call import Call, Caller, Handler
from shared.web.conditional import EntityTags
from shared.web.correlation import correlation_id
from shared.web.exchange import Incoming, Outgoing
from shared.web.idempotency import Idempotency
from shared.web.limits import require_modest_headers
from shared.web.paging import CursorBinding, Cursors
from shared.web.ports import RefusalLog
from shared.web.problems import problem
from shared.web.protection import protected
from shared.web.reading import read_body, read_query
from shared.web.rendering import render
from shared.web.routing import Route
from shared.web.throttling import Allowance, Throttle
from shared.web.tokens.refusal import TokenRefused

_AUDITED = frozenset({401, 403, 404})
_log = logging.getLogger("termtide.web")


class Gate:
    """Serves the routes of one process. Building it opens no connection."""

    def __init__(  # noqa: PLR0913 - each is one duty of the kernel, wired once
        self,
        *,
        stamp: str,
        authenticator: Authenticator,
        throttle: Throttle,
        cursors: Cursors,
        idempotency: Idempotency,
        refusals: RefusalLog,
    ) -> None:
        self._stamp = stamp
        self._authenticator = authenticator
        self._throttle = throttle
        self._cursors = cursors
        self._idempotency = idempotency
        self._refusals = refusals

    async def serve(self, route: Route, handler: Handler, incoming: Incoming) -> Outgoing:
        """Answer one request. Never raises: what is refused or fails becomes a problem document."""
        exchange = _Exchange(route, incoming, correlation_id(incoming.headers))
        with logged_as(correlation_id=exchange.correlation, function=route.operation):
            return exchange.finished(await self._answer(exchange, handler))

    async def _answer(self, exchange: "_Exchange", handler: Handler) -> Outgoing:
        try:
            return await self._run(exchange, handler)
        except TermtideError as error:
            await self._audit(exchange, error)
            return exchange.problem(error)
        except Exception:  # noqa: BLE001 - the last line of defence: logged, and answered as a 500
            with logged_as(tenant=exchange.tenant):
                _log.exception("unhandled error")
            return exchange.problem(TermtideError())

    async def _run(self, exchange: "_Exchange", handler: Handler) -> Outgoing:
        require_modest_headers(exchange.incoming.headers)
        await self._identify(exchange)
        with logged_as(tenant=exchange.tenant):
            self._spend(exchange)
            if exchange.caller is not None:
                require_access(exchange.route, exchange.caller.principal)
            return await self._act(exchange, handler)

    async def _act(self, exchange: "_Exchange", handler: Handler) -> Outgoing:
        call = await self._read(exchange)

        async def act() -> Outgoing:
            return render(call, await handler(call))

        if not exchange.route.takes_idempotency_key:
            return await act()
        return await self._idempotency.run(call.scope, exchange.route.operation, exchange.incoming, act)

    async def _identify(self, exchange: "_Exchange") -> None:
        if not exchange.route.anonymous:
            exchange.caller = await self._authenticator.authenticate(
                exchange.incoming.headers, exchange.correlation
            )

    def _spend(self, exchange: "_Exchange") -> None:
        rate, caller = exchange.route.rate, exchange.caller
        key = caller.scope.key() if caller else "public"
        budget = budget_of(caller.tenant, rate) if caller else default_budget(rate)
        exchange.allowance = self._throttle.take(key, rate, budget)
        exchange.allowance.require()

    async def _read(self, exchange: "_Exchange") -> Call:
        route, incoming, caller = exchange.route, exchange.incoming, exchange.caller
        _require_possible_path(route, incoming)
        query = read_query(incoming.raw_query, route.query)
        binding = CursorBinding.of(caller.scope if caller else None, route.operation, incoming.path, query)
        cursor = getattr(query, "cursor", None)
        return Call(
            route=route,
            correlation_id=exchange.correlation,
            path=incoming.path_values,
            headers=incoming.headers,
            tags=_tags(caller, incoming),
            seal_cursor=partial(self._cursors.seal, binding),
            caller=caller,
            query=query,
            body=read_body(incoming.body, incoming.headers, route.request),
            position=None if cursor is None else await self._cursors.open(binding, cursor),
        )

    async def _audit(self, exchange: "_Exchange", error: TermtideError) -> None:
        if error.status not in _AUDITED:
            return
        caller = exchange.caller
        owner = caller.scope if caller else StampScope(self._stamp, "anonymous", exchange.correlation)
        action, obj = f"http.{exchange.route.operation}", f"path:{exchange.incoming.path}"
        try:
            await self._refusals.refused(owner, action, obj, _reason(error))
        except Exception:  # noqa: BLE001 - the caller is refused either way; the log keeps what the audit can't
            _log.exception("refusal not audited")


@dataclass(slots=True)
class _Exchange:
    """What is known about a request so far; a refusal at any step is rendered from it."""

    route: Route
    incoming: Incoming
    correlation: str
    caller: Caller | None = None
    allowance: Allowance | None = None

    @property
    def tenant(self) -> str | None:
        return self.caller.tenant.id if self.caller else None

    def problem(self, error: TermtideError) -> Outgoing:
        return problem(error, instance=self.incoming.path, correlation_id=self.correlation)

    def finished(self, outgoing: Outgoing) -> Outgoing:
        extra = {"X-Correlation-Id": self.correlation}
        # A tenant that is not served here has no budget to tell of, and must look like any unknown object.
        if self.allowance is not None and outgoing.status != NotFound.status:
            extra |= self.allowance.headers()
        return protected(Outgoing(outgoing.status, {**outgoing.headers, **extra}, outgoing.body))


def _reason(error: TermtideError) -> str:
    """Name what the caller is not told: which check of the token failed, that the tenant is elsewhere."""
    if isinstance(error, TokenRefused):
        return f"token: {error.reason}"
    return "wrong-stamp" if isinstance(error, WrongStamp) else error.code


def _require_possible_path(route: Route, incoming: Incoming) -> None:
    """Answer 404 for a value that can't name anything, exactly as for one that names nothing."""
    for parameter in route.parameters:
        if not parameter.admits(incoming.path_values.get(parameter.name, "")):
            raise NotFound


def _tags(caller: Caller | None, incoming: Incoming) -> EntityTags:
    target = f"{incoming.path}?{incoming.raw_query}"
    if caller is None:
        return EntityTags.for_public(target)
    return EntityTags.for_caller(caller.scope, caller.principal, target)
