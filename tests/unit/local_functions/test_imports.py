import subprocess
import sys

_LISTENERS_ONLY = ("azure.servicebus", "azure.cosmos", "azure.storage", "azure.identity", "aiohttp")


def test_a_host_without_listeners_loads_no_sdk() -> None:
    """Each SDK costs 70 to 250 ms of start; the HTTP role needs none of them in the host."""
    script = "import sys, infra.local.functions.command_line; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.split()

    assert "infra.local.functions.host" in loaded
    assert [name for name in loaded if name.startswith(_LISTENERS_ONLY)] == []
