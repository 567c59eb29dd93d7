"""Development secrets in one JSON file: an object of names and texts."""

import json
from pathlib import Path

from shared.kernel.errors import Unavailable
from shared.kernel.events import Json


class FileSecrets:
    """Implements `SecretStore` over a file that is read at each first use and whenever it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = 0
        self._secrets: dict[str, Json] = {}

    async def get(self, name: str) -> str:
        """Return the secret; `Unavailable` when the file does not hold it, or is not there."""
        try:
            self._refresh()
        except (OSError, ValueError) as error:
            raise Unavailable("the file of secrets cannot be read") from error
        secret = self._secrets.get(name)
        if not isinstance(secret, str):
            raise Unavailable(f"no secret {name} in the file of secrets")
        return secret

    def _refresh(self) -> None:
        changed_at = self._path.stat().st_mtime_ns
        if changed_at != self._read_at:
            secrets = json.loads(self._path.read_bytes())
            if not isinstance(secrets, dict):
                raise ValueError("not an object")
            self._secrets, self._read_at = secrets, changed_at
