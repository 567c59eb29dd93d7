"""How the SDKs' requests go out."""

from ssl import get_default_verify_paths
from typing import Any, Final
from urllib.request import getproxies

from azure.core.pipeline.transport import AioHttpTransport, RequestsTransport
from azure.core.settings import settings

_PROXIED: Final = ("http", "https", "ws", "wss")


def transport(**connection: Any) -> AioHttpTransport:  # noqa: ANN401 - the SDK's own options
    """Return a transport whose connections have these options.

    It asks the environment for proxies only where that names any when this is called: asking costs each
    request two hops through a thread pool, which reads `~/.netrc` and every variable. Whether calls are
    traced is asked now too, for all SDKs of the process, and not at each call.
    """
    settings.tracing_enabled = settings.tracing_enabled()
    return AioHttpTransport(use_env_settings=_are_proxied(), **connection)


def blocking_transport(**connection: Any) -> RequestsTransport:  # noqa: ANN401 - the same
    """Return the same for clients whose calls block the thread that makes them.

    It trusts the authorities that everything else in the process trusts, not a list of its own.
    """
    trusted = get_default_verify_paths().cafile
    return RequestsTransport(use_env_settings=_are_proxied(), connection_verify=trusted or True, **connection)


def _are_proxied() -> bool:
    return any(scheme in _PROXIED for scheme in getproxies())
