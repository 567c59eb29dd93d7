"""What can go wrong while the local cloud starts or runs, in sentences for the person at the terminal.

LocalCloudError
├── PortTaken           a port that a service wants is in use
├── AlreadyRunning      another launcher works on the same state folder
├── ServiceFailed       a service ended or did not become healthy in time
├── StateFolderForeign  a folder to be cleared holds something other than local state
├── SettingsInvalid     local.settings.json or an environment variable can't be read
└── TopologyConflict    existing state contradicts the topology
"""


class LocalCloudError(Exception):
    """The root."""


class PortTaken(LocalCloudError):
    """A port that a service wants is in use."""

    def __init__(self, service: str, port: int) -> None:
        super().__init__(
            f"port {port}, wanted by {service}, is in use by another process; "
            f"choose another with --{service}-port, or move all with --port-base"
        )
        self.service = service
        self.port = port


class AlreadyRunning(LocalCloudError):
    """Another launcher works on the same state folder."""


class ServiceFailed(LocalCloudError):
    """A service ended or did not become healthy in time; the message ends with its last words."""


class StateFolderForeign(LocalCloudError):
    """A folder to be cleared holds something other than local state; nothing was deleted."""


class SettingsInvalid(LocalCloudError):
    """`local.settings.json` or an environment variable can't be read; the message names the place."""


class TopologyConflict(LocalCloudError):
    """Existing state contradicts the topology in a way that can't be changed in place."""
