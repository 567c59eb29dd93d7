"""Asks the local blob server which blobs were written, in place of listing a container again and again.

The project's Azurite tells it (`infra/local/launcher/azurite_written.cjs`); other stores do not.
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin

import aiohttp

_WAIT_SECONDS = 20
_PATIENCE = aiohttp.ClientTimeout(total=3 * _WAIT_SECONDS)


@dataclass(frozen=True, slots=True)
class Written:
    """The names of blobs that were written up to a position, oldest first."""

    position: str
    names: tuple[str, ...]


class WrittenNames:
    """What is written into one container, from a position on."""

    def __init__(self, account_url: str, container: str) -> None:
        self._url = urljoin(account_url, f"/_local/written/{container}")

    async def position(self) -> str | None:
        """Return where the container stands; None where the store does not tell, or is away."""
        here = await self._asked({})
        return None if here is None else here.position

    async def after(self, position: str) -> Written | None:
        """Wait for what is written behind a position, for some seconds; None when that can't be told."""
        return await self._asked({"after": position, "wait": str(_WAIT_SECONDS)})

    async def _asked(self, wanted: dict[str, str]) -> Written | None:
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.get(self._url, params=wanted) as response,
            ):
                if response.status != HTTPStatus.OK:
                    return None
                found = await response.json()
        except aiohttp.ClientError:
            # Who lists the container next hears from the store what is wrong with it.
            return None
        return Written(found["position"], tuple(found["names"]))
