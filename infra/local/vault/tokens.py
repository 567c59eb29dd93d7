"""Access tokens of the identity stand-in, in the shape of Microsoft Entra ID."""

import time
from dataclasses import dataclass

import jwt

DIRECTORY = "00000000-0000-4000-8000-000000000001"
PRINCIPAL = "00000000-0000-4000-8000-000000000002"
_LIFETIME = 3600
_CLOCK_SKEW = 60


class TokenRefused(Exception):
    """The token does not hold; the message says why."""


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Signs and checks tokens with one symmetric key of at least 32 bytes."""

    key: bytes

    def issue(self, audience: str) -> tuple[str, int]:
        """Return a token for one audience and the moment it expires, in Unix seconds.

        `iss`, `oid` and `tid` have the form that Azurite's OAuth mode asks for.
        """
        now = int(time.time())
        expires = now + _LIFETIME
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{DIRECTORY}/",
            "oid": PRINCIPAL,
            "tid": DIRECTORY,
            "nbf": now - _CLOCK_SKEW,
            "iat": now - _CLOCK_SKEW,
            "exp": expires,
        }
        return jwt.encode(claims, self.key, algorithm="HS256"), expires

    def check(self, token: str, audience: str) -> None:
        """Raise `TokenRefused` unless this issuer signed the token for `audience` and it is in force."""
        try:
            jwt.decode(token, self.key, algorithms=["HS256"], audience=audience)
        except jwt.InvalidTokenError as invalid:
            raise TokenRefused(str(invalid)) from invalid
