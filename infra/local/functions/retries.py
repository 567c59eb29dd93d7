"""Retry policies: the host runs a failing Timer or Cosmos invocation again, in place.

Rules: Azure Functions documentation, "Azure Functions error handling and retries". Only these two triggers
have them; Service Bus retries by delivery count, blobs by their own attempts.
"""

import random
from dataclasses import replace
from datetime import timedelta

from infra.local.functions.definitions import FunctionDefinition, RetryPolicy
from infra.local.functions.engine import Attempt, Call, Outcome
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.invocations import Invoker
from infra.local.functions.supervision import Shutdown

_RETRIED_TRIGGERS = ("timerTrigger", "cosmosDBTrigger")
_JITTER = 0.2


def check_retry_policy(function: FunctionDefinition) -> None:
    """Refuse a policy on a trigger whose retries are not the host's: it would have no effect."""
    if function.retry is not None and function.trigger.type not in _RETRIED_TRIGGERS:
        raise InvalidBinding(
            function.name, f"a retry policy has no effect on a {function.trigger.type}; remove it"
        )


def delay_before(policy: RetryPolicy, retry: int, spread: float = 0.0) -> timedelta:
    """Return the pause before the `retry`-th retry, counted from 1; `spread` is within plus or minus 0.2.

    An exponential back-off doubles the minimum each time; it never exceeds the maximum.
    """
    if policy.strategy == "fixed_delay":
        return policy.minimum_delay
    doublings = min(retry - 1, 32)
    grown = policy.minimum_delay.total_seconds() * 2.0**doublings * (1 + spread)
    return timedelta(seconds=min(grown, policy.maximum_delay.total_seconds()))


async def run_with_retries(invoker: Invoker, call: Call, shutdown: Shutdown) -> Outcome:
    """Run the call, and again after each failure as its policy allows; return the last outcome.

    `Stopping` when the host stops between two runs: the event is then not handled yet.
    """
    policy = call.function.retry
    outcome = await invoker.run(call)
    if policy is None:
        return outcome
    retry = 0
    while outcome.error is not None and (policy.max_retries == -1 or retry < policy.max_retries):
        retry += 1
        spread = random.uniform(-_JITTER, _JITTER)  # noqa: S311 - spreads retries, guards nothing
        await shutdown.sleep(delay_before(policy, retry, spread).total_seconds())
        attempt = Attempt(retry, policy.max_retries, outcome.error)
        outcome = await invoker.run(replace(call, attempt=attempt))
    return outcome
