"""What heals by itself: unsent messages, stuck ingests, forgotten mail, open audit segments, lakes."""

from collections.abc import AsyncIterator

import azure.functions as func

from functions.timers.tenants import active_tenants
from shared.bootstrap import services
from shared.kernel.stamp import Owner
from shared.tenancy.rounds import go_round

blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="15 * * * * *")
async def resend_outbox(timer: func.TimerRequest) -> None:
    """Send what has lain in the outbox for a minute: the change feed lost it."""
    await services().relay.resend_leftovers()


@blueprint.timer_trigger(arg_name="timer", schedule="45 * * * * *")
async def catch_up_landing(timer: func.TimerRequest) -> None:
    """Receive blobs whose event was lost."""
    await go_round(active_tenants("catch_up_landing"), services().landing.catch_up)


@blueprint.timer_trigger(arg_name="timer", schedule="50 * * * * *")
async def sweep_ingests(timer: func.TimerRequest) -> None:
    """Ask again for the next step of ingests that stand still."""
    await go_round(active_tenants("sweep_ingests"), services().sweeper.sweep)


@blueprint.timer_trigger(arg_name="timer", schedule="55 */5 * * * *")
async def sweep_mail(timer: func.TimerRequest) -> None:
    """Receive messages whose event was lost."""
    await services().mail_intake.sweep(services().stamp_scope("sweep_mail"))


@blueprint.timer_trigger(arg_name="timer", schedule="0 30 2 * * *")
async def compact_lakes(timer: func.TimerRequest) -> None:
    """Merge the small files of the fact tables, one tenant after the other."""
    await go_round(active_tenants("compact_lakes"), services().compactor.compact)


@blueprint.timer_trigger(arg_name="timer", schedule="0 30 3 * * *")
async def keep_lakes(timer: func.TimerRequest) -> None:
    """Remove what is kept long enough, one tenant after the other, suspended ones too."""
    await go_round(services().cross_tenant.tenants(), services().keeper.keep)


@blueprint.timer_trigger(arg_name="timer", schedule="30 * * * * *")
async def seal_audit(timer: func.TimerRequest) -> None:
    """Seal the audit segments of every tenant, suspended ones too, and of the stamp."""
    await go_round(_owners(), services().sealer.seal)


async def _owners() -> AsyncIterator[Owner]:
    yield services().stamp_scope("seal_audit")
    async for scope in services().cross_tenant.tenants():
        yield scope
