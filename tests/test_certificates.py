"""Servers over https whose certificate nobody vouches for: not fetched, unless the operator says so for that site."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from twisted.python.failure import Failure
from twisted.web._newclient import ResponseNeverReceived

from archiver.spider import name_of_error
from tests.conftest import Cli, NewsServer

STORY = "/2026/03/02/the-lock-keepers-house-is-sold/"


@pytest.fixture
def tls_server(server: NewsServer, tmp_path: Path) -> NewsServer:
    """The news site over https, with a certificate that it signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "server.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    server.address = server.address.replace("http:", "https:")
    server.story(STORY, "The lock keeper's house is sold")
    server.front(STORY)
    return server


@pytest.mark.long
def test_a_server_that_nobody_vouches_for_is_asked_nothing_unless_the_operator_says_so(tls_server: NewsServer, cli: Cli):
    cli.site("gazette", tls_server.address)
    done = cli("crawl")
    assert done.returncode == 3
    assert tls_server.log == []
    assert "its certificate cannot be trusted" in done.stdout
    assert "accept_bad_certificate = true in sites.toml" in done.stdout
    cli.site("trusted", tls_server.address, "delay_s = 0.02\naccept_bad_certificate = true")
    assert cli("crawl", "trusted").returncode == 0
    assert cli.rows("select site, headline from articles") == [("trusted", "The lock keeper's house is sold")]


def test_a_certificate_of_another_host_is_named_as_what_it_is():
    class VerificationError(Exception):
        __module__ = "service_identity.exceptions"

    error = ResponseNeverReceived([Failure(VerificationError("errors=[DNSMismatch(…)]"))])
    assert name_of_error(error) == ("tls", "its certificate is another host's")
