"""Stand-ins for the worker protocol's message classes, which the engine takes as a parameter.

The engine only constructs them by keyword and reads attributes back, so plain objects serve: none of the
protocol's generated code is needed.
"""

from types import SimpleNamespace
from typing import ClassVar


class Message(SimpleNamespace):
    """A message whose fields are the keywords it was built with."""


class StatusResult(Message):
    """The outcome of a request; `exception` is set when `status` is `Failure`."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1


class BindingInfo(Message):
    """A binding as the indexer describes it. Directions and data types are compared by these values."""

    inout: ClassVar[int] = 2
    out: ClassVar[int] = 1
    undefined: ClassVar[int] = 0


class OneOf(Message):
    """A message of which exactly one field is set."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - the protocol's own method name
        """Return the name of the field that is set."""
        return next(iter(vars(self)), None)


class TypedData(OneOf):
    """A value with its kind: `TypedData(json="{}")`."""


class IncomingParameter(Message):
    """A parameter of an invocation whose value is in `data`."""

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - the protocol's own method name
        """Return where the value is: always in `data`, never in shared memory."""
        return "data"


class EngineMessages:
    """The namespace that the engine looks message classes up in."""

    StatusResult = StatusResult
    BindingInfo = BindingInfo
    TypedData = TypedData

    def __getattr__(self, name: str) -> type[Message]:
        """Make the class of any other message on first use."""
        made: type[Message] = type(name, (Message,), {})
        setattr(self, name, made)
        return made
