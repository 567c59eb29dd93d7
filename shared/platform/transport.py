"""How the SDKs' requests go out."""

from typing import Any, Final
from urllib.request import getproxies

from azure.core.pipeline.transport import AioHttpTransport

_PROXIED: Final = ("http", "https", "ws", "wss")


def transport(**connection: Any) -> AioHttpTransport:  # noqa: ANN401 - the SDK's own options
    """Return a transport whose connections have these options.

    It asks the environment for proxies only where that names any when this is called: asking costs each
    request two hops through a thread pool, which reads `~/.netrc` and every variable.
    """
    return AioHttpTransport(use_env_settings=any(scheme in _PROXIED for scheme in getproxies()), **connection)
