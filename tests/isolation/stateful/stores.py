"""The stores behind the application: a database server and a blob account, made and ended with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import shared.bootstrap
from infra.local.launcher.options import TOPOLOGY
from infra.local.launcher.resources import create_blob_containers, create_cosmos_containers
from infra.local.topology import load_topology
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.cosmos import local_cosmos
from tests.isolation.stateful.application import Application


@contextmanager
def running_application(folder: Path) -> Iterator[Application]:
    """Run the application on stores of its own, with its services as those of this process."""
    topology = load_topology(TOPOLOGY)
    storage = LocalBlobAccount(folder / "blob")
    try:
        with local_cosmos(folder / "cosmos") as store:
            cosmos = f"AccountEndpoint={store.account.endpoint}/;AccountKey={store.account.key};"
            application = Application(cosmos, storage.connection, folder)
            application.run(create_blob_containers(storage.connection, topology.blob))
            application.run(create_cosmos_containers(cosmos, topology.cosmos))
            with patch.object(shared.bootstrap, "services", lambda: application.services):
                yield application
            application.close()
    finally:
        storage.server.stop()
