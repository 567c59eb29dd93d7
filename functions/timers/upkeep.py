"""What heals by itself: unsent messages, stuck ingests, open audit segments."""

import azure.functions as func

from shared.bootstrap import services
from shared.kernel.ids import new_id

blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="15 * * * * *")
async def resend_outbox(timer: func.TimerRequest) -> None:
    """Send what has lain in the outbox for a minute: the change feed lost it."""
    await services().relay.resend_leftovers()


@blueprint.timer_trigger(arg_name="timer", schedule="45 * * * * *")
async def sweep_ingests(timer: func.TimerRequest) -> None:
    """Ask again for the next step of ingests that stand still, one tenant after the other."""
    async for scope, _ in services().tenancy.each_tenant("sweep_ingests", new_id()):
        await services().sweeper.sweep(scope)


@blueprint.timer_trigger(arg_name="timer", schedule="30 * * * * *")
async def seal_audit(timer: func.TimerRequest) -> None:
    """Seal the audit segments of every tenant, suspended ones too, and of the stamp."""
    async for scope in services().cross_tenant.tenants():
        await services().sealer.seal(scope)
    await services().sealer.seal(services().stamp_scope("seal_audit"))
