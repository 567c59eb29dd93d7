"""The one place that touches Microsoft's engine, `azure-functions-runtime` 1.3.0.

The engine's entry points are not a public interface, so the version is pinned and each entry has a contract
test. Ordinary functions go through its native entry; functions with an SDK-type parameter (`BlobClient`) go
through the classic entry, the only one that builds such clients. One process holds one app.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, cast

import azure_functions_runtime as runtime  # type: ignore[import-untyped] # Microsoft ships no types with it
from azure_functions_runtime import native_invocation
from azure_functions_runtime.bindings.datumdef import Datum  # type: ignore[import-untyped] # the same

from infra.local.functions.definitions import Binding, FunctionDefinition, RetryPolicy
from infra.local.functions.engine_messages import (
    EngineMessages,
    IncomingParameter,
    Message,
    StatusResult,
    TypedData,
)
from infra.local.functions.errors import AppNotIndexed

_messages = EngineMessages()


class TypedValue(Protocol):
    """A value on its way into or out of a function, with the kind that the converters look at."""

    type: str
    value: Any


def text(value: str) -> TypedValue:
    """Wrap a text."""
    return cast("TypedValue", Datum(value, "string"))


def binary(value: bytes) -> TypedValue:
    """Wrap bytes."""
    return cast("TypedValue", Datum(value, "bytes"))


def as_json(value: object) -> TypedValue:
    """Wrap a JSON value; what JSON cannot hold is written as its `str`."""
    return cast("TypedValue", Datum(json.dumps(value, default=str), "json"))


def binaries(values: Sequence[bytes]) -> TypedValue:
    """Wrap the bodies of a batch."""
    return cast("TypedValue", Datum(SimpleNamespace(bytes=list(values)), "collection_bytes"))


def http_request(value: Mapping[str, object]) -> TypedValue:
    """Wrap a request: method, url, headers, query, params and body, each a typed value or a dict of them."""
    return cast("TypedValue", Datum(value, "http"))


def blob_reference(connection: str, container: str, blob: str) -> TypedValue:
    """Refer to a blob, from which the engine opens the SDK client that the function asks for."""
    content = {"Connection": connection, "ContainerName": container, "BlobName": blob}
    reference = SimpleNamespace(
        version="1.0",
        source="AzureStorageBlobs",
        content_type="application/json",
        content=json.dumps(content),
    )
    return cast("TypedValue", Datum(reference, "model_binding_data"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which run of an invocation this is: `retries` 0 is the first. `max_retries` -1 means without end."""

    retries: int = 0
    max_retries: int = 0
    last_error: str | None = None


_FIRST_ATTEMPT = Attempt()


@dataclass(slots=True)
class Call:
    """One invocation: the trigger's value and what the trigger tells about it."""

    function: FunctionDefinition
    value: TypedValue
    metadata: Mapping[str, TypedValue] = field(default_factory=dict)
    trace_parent: str = ""
    attempt: Attempt = _FIRST_ATTEMPT


@dataclass(slots=True)
class Outcome:
    """What an invocation came to. `error` is None exactly when it succeeded."""

    returned: TypedValue | None = None
    outputs: Sequence[tuple[str, TypedValue]] = ()
    error: str | None = None
    trace: str = ""


class Engine:
    """Microsoft's engine with the app of this process. `functions` is in the order of the index."""

    def __init__(self, functions: Sequence[FunctionDefinition]) -> None:
        self.functions = tuple(functions)

    @classmethod
    async def start(cls, app: Path) -> "Engine":
        """Import and index the entry file of the folder `app`; `AppNotIndexed` tells why it is refused."""
        entry = app / os.environ.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
        if not entry.is_file():
            raise AppNotIndexed(f"{entry} does not exist", "")
        # The host reports every failure itself, with the function's name.
        logging.getLogger(native_invocation.logger.name).setLevel(logging.CRITICAL)
        runtime.start_threadpool_executor()
        sys.path.insert(0, str(app))
        init = SimpleNamespace(capabilities={}, function_app_directory=str(app))
        _refuse_failure(await runtime.worker_init_request(_request(worker_init_request=init)))
        answer = await runtime.functions_metadata_request(_request(functions_metadata_request=None))
        # An app without functions, such as a role that has none yet, is served like any other.
        return cls([_definition(metadata) for metadata in answer.function_metadata_results or ()])

    async def invoke(self, invocation_id: str, call: Call) -> Outcome:
        """Run a function once. Failures of the function come back in the outcome; cancellation passes."""
        if call.function.takes_sdk_type:
            return await _invoke_classic(invocation_id, call)
        succeeded, returned, outputs, error, trace = await native_invocation.invocation_request_native(
            invocation_id,
            call.function.id,
            ((call.function.trigger.name, call.value),),
            call.metadata,
            trace_parent=call.trace_parent,
            retry_count=call.attempt.retries,
            max_retry_count=call.attempt.max_retries,
            retry_exception=call.attempt.last_error,
        )
        if succeeded:
            return Outcome(returned, outputs)
        return Outcome(error=error, trace=trace)


def current_invocation() -> str | None:
    """Return the id of the invocation that the running code belongs to."""
    return cast("str | None", runtime.invocation_id_cv.get())


def _request(**parts: object) -> SimpleNamespace:
    return SimpleNamespace(
        request=SimpleNamespace(**parts), properties={"protos": _messages, "host": "127.0.0.1"}
    )


def _refuse_failure(answer: Message) -> None:
    if answer.result.status == StatusResult.Failure:
        raise AppNotIndexed(answer.result.exception.message, answer.result.exception.stack_trace)


def _definition(metadata: Message) -> FunctionDefinition:
    entries = [json.loads(raw) for raw in metadata.raw_bindings]
    inward = next(entry for entry in entries if entry["type"].endswith("Trigger"))
    return FunctionDefinition(
        name=metadata.name,
        id=metadata.function_id,
        trigger=_binding(inward),
        outputs=tuple(_binding(entry) for entry in entries if entry is not inward),
        retry=_retry_policy(metadata.retry_options),
        takes_sdk_type=any(entry.get("properties", {}).get("SupportsDeferredBinding") for entry in entries),
    )


def _binding(entry: dict[str, Any]) -> Binding:
    return Binding(entry["name"], entry["type"], entry)


def _retry_policy(options: Message | None) -> RetryPolicy | None:
    if options is None:
        return None
    fixed = getattr(options, "delay_interval", None)
    return RetryPolicy(
        strategy=options.retry_strategy,
        max_retries=options.max_retry_count,
        minimum_delay=fixed if fixed is not None else options.minimum_interval,
        maximum_delay=fixed if fixed is not None else options.maximum_interval,
    )


async def _invoke_classic(invocation_id: str, call: Call) -> Outcome:
    parameter = IncomingParameter(name=call.function.trigger.name, data=_typed_data(call.value))
    invocation = SimpleNamespace(
        invocation_id=invocation_id,
        function_id=call.function.id,
        input_data=[parameter],
        trigger_metadata={name: _typed_data(value) for name, value in call.metadata.items()},
        trace_context=SimpleNamespace(trace_parent=call.trace_parent, trace_state="", attributes={}),
        retry_context=SimpleNamespace(
            retry_count=call.attempt.retries,
            max_retry_count=call.attempt.max_retries,
            exception=call.attempt.last_error,
        ),
    )
    token = runtime.invocation_id_cv.set(invocation_id)
    try:
        answer = await runtime.invocation_request(_request(invocation_request=invocation))
    finally:
        runtime.invocation_id_cv.reset(token)
    if answer.result.status == StatusResult.Failure:
        return Outcome(error=answer.result.exception.message, trace=answer.result.exception.stack_trace)
    outputs = [(it.name, _from_typed_data(it.data)) for it in answer.output_data]
    returned = None if answer.return_value is None else _from_typed_data(answer.return_value)
    return Outcome(returned, outputs)


def _typed_data(value: TypedValue) -> TypedData:
    return TypedData(**{value.type: value.value})


def _from_typed_data(data: TypedData) -> TypedValue:
    ((kind, value),) = vars(data).items()
    return cast("TypedValue", Datum(value, kind))
