"""The command line of Azurite, Microsoft's own stand-in for Blob Storage, on the Node of the project."""

from pathlib import Path

from infra.local.launcher.endpoints import HOST
from infra.local.launcher.options import ROOT

# Telemetry is on unless switched off. The newest service version that Azurite knows is older than the SDK's.
_OWN = [str(Path(__file__).with_name(name)) for name in ("azurite_written.cjs", "azurite_durable.cjs")]
"""What is loaded before Azurite itself."""
_ALWAYS = ("--silent", "--disableTelemetry", "--skipApiVersionCheck")


def azurite_command(port: int, location: Path) -> tuple[str, ...]:
    """Return the command that serves blobs over plain HTTP, for account keys."""
    programs = ROOT / "node_modules" / ".bin"
    return (
        str(programs / "node"),
        *(argument for own in _OWN for argument in ("--require", own)),
        str(programs / "azurite-blob"),
        *("--blobHost", HOST, "--blobPort", str(port), "--location", str(location)),
        *_ALWAYS,
    )


def azurite_tls_command(port: int, location: Path, certificate: Path, key: Path) -> tuple[str, ...]:
    """Return the command that serves blobs over TLS, for account keys and for bearer tokens."""
    return (
        *azurite_command(port, location),
        *("--cert", str(certificate), "--key", str(key), "--oauth", "basic"),
    )
