"""The box into which SFTP writes, looked through every quarter of a minute."""

from collections.abc import AsyncIterator

import azure.functions as func

from shared.bootstrap import services
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.tenancy.rounds import go_round

blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="5/15 * * * * *")
async def watch_drops(timer: func.TimerRequest) -> None:
    """Take in the files that have come to rest, one tenant after the other."""
    watch = services().drop_watch
    await go_round(watch.with_drops(services().stamp_scope("watch_drops"), _active_tenants()), watch.look)


async def _active_tenants() -> AsyncIterator[TenantScope]:
    async for scope, _ in services().tenancy.each_tenant("watch_drops", new_id()):
        yield scope
