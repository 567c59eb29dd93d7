"""Binding expressions: patterns that take names out of blob paths, and templates that fill them in.

Rules: Azure Functions documentation, "Binding expressions - patterns".
"""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_NAME = re.compile(r"[A-Za-z_]\w*")


class BlobPattern:
    """A blob trigger's path, `container/{tenant}/{name}.csv`, split and compiled.

    `prefix` is the literal start of the blob name, by which listings are narrowed. `ValueError` when the path
    has no container, or a placeholder that is no name.
    """

    def __init__(self, path: str) -> None:
        self.container, _, name = path.strip("/").partition("/")
        if not self.container or "{" in self.container:
            raise ValueError(f"the path {path!r} must begin with a literal container name")
        self._expression = re.compile(_pattern(name) if name else ".*", re.DOTALL)
        self.prefix = name.partition("{")[0]

    def match(self, blob: str) -> dict[str, str] | None:
        """Return what the placeholders stand for in a blob name, or None when it does not match."""
        found = self._expression.fullmatch(blob)
        return None if found is None else found.groupdict()


def _pattern(name: str) -> str:
    pieces = _PLACEHOLDER.split(name)
    written: list[str] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            written.append(re.escape(piece))
        elif _NAME.fullmatch(piece):
            last = index == len(pieces) - 2 and not pieces[-1]
            # The last placeholder may span folders, as `{name}` does in the cloud.
            written.append(f"(?P<{piece}>{'.+' if last else '[^/]+'})")
        else:
            raise ValueError(f"{{{piece}}} is no placeholder name")
    return "".join(written)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace `{name}` by its value, `{rand-guid}` by a new UUID, `{DateTime}` by the time in UTC.

    `ValueError` when a placeholder has no value.
    """
    return _PLACEHOLDER.sub(lambda found: _value_of(found[1], values), template)


def _value_of(name: str, values: Mapping[str, str]) -> str:
    if name == "rand-guid":
        return str(uuid.uuid4())
    if name == "DateTime":
        return datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    if name not in values:
        raise ValueError(f"{{{name}}} has no value here")
    return values[name]
