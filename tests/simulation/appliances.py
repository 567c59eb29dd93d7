"""Districts' own machines: they pack files as signed bundles, each the next link of a chain."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.ingestion.bundles.manifest import digest_of
from shared.ingestion.bundles.packing import Appliance, Packer, Place
from shared.ingestion.planning.survey import Surveyor
from shared.tenancy.ways import ApplianceKey, WaysIn
from tests.fixtures.appliances import MemoryFile, MemoryShelf, MemoryStage, bound
from tests.simulation.catalogues import catalogue
from tests.simulation.virtual_time import VirtualClock

SOURCE: Final = "attempts-boxed"
"""The source whose files come in bundles only."""


@dataclass(slots=True)
class Box:
    """The machine of a tenant."""

    tenant: str
    place: Place = field(default_factory=Place)

    @property
    def key(self) -> Ed25519PrivateKey:
        """Its key, the same on every run."""
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.tenant.encode()).digest())

    @property
    def ways(self) -> WaysIn:
        """The ways in of a tenant that has registered the machine."""
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        return WaysIn(appliances=(ApplianceKey(name="box", public=public),))

    async def pack(self, name: str, data: bytes, pseudonym_key: bytes, chunk_bytes: int) -> bytes:
        """Return the bundle of a file, and go on to the next place."""
        packer = Packer(
            appliance=Appliance(self.tenant, pseudonym_key, self.key),
            feeds=[catalogue().get("attempts", 1)],
            stage=MemoryStage(),
            clock=VirtualClock(),
            surveyor=Surveyor(chunk_bytes=chunk_bytes),
        )
        shelf = MemoryShelf()
        manifest = await packer.pack(MemoryFile(name, data), self.place, shelf)
        self.place = Place(manifest.serial + 1, digest_of(manifest.to_bytes()))
        return bound(manifest, shelf.contents, self.key)
