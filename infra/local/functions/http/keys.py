"""Function and host keys: who may call a function that is not anonymous.

Keys come from app settings under the names that the platform uses outside of Azure (`host.master`,
`host.function.{name}`, `functions.{function}.{name}`), or from files shaped like the platform's own
(`host.json` with `masterKey` and `functionKeys`, `{function}.json` with `keys`).
"""

import contextlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from infra.local.functions.errors import InvalidKeyFile
from infra.local.functions.settings import Settings

_HOST_FILE = "host.json"


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)


class _Key(_Part):
    name: str
    value: str


class _HostKeys(_Part):
    master_key: _Key
    function_keys: tuple[_Key, ...]


class _FunctionKeys(_Part):
    keys: tuple[_Key, ...]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys: the master key opens everything, a host key every function, a function key one function."""

    master: str
    host: tuple[str, ...]
    by_function: Mapping[str, tuple[str, ...]]

    def admits(self, level: str, function: str, presented: str) -> bool:
        """Tell whether a presented key opens a function of an auth level (`FUNCTION` or `ADMIN`)."""
        accepted = [self.master]
        if level == "FUNCTION":
            accepted += [*self.host, *self.by_function.get(function.lower(), ())]
        # Every key is compared, so that the time taken tells nothing.
        matches = [hmac.compare_digest(presented.encode(), key.encode()) for key in accepted]
        return any(matches)


def load_keys(settings: Settings, folder: Path) -> KeyRing:
    """Return the keys of the settings if they hold a master key, else those of the folder.

    A missing `host.json` is made with new random keys, once for all processes that share the folder.
    `InvalidKeyFile` names a file that cannot be read.
    """
    master = settings.get("host.master")
    if master is not None:
        return KeyRing(
            master=master,
            host=tuple(settings.starting_with("host.function.").values()),
            by_function=_grouped(settings.starting_with("functions.")),
        )
    _make_host_keys(folder / _HOST_FILE)
    host = _read(folder / _HOST_FILE, _HostKeys)
    return KeyRing(
        master=host.master_key.value,
        host=_values(host.function_keys),
        by_function={
            path.stem.lower(): _values(_read(path, _FunctionKeys).keys)
            for path in folder.glob("*.json")
            if path.name != _HOST_FILE
        },
    )


def _grouped(settings: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for name, value in settings.items():
        function = name.partition(".")[0].lower()
        grouped[function] = (*grouped.get(function, ()), value)
    return grouped


def _values(keys: Iterable[_Key]) -> tuple[str, ...]:
    return tuple(key.value for key in keys)


def _read[T: BaseModel](path: Path, shape: type[T]) -> T:
    try:
        return shape.model_validate_json(path.read_bytes())
    except ValidationError as invalid:
        fault = invalid.errors(include_input=False)[0]
        place = "".join(f"/{step}" for step in fault["loc"])
        raise InvalidKeyFile(f"{path}: {place}: {fault['msg']}") from invalid


def _make_host_keys(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    made = _HostKeys(
        master_key=_Key(name="master", value=secrets.token_urlsafe(32)),
        function_keys=(_Key(name="default", value=secrets.token_urlsafe(32)),),
    )
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made.model_dump_json(by_alias=True, indent=2))
    # A link is never seen half written, and leaves the keys alone that another process made first.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    Path(draft).unlink()
