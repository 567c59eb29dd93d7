"""The box into which SFTP writes, looked through every quarter of a minute."""

import azure.functions as func

from functions.timers.tenants import active_tenants
from shared.bootstrap import services
from shared.tenancy.rounds import go_round

blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="5/15 * * * * *")
async def watch_drops(timer: func.TimerRequest) -> None:
    """Take in the files that have come to rest, one tenant after the other."""
    watch, stamp = services().drop_watch, services().stamp_scope("watch_drops")
    await go_round(watch.with_drops(stamp, active_tenants("watch_drops")), watch.look)
