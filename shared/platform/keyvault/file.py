"""Development secrets in one JSON file: an object of names and texts."""

import json
from pathlib import Path

from shared.kernel.errors import Unavailable


class FileSecrets:
    """Implements `SecretStore` over a file that is read at each first use and whenever it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = 0
        self._secrets: dict[str, str] = {}

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
            self._secrets = dict(json.loads(self._path.read_bytes()))
            self._read_at = changed_at
