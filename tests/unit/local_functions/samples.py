"""Function definitions and stand-ins that the unit tests of the host share."""

from collections.abc import Awaitable, Callable

from infra.local.functions.connections import Connections
from infra.local.functions.definitions import Binding, FunctionDefinition, RetryPolicy
from infra.local.functions.engine import Call, Engine, Outcome
from infra.local.functions.invocations import Invoker
from infra.local.functions.outputs import Outputs
from infra.local.functions.settings import Settings


def a_function(
    name: str = "sample", trigger: str = "httpTrigger", retry: RetryPolicy | None = None, **options: object
) -> FunctionDefinition:
    binding = Binding("input", trigger, options)
    return FunctionDefinition(name, f"id-of-{name}", binding, (), retry, takes_sdk_type=False)


class ScriptedEngine(Engine):
    """Answers each call with what `answer` returns for it."""

    def __init__(self, answer: Callable[[Call], Awaitable[Outcome]]) -> None:
        super().__init__([])
        self._answer = answer
        self.calls: list[Call] = []

    async def invoke(self, invocation_id: str, call: Call) -> Outcome:
        self.calls.append(call)
        return await self._answer(call)


def an_invoker(engine: Engine) -> Invoker:
    settings = Settings({})
    return Invoker(engine, Outputs(settings, Connections(settings)), None)
