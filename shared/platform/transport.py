"""How the SDKs' requests go out."""

from typing import Final
from urllib.request import getproxies

from azure.core.pipeline.transport import AioHttpTransport

_PROXIED: Final = ("http", "https", "ws", "wss")


def transport() -> AioHttpTransport:
    """Return a transport that asks the environment for proxies only where it names any when this is called.

    Asking costs each request two hops through a thread pool, which reads `~/.netrc` and every variable.
    """
    return AioHttpTransport(use_env_settings=any(scheme in _PROXIED for scheme in getproxies()))
