"""Chooses the secret store that the settings name."""

from pathlib import Path

from shared.kernel.errors import InvalidInput
from shared.kernel.secrets import SecretStore
from shared.platform.keyvault.file import FileSecrets
from shared.settings import Endpoint

_FILE = "file:"


def secret_store(endpoint: Endpoint) -> SecretStore:
    """Return the vault at the address, or the file that `file:PATH` names; `InvalidInput` for other texts."""
    if endpoint.address is not None:
        from shared.platform.keyvault.vault import vault_secrets  # noqa: PLC0415 - 70 ms that a file does not need

        return vault_secrets(endpoint.address)
    place = str(endpoint.connection_string)
    if not place.startswith(_FILE):
        raise InvalidInput.at("environment:Secrets", f"starts with {_FILE}, or is Secrets__vaultUri instead")
    return FileSecrets(Path(place.removeprefix(_FILE)))
