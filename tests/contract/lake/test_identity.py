"""The lake without an account key: a user delegation key of the process's identity signs, over TLS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from infra.local.vault.certificates import ensure_certificates
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.processes import ROOT
from tests.fixtures.vault import LocalVault


@pytest.fixture
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVault]:
    """The identity endpoint and the certificate authority."""
    vault = LocalVault(tmp_path_factory.mktemp("vault"))
    yield vault
    assert vault.server.stop() == 0


@pytest.fixture
def azurite(vault: LocalVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBlobAccount]:
    """A storage account over TLS."""
    azurite = LocalBlobAccount(tmp_path_factory.mktemp("blob-tls"), ensure_certificates(vault.data))
    yield azurite
    assert azurite.server.stop() == 0


def test_a_table_is_committed_to_with_a_delegated_signature_and_a_blob_read_with_a_token(
    vault: LocalVault, azurite: LocalBlobAccount
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.lake.commit_by_identity", azurite.tls_url],
        cwd=ROOT,
        env={**os.environ, **vault.environment, "SSL_CERT_FILE": str(vault.authority)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [1, {"ingest:one": 1}, "3456"]
