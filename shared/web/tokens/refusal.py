"""Why a token does not hold. The audit is told; the caller only learns that it doesn't."""

from shared.kernel.errors import Unauthenticated


class TokenRefused(Unauthenticated):
    """A missing or bad token. `reason` names the failed check for the audit and is never shown."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
