"""The local certificate authority."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from infra.local.vault import certificates
from infra.local.vault.certificates import ensure_certificates


def test_the_authority_can_sign_no_second_authority_and_the_server_nothing(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path)
    authority, server = (
        x509.load_pem_x509_certificate(file.read_bytes()) for file in (files.authority, files.certificate)
    )
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert not server.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    server.verify_directly_issued_by(authority)
    assert files.key.stat().st_mode & 0o077 == 0


def test_certificates_stay_until_they_are_about_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ensure_certificates(tmp_path).certificate.read_bytes()
    assert ensure_certificates(tmp_path).certificate.read_bytes() == first
    monkeypatch.setattr(certificates, "_RENEW_BEFORE", timedelta(days=366))
    assert ensure_certificates(tmp_path).certificate.read_bytes() != first
