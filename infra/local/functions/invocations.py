"""One invocation from trigger to settled outcome: time limit, outputs, log line."""

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta

from infra.local.functions.engine import Call, Engine, Outcome
from infra.local.functions.outputs import Outputs

_log = logging.getLogger(__name__)
_RARE_TRIGGERS = frozenset({"timerTrigger", "blobTrigger", "eventGridTrigger"})
_NOTHING: Mapping[str, str] = {}


class Invoker:
    """Runs functions under `functionTimeout` and sends their outputs."""

    def __init__(self, engine: Engine, outputs: Outputs, time_limit: timedelta | None) -> None:
        self._engine = engine
        self._outputs = outputs
        self._seconds = None if time_limit is None else time_limit.total_seconds()

    async def run(self, call: Call, binding_data: Mapping[str, str] = _NOTHING) -> Outcome:
        """Run the call once and return its outcome; it succeeded only if its outputs were sent too.

        A call without a trace gets one, which its retries go on with.

        A coroutine that exceeds the limit is cancelled. A thread cannot be: its invocation fails at the
        limit, and it stays occupied until the function returns (the cloud restarts the worker instead).
        """
        invocation_id = _new_invocation_id()
        call.trace_parent = call.trace_parent or _new_trace_parent()
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._seconds):
                outcome = await self._engine.invoke(invocation_id, call)
        except TimeoutError:
            outcome = Outcome(error=f"functionTimeout: still running after {self._seconds:g} s")
        if outcome.error is None and call.function.outputs:
            outcome = await self._send_outputs(call, outcome, binding_data)
        _report(call, invocation_id, outcome, time.perf_counter() - started)
        return outcome

    async def _send_outputs(self, call: Call, outcome: Outcome, binding_data: Mapping[str, str]) -> Outcome:
        try:
            await self._outputs.send(call.function, outcome, binding_data)
        except Exception as failure:  # noqa: BLE001 - whatever the SDK raises fails this invocation, not the host
            return Outcome(error=f"an output was not sent: {failure!r}")
        return outcome


def _new_invocation_id() -> str:
    """Return a UUID as the platform gives one (RFC 9562 section 5.4), without an object for it."""
    digits = secrets.token_hex(16)
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _new_trace_parent() -> str:
    """Begin a trace (W3C Trace Context, section 3.2.2); it is not sampled unless a caller says so."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def _report(call: Call, invocation_id: str, outcome: Outcome, seconds: float) -> None:
    name = call.function.name
    if outcome.error is None:
        level = logging.INFO if call.function.trigger.type in _RARE_TRIGGERS else logging.DEBUG
        if _log.isEnabledFor(level):
            fields = {"function": name, "invocation": invocation_id, "milliseconds": round(seconds * 1000, 1)}
            _log.log(level, "%s succeeded", name, extra=fields)
        return
    _log.error(
        "%s failed: %s",
        name,
        outcome.error,
        extra={
            "function": name,
            "invocation": invocation_id,
            "milliseconds": round(seconds * 1000, 1),
            "retries": call.attempt.retries,
            "exception": outcome.trace,
        },
    )
