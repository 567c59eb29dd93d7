"""The steps of an ingest that messages ask for: plan and work, commit, fold."""

from collections.abc import Mapping
from functools import partial

import azure.functions as func

from functions.messages.delivery import deliver
from shared.bootstrap import services
from shared.ingestion import events
from shared.ingestion.policies import SUSPECT_FROM
from shared.ingestion.table_names import TableName
from shared.kernel.errors import InvalidInput
from shared.kernel.events import Event, Json
from shared.kernel.scope import TenantScope
from shared.messaging.consumer import Handler
from shared.messaging.message_id import MessageId

blueprint = func.Blueprint()


@blueprint.service_bus_queue_trigger(arg_name="message", queue_name="ingest-small", connection="ServiceBus")
async def ingest_small(message: func.ServiceBusMessage) -> None:
    """Plan a small file and work it: in the same call, unless it has many chunks."""
    await deliver(message, events.SMALL, _planning_or_working(message), _end)


@blueprint.service_bus_queue_trigger(arg_name="message", queue_name="ingest-bulk", connection="ServiceBus")
async def ingest_bulk(message: func.ServiceBusMessage) -> None:
    """Plan a large file, or work some of its chunks."""
    await deliver(message, events.BULK, _planning_or_working(message), _end)


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="commits", connection="ServiceBus", is_sessions_enabled=True
)
async def commit_table(message: func.ServiceBusMessage) -> None:
    """Commit what is ready of one tenant; its session keeps others away meanwhile."""
    await deliver(message, events.COMMITS, _commit)


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="folds", connection="ServiceBus", is_sessions_enabled=True
)
async def fold_rollups(message: func.ServiceBusMessage) -> None:
    """Recompute the rollups that one commit touched."""
    await deliver(message, events.FOLDS, _fold)


def _planning_or_working(message: func.ServiceBusMessage) -> Handler:
    """Return the handler of one delivery: a message that keeps coming back may hold a poisonous chunk."""
    return partial(plan_or_work, message_id=str(message.message_id), delivery=message.delivery_count or 1)


async def plan_or_work(scope: TenantScope, event: Event, *, message_id: str, delivery: int) -> None:
    """Do what an event asks for at the nth delivery of one of its messages; copies have ids of their own."""
    suspect, fresh = delivery >= SUSPECT_FROM, delivery == 1 and message_id == str(MessageId(event.id))
    match event.type:
        case events.LANDED:
            await services().planner.plan(scope, event.subject, suspect=suspect)
        case events.CHUNK_READY:
            chunk = _whole_number(event, "chunk")
            await services().worker.work(scope, event.subject, chunk, suspect=suspect, fresh=fresh)
        case _:
            raise _unexpected(event)


async def _end(scope: TenantScope, event: Event, reason: str) -> None:
    if event.type in {events.LANDED, events.CHUNK_READY}:
        await services().worker.give_up(scope, event.subject, reason)


async def _commit(scope: TenantScope, event: Event) -> None:
    if event.type != events.WORKED:
        raise _unexpected(event)
    await services().committer.commit(scope, event.subject, released=event.data.get("released") is True)


async def _fold(scope: TenantScope, event: Event) -> None:
    if event.type != events.COMMITTED:
        raise _unexpected(event)
    if TableName.PERSON in _tables(event):
        await services().readers.relink(scope)
    await services().folds.fold(scope, event.subject)


def _tables(event: Event) -> Mapping[str, Json]:
    """Return which tables a commit changed."""
    tables = event.data.get("tableVersions")
    if not isinstance(tables, Mapping):
        raise InvalidInput.at("/data/tableVersions", "not an object")
    return tables


def _whole_number(event: Event, name: str) -> int:
    value: Json = event.data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput.at(f"/data/{name}", "not a whole number")
    return value


def _unexpected(event: Event) -> InvalidInput:
    return InvalidInput.at("/type", f"{event.type} does not belong in this queue")
