"""Partial updates: add, set, replace, remove, incr and move on JSON-pointer paths (RFC 6901)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos.errors import bad_request
from infra.local.cosmos.sql.execution import compile_text
from infra.local.cosmos.values import NUMBER, parse_number, rank

MOST_OPERATIONS = 10
UNPATCHABLE = frozenset({"id", "_rid", "_self", "_etag", "_ts", "_attachments"})


@dataclass(frozen=True, slots=True)
class Patch:
    """A checked patch request; `condition` is the text of its filter or empty."""

    operations: Sequence[Mapping[str, Any]]
    condition: str


def parse_patch(request: object) -> Patch:
    """Check the body of a patch request; 400 tells what is wrong."""
    if not isinstance(request, dict) or not isinstance(request.get("operations"), list):
        raise bad_request("A patch needs an array of operations.")
    operations = request["operations"]
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        raise bad_request(f"A patch has 1 to {MOST_OPERATIONS} operations, this one has {len(operations)}.")
    for operation in operations:
        if not _is_operation(operation):
            raise bad_request(f"The patch operation {operation!r} is not supported.")
    return Patch(operations, str(request.get("condition") or ""))


def _is_operation(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    name = value.get("op")
    return isinstance(name, str) and name in OPERATIONS and isinstance(value.get("path"), str)


def filter_holds(condition: str, document: Mapping[str, Any]) -> bool:
    """Tell whether the document passes a filter of the form `FROM c WHERE ...`."""
    return any(True for _ in compile_text(f"SELECT VALUE 1 {condition}").run((document,), {}))


def apply_patch(document: dict[str, Any], operations: Sequence[Mapping[str, Any]]) -> None:
    """Change the document in place; 400 names the operation that cannot be applied."""
    for operation in operations:
        OPERATIONS[operation["op"]](document, _place(document, operation["path"]), operation)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: a member of an object or an element of an array, there or not yet there."""

    path: str
    parent: Any
    key: str | int

    @property
    def exists(self) -> bool:
        """Whether there is a value."""
        if isinstance(self.parent, list):
            return isinstance(self.key, int) and self.key < len(self.parent)
        return self.key in self.parent

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON value
        """The value; 400 when there is none."""
        self.require()
        return self.parent[self.key]

    def require(self) -> None:
        """Fail with 400 unless there is a value."""
        if not self.exists:
            raise bad_request(f"The patch path {self.path} does not exist in the item.")

    def set(self, value: object) -> None:
        """Put a value in the place of what is there."""
        self._put(value, replaced=1)

    def insert(self, value: object) -> None:
        """Put a value before what is there in an array, in its place in an object."""
        self._put(value, replaced=0)

    def remove(self) -> Any:  # noqa: ANN401 - any JSON value
        """Take the value away and return it."""
        value = self.value
        del self.parent[self.key]
        return value

    def _put(self, value: object, replaced: int) -> None:
        if not isinstance(self.parent, list):
            self.parent[self.key] = value
        elif isinstance(self.key, int) and self.key <= len(self.parent):
            self.parent[self.key : self.key + replaced] = [value]
        else:
            raise bad_request(f"The index of the patch path {self.path} is out of bounds.")


def _place(document: dict[str, Any], path: object) -> Place:
    if not isinstance(path, str) or not path.startswith("/") or path == "/":
        raise bad_request(f"The patch path {path!r} is not a JSON pointer to a property.")
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    if parts[0] in UNPATCHABLE:
        raise bad_request(f"The path {path} cannot be patched.")
    place = Place(path, document, parts[0])
    for part in parts[1:]:
        parent = place.value
        if not isinstance(parent, (dict, list)):
            raise bad_request(f"The patch path {path} leads into a scalar.")
        place = Place(path, parent, _index(path, parent, part) if isinstance(parent, list) else part)
    return place


def _index(path: str, array: list[Any], part: str) -> int:
    """Return the array index that a part of a path means; `-` is behind the last element."""
    if part == "-":
        return len(array)
    if not part.isascii() or not part.isdigit():
        raise bad_request(f"The patch path {path} needs an array index.")
    return int(part)


def _argument(operation: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    if "value" not in operation:
        raise bad_request(f"The patch operation {operation['op']} needs a value.")
    return operation["value"]


def _add(_document: dict[str, Any], place: Place, operation: Mapping[str, Any]) -> None:
    place.insert(_argument(operation))


def _set(_document: dict[str, Any], place: Place, operation: Mapping[str, Any]) -> None:
    place.set(_argument(operation))


def _replace(_document: dict[str, Any], place: Place, operation: Mapping[str, Any]) -> None:
    value = _argument(operation)
    place.require()
    place.set(value)


def _remove(_document: dict[str, Any], place: Place, _operation: Mapping[str, Any]) -> None:
    place.remove()


def _increment(_document: dict[str, Any], place: Place, operation: Mapping[str, Any]) -> None:
    step = _argument(operation)
    current = place.value if place.exists else 0
    if rank(step) != NUMBER or rank(current) != NUMBER:
        raise bad_request(f"The patch path {place.path} and its increment must be numbers.")
    try:
        place.set(parse_number(str(current + step)))
    except ValueError as error:
        raise bad_request(f"The patch path {place.path} would leave the range of numbers.") from error


def _move(document: dict[str, Any], target: Place, operation: Mapping[str, Any]) -> None:
    source = _place(document, operation.get("from"))
    if f"{target.path}/".startswith(f"{source.path}/"):
        raise bad_request(f"A patch cannot move {source.path} to {target.path}.")
    value = source.remove()
    _place(document, target.path).insert(value)


OPERATIONS: dict[str, Callable[[dict[str, Any], Place, Mapping[str, Any]], None]] = {
    "add": _add,
    "set": _set,
    "replace": _replace,
    "remove": _remove,
    "incr": _increment,
    "move": _move,
}
