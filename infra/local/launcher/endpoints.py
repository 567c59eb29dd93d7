"""Where each service listens, and the settings by which clients find it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

HOST = "127.0.0.1"
DEFAULT_PORT_BASE = 7070
OFFSETS: Mapping[str, int] = MappingProxyType(
    {
        "http": 1,
        "query": 2,
        "ingest": 3,
        "blob": 10,
        "cosmos": 11,
        "servicebus": 12,
        "sftp": 15,
        "mail": 16,
        "issuer": 20,
    }
)
"""Every service, with its distance from the port base. 7071 is where the Functions tools put their host."""

ROLES = ("http", "query", "ingest")
"""The roles that have functions; `media` joins with its first ones."""

# The public account keys of Microsoft's emulators: they open local stand-ins only.
BLOB_ACCOUNT = "devstoreaccount1"
BLOB_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
COSMOS_KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one local cloud."""

    ports: Mapping[str, int]

    @classmethod
    def at(cls, base: int = DEFAULT_PORT_BASE, **chosen: int) -> "Endpoints":
        """Put every service at its offset from `base`, except those whose port is `chosen`."""
        return cls({name: chosen.get(name, base + offset) for name, offset in OFFSETS.items()})

    def url(self, service: str) -> str:
        """Return the address of a service that speaks HTTP, without a final slash."""
        return f"http://{HOST}:{self.ports[service]}"

    @property
    def blob_connection(self) -> str:
        """Connection string of the blob account."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={BLOB_ACCOUNT};AccountKey={BLOB_KEY};"
            f"BlobEndpoint={self.url('blob')}/{BLOB_ACCOUNT};"
        )

    @property
    def cosmos_connection(self) -> str:
        """Connection string of the document database account."""
        return f"AccountEndpoint={self.url('cosmos')}/;AccountKey={COSMOS_KEY};"

    @property
    def servicebus_connection(self) -> str:
        """Connection string of the broker; `UseDevelopmentEmulator` makes the SDK speak AMQP without TLS."""
        return (
            f"Endpoint=sb://{HOST}:{self.ports['servicebus']};SharedAccessKeyName=RootManageSharedAccessKey;"
            "SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;"
        )

    def settings(self, secrets: Path) -> dict[str, str]:
        """Return the settings that lead the application to these services and to the file of secrets."""
        return {
            "AzureWebJobsStorage": self.blob_connection,
            "Storage": self.blob_connection,
            "Cosmos": self.cosmos_connection,
            "ServiceBus": self.servicebus_connection,
            "Secrets": f"file:{secrets}",
            "PRIVATE_ISSUER_HOSTS": f"{HOST}:{self.ports['issuer']}",
            "SIGN_IN_ISSUER": self.url("issuer"),
        }
