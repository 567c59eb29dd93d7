"""The host's error tree. Each of these ends the start with a plain sentence that names the place.

HostError
├── AppNotIndexed     the engine refuses the app, in the words that the cloud would use
├── InvalidHostJson   host.json breaks a rule; JSON pointers (RFC 6901) name the places
├── InvalidKeyFile    a file of function or host keys cannot be read
├── InvalidBinding    a binding asks for something that cannot be served
├── InvalidSetting    an app setting has a value that it can't have
├── MissingSetting    an app setting that a binding or connection names does not exist
└── PortTaken         another process listens on the port
"""


class HostError(Exception):
    """The root: the host cannot start as it is configured."""

    exit_code = 1


class AppNotIndexed(HostError):
    """The engine refuses the app; `trace` is its traceback."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


class InvalidHostJson(HostError):
    """host.json breaks a rule; the message holds one `pointer: reason` line for each broken rule."""


class InvalidKeyFile(HostError):
    """A file of function or host keys cannot be read; the message names file and place."""


class InvalidBinding(HostError):
    """A binding of a function asks for something that cannot be served."""

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(f"function {function!r}: {reason}")


class InvalidSetting(HostError):
    """An app setting has a value that it can't have."""


class MissingSetting(HostError):
    """An app setting does not exist."""


class PortTaken(HostError):
    """Another process listens on the port."""

    exit_code = 2
