import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.functions.definitions import RetryPolicy
from infra.local.functions.engine import Call, Outcome, text
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.retries import check_retry_policy, delay_before, run_with_retries
from infra.local.functions.supervision import Shutdown, Stopping
from tests.unit.local_functions.samples import ScriptedEngine, a_function, an_invoker

_INSTANT = RetryPolicy("fixed_delay", 3, timedelta(0), timedelta(0))
_BACKOFF = RetryPolicy("exponential_backoff", 5, timedelta(seconds=2), timedelta(minutes=1))


def _call(policy: RetryPolicy | None) -> Call:
    return Call(a_function(trigger="timerTrigger", retry=policy), text(""))


async def _fail(call: Call) -> Outcome:
    return Outcome(error=f"failure {call.attempt.retries}")


async def test_a_failure_is_final_without_a_policy() -> None:
    engine = ScriptedEngine(_fail)

    outcome = await run_with_retries(an_invoker(engine), _call(None), Shutdown())

    assert outcome.error == "failure 0"
    assert len(engine.calls) == 1


async def test_retries_end_at_their_limit_and_tell_the_function_which_one_it_is() -> None:
    engine = ScriptedEngine(_fail)

    outcome = await run_with_retries(an_invoker(engine), _call(_INSTANT), Shutdown())

    assert outcome.error == "failure 3"
    assert [(it.attempt.retries, it.attempt.max_retries) for it in engine.calls] == [
        (0, 0),
        (1, 3),
        (2, 3),
        (3, 3),
    ]
    assert engine.calls[3].attempt.last_error == "failure 2"


async def test_retries_without_end_go_on_until_the_function_succeeds() -> None:
    async def succeed_at_twenty(call: Call) -> Outcome:
        return Outcome(error=None if call.attempt.retries == 20 else "not yet")

    engine = ScriptedEngine(succeed_at_twenty)
    endless = RetryPolicy("fixed_delay", -1, timedelta(0), timedelta(0))

    outcome = await run_with_retries(an_invoker(engine), _call(endless), Shutdown())

    assert outcome.error is None
    assert len(engine.calls) == 21


async def test_a_stop_ends_the_pause_between_two_runs() -> None:
    shutdown = Shutdown()
    hourly = RetryPolicy("fixed_delay", -1, timedelta(hours=1), timedelta(hours=1))
    asyncio.get_running_loop().call_later(0.05, shutdown.announce)

    with pytest.raises(Stopping):
        await run_with_retries(an_invoker(ScriptedEngine(_fail)), _call(hourly), shutdown)


def test_a_fixed_delay_does_not_grow() -> None:
    fixed = RetryPolicy("fixed_delay", 9, timedelta(seconds=4), timedelta(seconds=4))

    assert [delay_before(fixed, retry).total_seconds() for retry in (1, 2, 9)] == [4, 4, 4]


@given(st.integers(1, 10_000), st.floats(-0.2, 0.2))
def test_a_back_off_doubles_up_to_its_maximum(retry: int, spread: float) -> None:
    delay = delay_before(_BACKOFF, retry, spread)

    assert timedelta(seconds=1.6) <= delay <= timedelta(minutes=1)
    assert [delay_before(_BACKOFF, it).total_seconds() for it in (1, 2, 3, 7)] == [2, 4, 8, 60]


@pytest.mark.parametrize("trigger", ["httpTrigger", "serviceBusTrigger", "blobTrigger", "eventGridTrigger"])
def test_a_policy_is_refused_where_it_would_have_no_effect(trigger: str) -> None:
    with pytest.raises(InvalidBinding, match=trigger):
        check_retry_policy(a_function(trigger=trigger, retry=_INSTANT))


@pytest.mark.parametrize("trigger", ["timerTrigger", "cosmosDBTrigger"])
def test_timers_and_change_feeds_may_have_a_policy(trigger: str) -> None:
    check_retry_policy(a_function(trigger=trigger, retry=_INSTANT))
