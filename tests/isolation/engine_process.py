"""Microsoft's engine with every function of the app, run as a process: JSON lines in, JSON lines out.

The first line out lists the functions. Each line in names one of them and brings what its trigger delivers;
each line out after that tells how the invocation ended. The process ends with its input, and writes then
what the audit still holds.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.engine import Call, Engine, Outcome, TypedValue, as_json, blob_reference, text
from infra.local.functions.http.requests import request_value
from infra.local.functions.http.responses import response_from
from shared.bootstrap import services

_APP = Path(__file__).resolve().parents[2]

type Delivery = Mapping[str, Any]


async def serve() -> None:
    """Index the app and answer calls until the input ends."""
    # Whatever the application prints is none of the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine = await Engine.start(_APP)
    functions = {function.name: function for function in engine.functions}
    print(json.dumps([_described(function) for function in engine.functions]), file=answers)
    while line := await asyncio.to_thread(sys.stdin.readline):
        delivery = json.loads(line)
        function = functions[delivery["function"]]
        outcome = await engine.invoke(str(uuid4()), _call(function, delivery))
        print(json.dumps(_ended(function, outcome)), file=answers)
    await services().close()


def _described(function: FunctionDefinition) -> dict[str, Any]:
    trigger = function.trigger
    return {"name": function.name, "trigger": trigger.type, "options": dict(trigger.options)}


def _call(function: FunctionDefinition, delivery: Delivery) -> Call:
    match function.trigger.type:
        case "httpTrigger":
            return Call(function, _request(delivery))
        case "serviceBusTrigger":
            metadata = {"MessageId": text(delivery["message_id"]), "UserProperties": as_json({})}
            return Call(function, text(delivery["body"]), metadata)
        case "blobTrigger":
            container = function.trigger.option("path").partition("/")[0]
            return Call(function, blob_reference("Storage", container, delivery["blob"]))
        case "cosmosDBTrigger":
            return Call(function, as_json(delivery["documents"]))
        case "timerTrigger":
            return Call(function, as_json({"Schedule": {"AdjustForDST": True}, "IsPastDue": False}))
        case other:
            raise ValueError(f"{function.name}: no delivery is known for a {other}")


def _request(delivery: Delivery) -> TypedValue:
    scope = {
        "method": delivery["method"],
        "scheme": "http",
        "raw_path": delivery["path"].encode(),
        "query_string": b"",
    }
    headers = {"host": "localhost", **delivery["headers"]}
    return request_value(scope, headers, {}, delivery["parameters"], _body(delivery))


def _body(delivery: Delivery) -> bytes:
    return b"" if delivery["body"] is None else json.dumps(delivery["body"]).encode()


def _ended(function: FunctionDefinition, outcome: Outcome) -> dict[str, Any]:
    ended: dict[str, Any] = {"error": outcome.error}
    if function.trigger.type == "httpTrigger" and outcome.returned is not None:
        ended["status"] = response_from(outcome.returned).status
    return ended


if __name__ == "__main__":
    asyncio.run(serve())
