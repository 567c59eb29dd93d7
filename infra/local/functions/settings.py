"""App settings: the environment of the process, as in the cloud, and `%NAME%` expressions over it."""

import re
from collections.abc import Mapping

from infra.local.functions.errors import MissingSetting

HOST_STORAGE = "AzureWebJobsStorage"
"""The connection of the account in which the host keeps its own state."""

_EXPRESSION = re.compile(r"%([^%\s]+)%")


class Settings:
    """The app settings by name."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def get(self, name: str) -> str | None:
        """Return a setting, or None when it does not exist or is empty."""
        return self._values.get(name) or None

    def require(self, name: str) -> str:
        """Return a setting; `MissingSetting` when it does not exist."""
        value = self.get(name)
        if value is None:
            raise MissingSetting(f"the app setting {name!r} does not exist")
        return value

    def starting_with(self, prefix: str) -> dict[str, str]:
        """Return the settings whose names start with `prefix`, under what follows it in their names."""
        return {
            name.removeprefix(prefix): value
            for name, value in self._values.items()
            if name.startswith(prefix) and value
        }

    def resolve(self, text: str) -> str:
        """Replace each `%NAME%` by the setting of that name; `MissingSetting` when one does not exist."""
        return _EXPRESSION.sub(lambda found: self.require(found[1]), text)
