"""Refusals in the words of the Key Vault REST API (secrets, version 7.x)."""


class VaultError(Exception):
    """A refusal with its HTTP status, its error code and, where the API has one, an inner code."""

    def __init__(self, status: int, code: str, message: str, inner: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner

    def as_json(self) -> dict[str, object]:
        """Return the body of the answer."""
        inner = {"innererror": {"code": self.inner}} if self.inner else {}
        return {"error": {"code": self.code, "message": self.message, **inner}}


def bad_parameter(message: str) -> VaultError:
    """Refuse a malformed request."""
    return VaultError(400, "BadParameter", message)


def not_found(name: str) -> VaultError:
    """Refuse a name or version that the vault does not hold."""
    return VaultError(
        404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault."
    )


def not_implemented(what: str) -> VaultError:
    """Refuse what the cloud does and this stand-in does not."""
    return VaultError(501, "NotImplemented", f"{what} is not implemented by the local vault.")
