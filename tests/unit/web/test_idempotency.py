"""A call with a key is done once, whatever is sent again and whenever."""

import asyncio

import pytest

from shared.kernel.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    PreconditionFailed,
    TermtideError,
    Unavailable,
)
from shared.kernel.scope import TenantScope
from shared.web.exchange import Incoming, Outgoing
from shared.web.idempotency import KEPT, LOCK, Idempotency
from shared.web.ports import Attempt
from tests.fixtures.tenancy import FixedClock
from tests.fixtures.web import MemoryAttempts


class Scene:
    """Calls that count how often they were done."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.attempts = MemoryAttempts()
        self.idempotency = Idempotency(self.attempts, self.clock)
        self.done = 0
        self.fault: BaseException | None = None

    async def act(self) -> Outgoing:
        self.done += 1
        number = self.done
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        return Outgoing(201, {"Location": f"/uploads/{number}"}, f"upload {number}".encode())

    async def send(
        self,
        key: str | None = "key-0001",
        *,
        body: bytes = b"{}",
        tenant: str = "north",
        actor: str = "person:1",
    ) -> Outgoing:
        scope = TenantScope.authenticated(tenant, "s1", actor, "c")
        headers = {} if key is None else {"idempotency-key": key}
        incoming = Incoming("POST", "http://localhost/api/uploads", headers, {}, body)
        return await self.idempotency.run(scope, "create_upload", incoming, self.act)


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_the_second_call_gets_the_first_reply(scene: Scene) -> None:
    first, second = await scene.send(), await scene.send()
    assert scene.done == 1
    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers == {**first.headers, "Idempotency-Replayed": "true"}


async def test_without_a_key_every_call_is_done(scene: Scene) -> None:
    await scene.send(None)
    await scene.send(None)
    assert scene.done == 2


async def test_of_many_calls_at_once_one_is_done(scene: Scene) -> None:
    results = await asyncio.gather(*(scene.send() for _ in range(10)), return_exceptions=True)
    assert scene.done == 1
    assert sum(isinstance(result, Outgoing) for result in results) == 1
    assert all(isinstance(result, Outgoing | Conflict) for result in results)


async def test_another_payload_under_the_same_key_is_refused(scene: Scene) -> None:
    await scene.send()
    with pytest.raises(IdempotencyMismatch):
        await scene.send(body=b'{"other":1}')
    assert scene.done == 1


async def test_a_key_is_the_callers_own(scene: Scene) -> None:
    await scene.send()
    await scene.send(tenant="south")
    await scene.send(actor="person:2")
    assert scene.done == 3


async def test_a_failed_call_may_be_tried_again(scene: Scene) -> None:
    scene.fault = Unavailable()
    with pytest.raises(Unavailable):
        await scene.send()
    scene.fault = None
    assert (await scene.send()).status == 201
    assert scene.done == 2


async def test_a_cancelled_call_may_be_tried_again(scene: Scene) -> None:
    scene.fault = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await scene.send()
    assert not scene.attempts.records


async def test_a_call_whose_process_died_is_taken_over_when_its_lock_ran_out(scene: Scene) -> None:
    await scene.send()
    ((place, attempt),) = scene.attempts.records.items()
    scene.attempts.records[place] = Attempt(
        attempt.id, attempt.fingerprint, attempt.locked_until, attempt.expires_at, None, attempt.version
    )
    scene.clock.advance(LOCK.total_seconds() - 1)
    with pytest.raises(Conflict):
        await scene.send()
    scene.clock.advance(1)
    assert (await scene.send()).body == b"upload 2"


async def test_a_reply_is_given_again_for_an_hour(scene: Scene) -> None:
    await scene.send()
    scene.clock.advance(KEPT.total_seconds() - 1)
    await scene.send()
    assert scene.done == 1
    scene.clock.advance(1)
    await scene.send()
    assert scene.done == 2


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 256, "key with spaces", "key-\u00e9\u00e9\u00e9\u00e9", "key\x00key-key"]
)
async def test_a_malformed_key_is_refused(scene: Scene, key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await scene.send(key)
    assert refusal.value.violations[0].place == "header:Idempotency-Key"
    assert scene.done == 0


@pytest.mark.parametrize("fault", [PreconditionFailed(), Unavailable()])
async def test_a_reply_that_can_not_be_recorded_still_reaches_the_caller(
    scene: Scene, fault: TermtideError
) -> None:
    async def failing(scope: TenantScope, attempt: Attempt) -> Attempt:
        raise fault

    scene.attempts.replace = failing  # type: ignore[method-assign]  # the store fails in mid-test
    assert (await scene.send()).status == 201
